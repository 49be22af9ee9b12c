import { Buffer } from "node:buffer";
import { types } from "node:util";
import { viewOf } from "../../base/bytes.ts";

/** `RegExp.escape`, `Error.isError` and the texts of bytes (ES2025, ES2026), for the versions of Node.js that lack them. */
export function additionsTo(holder: object): Readonly<Record<string, unknown>> {
  return holder === Uint8Array.prototype ? ofBytes : statics;
}

const CONTROLS: Readonly<Record<string, string>> = { "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r" };

/** Punctuation without a meaning in a pattern, white space, and halves of surrogate pairs. */
const OTHERS = /^[,\-=<>#&!%:;@~'`"\s\ufeff\ud800-\udfff]$/;

function escaped(character: string, isFirst: boolean): string {
  if (/^[\^$\\.*+?()[\]{}|/]$/.test(character)) return `\\${character}`;
  if (character in CONTROLS) return `\\${CONTROLS[character]}`;
  const code = character.codePointAt(0)!;
  if (!(OTHERS.test(character) || (isFirst && /^[0-9a-zA-Z]$/.test(character)))) return character;
  const digits = code.toString(16);
  return code <= 0xff ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

interface Base64Options {
  readonly alphabet?: "base64" | "base64url";
  readonly omitPadding?: boolean;
}

const statics = {
  escape(text: string): string {
    if (typeof text !== "string") throw new TypeError("RegExp.escape takes a string");
    return [...text].map((character, index) => escaped(character, index === 0)).join("");
  },

  isError(value: unknown): boolean {
    return types.isNativeError(value);
  },

  fromBase64(text: string, { alphabet = "base64" }: Base64Options = {}): Uint8Array {
    if (typeof text !== "string") throw new TypeError("Uint8Array.fromBase64 takes a string");
    const plain = text.replaceAll(/[\t\n\f\r ]/g, "");
    const form = alphabet === "base64url" ? /^[\w-]*={0,2}$/ : /^[a-zA-Z0-9+/]*={0,2}$/;
    const isWhole = plain.endsWith("=") ? plain.length % 4 === 0 : plain.length % 4 !== 1;
    if (!form.test(plain) || !isWhole) throw new SyntaxError("The text is not valid Base64");
    return new Uint8Array(Buffer.from(plain, "base64"));
  },

  fromHex(text: string): Uint8Array {
    if (typeof text !== "string") throw new TypeError("Uint8Array.fromHex takes a string");
    if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text))
      throw new SyntaxError("The text is not hexadecimal");
    return new Uint8Array(Buffer.from(text, "hex"));
  },
};

const ofBytes = {
  toBase64(this: Uint8Array, { alphabet = "base64", omitPadding = false }: Base64Options = {}): string {
    const text = bufferOf(this).toString(alphabet);
    if (alphabet === "base64") return omitPadding ? text.replace(/=+$/, "") : text;
    return omitPadding ? text : text.padEnd(Math.ceil(text.length / 4) * 4, "=");
  },

  toHex(this: Uint8Array): string {
    return bufferOf(this).toString("hex");
  },
};

function bufferOf(bytes: Uint8Array): Buffer {
  if (!(bytes instanceof Uint8Array)) throw new TypeError("this is not a Uint8Array");
  return viewOf(bytes);
}
