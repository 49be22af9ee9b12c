/** Writes JSON5. The package json5, which reads it, takes stack for each level of what it writes. */
import { concatenated, type NestedCall, resultOf } from "../../base/nested-calls.ts";
import { indentOf, isWritten, unboxed } from "./json-rules.ts";

/** ES5's IdentifierName without escapes, which JSON5 has from there: of the Basic Multilingual Plane alone. */
const NAME = /^[$_\p{L}\p{Nl}](?:[$_\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]|\u200c|\u200d)*$/u;
const BEYOND_PLANE = /[\u{10000}-\u{10ffff}]/u;
const ESCAPED = /['\\\u0000-\u001f\u007f\u2028\u2029]/g;

const SHORT: Readonly<Record<string, string>> = {
  "'": "\\'",
  "\\": "\\\\",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
};

function quoted(text: string): string {
  const escaped = text.replace(ESCAPED, (char, at: number) => {
    // A digit behind it would be a part of another escape.
    if (char === "\0" && !/\d/.test(text[at + 1] ?? "")) return "\\0";
    const code = char.charCodeAt(0).toString(16);
    return SHORT[char] ?? (code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, "0")}`);
  });
  return `'${escaped}'`;
}

const keyOf = (key: string): string => (NAME.test(key) && !BEYOND_PLANE.test(key) ? key : quoted(key));

/**
 * The text of a value. Takes `toJSON5` and `toJSON`, as JSON5's own implementation does.
 * @param space of a level, as of `JSON.stringify`; without it the result is one line
 * @returns undefined for undefined, functions and symbols
 * @throws Error for a bigint; TypeError for a value that contains itself
 */
export function writeJSON5(value: unknown, replacer: unknown, space: unknown): string | undefined {
  return resultOf(new Writer(replacer, indentOf(space)).property({ "": value }, "", ""));
}

type Replace = (this: unknown, key: string, value: unknown) => unknown;

class Writer {
  readonly #replace: Replace | null;
  /** The names that a list as the replacer has. */
  readonly #names: readonly string[] | null;
  readonly #indent: string;
  /** The objects around. */
  readonly #within = new Set<object>();

  constructor(replacer: unknown, indent: string) {
    this.#replace = typeof replacer === "function" ? (replacer as Replace) : null;
    this.#names = Array.isArray(replacer) ? namesOf(replacer) : null;
    this.#indent = indent;
  }

  /** @param prefix the indentation of further lines */
  *property(holder: object, key: string, prefix: string): NestedCall<string | undefined> {
    let value = converted((holder as Record<string, unknown>)[key], key);
    if (this.#replace !== null) value = this.#replace.call(holder, key, value);
    value = unboxed(value);
    if (typeof value === "bigint") throw new Error("JSON5.stringify cannot serialize BigInt");
    if (!isWritten(value)) return undefined;
    if (typeof value === "string") return quoted(value);
    if (typeof value !== "object" || value === null) return String(value);
    if (this.#within.has(value)) throw new TypeError("Converting circular structure to JSON5");
    this.#within.add(value);
    const written = yield this.#collection(value, prefix);
    this.#within.delete(value);
    return written;
  }

  *#collection(value: object, prefix: string): NestedCall<string | undefined> {
    const inner = prefix + this.#indent;
    const parts: string[] = [];
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++)
        parts.push((yield this.property(value, String(i), inner)) ?? "null");
      return this.#joined(parts, "[]", prefix);
    }
    for (const key of this.#names ?? Object.keys(value)) {
      const written = yield this.property(value, key, inner);
      if (written === undefined) continue;
      parts.push(concatenated([keyOf(key), written], this.#indent === "" ? ":" : ": "));
    }
    return this.#joined(parts, "{}", prefix);
  }

  #joined(parts: readonly string[], empty: "[]" | "{}", prefix: string): string {
    if (parts.length === 0) return empty;
    if (this.#indent === "") return empty[0] + concatenated(parts, ",") + empty[1];
    const line = `\n${prefix}${this.#indent}`;
    return `${empty[0]}${line}${concatenated(parts, `,${line}`)},\n${prefix}${empty[1]}`;
  }
}

function namesOf(replacer: readonly unknown[]): string[] {
  const names = replacer.map(unboxed).filter((name) => typeof name === "string" || typeof name === "number");
  return [...new Set(names.map(String))];
}

interface Convertible {
  toJSON5?(key: string): unknown;
  toJSON?(key: string): unknown;
}

function converted(value: unknown, key: string): unknown {
  if (value === null || value === undefined) return value;
  const { toJSON5, toJSON } = value as Convertible;
  if (typeof toJSON5 === "function") return toJSON5.call(value, key);
  return typeof toJSON === "function" ? toJSON.call(value, key) : value;
}
