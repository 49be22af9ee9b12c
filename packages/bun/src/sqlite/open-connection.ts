import { viewOf } from "../base/bytes.ts";
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

/**
 * A database in memory with the contents that `serialize` gave.
 * @throws Error for no bytes
 */
export function openBytes(serialized: ArrayBufferView | ArrayBufferLike, isReadonly: boolean): Connection {
  const bytes = viewOf(serialized);
  if (bytes.length === 0) throw new Error("ArrayBuffer must not be empty");
  return backend().deserialize(bytes, isReadonly);
}
