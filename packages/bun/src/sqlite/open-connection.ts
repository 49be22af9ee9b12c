import { types } from "node:util";
import type { Connection } from "./backend.ts";
import { backend } from "./choose-backend.ts";
import { assertNoNull } from "./names.ts";
import type { OpenOptions } from "./open-options.ts";

/** @throws Error for a database in memory that is for reading only, and for a file that cannot be opened */
export function openFile(filename: string, options: OpenOptions): Connection {
  const isAnonymous = filename === ":memory:" || filename === "";
  if (isAnonymous && options.readonly)
    throw new Error("Cannot open an anonymous database in read-only mode.");
  assertNoNull("filename", filename);
  return backend().open(isAnonymous ? ":memory:" : filename, options);
}

/** A database in memory with the contents that `serialize` gave. */
export function openBytes(serialized: ArrayBufferView | ArrayBufferLike, isReadonly: boolean): Connection {
  return backend().deserialize(bytesOf(serialized), isReadonly);
}

export function isBytes(value: unknown): value is ArrayBufferView | ArrayBufferLike {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);
}

function bytesOf(value: ArrayBufferView | ArrayBufferLike): Uint8Array {
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
  if (bytes.length === 0) throw new Error("ArrayBuffer must not be empty");
  return bytes;
}
