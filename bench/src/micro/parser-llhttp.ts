import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import type { MicroCase, Tally } from "./cases.ts";

/** The part of llhttp's WebAssembly interface that is used; pointers are numbers. */
interface Llhttp {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly malloc: (size: number) => number;
  readonly llhttp_alloc: (type: number) => number;
  readonly llhttp_reset: (parser: number) => void;
  readonly llhttp_execute: (parser: number, data: number, length: number) => number;
}

/** Node.js has it, its types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const REQUEST = 1;
const RESPONSE = 2;

/**
 * llhttp as it is compiled to WebAssembly within undici, driven as undici's client drives it: each piece is copied into
 * the module's memory, and callbacks point into the piece itself. Target and fields become strings,
 * as an application needs them. One parser is kept and reset for a new connection, which is less than undici does.
 */
export function llhttp({ role, pieces, fresh }: MicroCase, tally: Tally): () => void {
  let piece: Buffer = Buffer.alloc(0);
  let name = "";
  let value = "";
  let target = "";
  let inValue = false;
  let list: string[] = [];
  const memorySize = Math.max(4096, ...pieces.map(({ length }) => length));

  const textAt = (at: number, length: number): string => {
    return piece.toString("latin1", at - memory, at - memory + length);
  };
  const endField = (): void => {
    if (!inValue) return;
    list.push(name, value);
    name = "";
    value = "";
    inValue = false;
  };
  const env = {
    wasm_on_message_begin: () => {
      list = [];
      target = "";
      return 0;
    },
    wasm_on_url: (_parser: number, at: number, length: number) => {
      target += textAt(at, length);
      return 0;
    },
    wasm_on_status: () => 0,
    wasm_on_header_field: (_parser: number, at: number, length: number) => {
      endField();
      name += textAt(at, length);
      return 0;
    },
    wasm_on_header_value: (_parser: number, at: number, length: number) => {
      value += textAt(at, length);
      inValue = true;
      return 0;
    },
    wasm_on_headers_complete: () => {
      endField();
      tally.fields += list.length / 2;
      return 0;
    },
    wasm_on_body: (_parser: number, at: number, length: number) => {
      tally.bodyBytes += piece.subarray(at - memory, at - memory + length).length;
      return 0;
    },
    wasm_on_message_complete: () => {
      if (target !== "" || role === "response") tally.messages++;
      return 0;
    },
  };
  const wasm = createRequire(import.meta.url)("undici/lib/llhttp/llhttp_simd-wasm.js") as Buffer;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(wasm)), { env });
  const exports = instance.exports as Llhttp;
  const memory = exports.malloc(memorySize);
  const parser = exports.llhttp_alloc(role === "request" ? REQUEST : RESPONSE);

  return () => {
    if (fresh) exports.llhttp_reset(parser);
    for (piece of pieces) {
      new Uint8Array(exports.memory.buffer, memory, memorySize).set(piece);
      const code = exports.llhttp_execute(parser, memory, piece.length);
      if (code !== 0) throw new Error(`llhttp refuses this with code ${code}`);
    }
  };
}
