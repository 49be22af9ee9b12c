/** `Bun.TOML`, `Bun.YAML`, `Bun.JSONC` and `Bun.JSON5`, by the libraries that read imported files. */
import { createRequire } from "node:module";
import { types } from "node:util";
import { wrongType } from "../../base/argument-error.ts";
import { asText } from "../../base/as-text.ts";
import type { BytesInput } from "../../base/bytes.ts";
import { type DateOfTOML, isDateOfTOML, readDate } from "../../loader/data/data-source.ts";
import { parseText, textOf } from "./input.ts";
import { isWritten } from "./json-rules.ts";
import { writeJSON5 } from "./json5-writer.ts";
import { writeYAML } from "./yaml-writer.ts";

const require = createRequire(import.meta.url);

/**
 * TOML 1.1 (docs/runtime/toml).
 */
export const TOML: {
  /**
   * Dates are objects of Temporal, or texts on a Node.js without it.
   * @throws SyntaxError
   */
  parse(input: BytesInput): Record<string, unknown>;
  /**
   * @returns undefined for undefined, functions and symbols
   * @throws Error for another value that is no table, and for members that have no notation
   */
  stringify(value: object): string;
} = {
  parse: (input) => withTemporal(parseText("TOML", "toml", textOf(input)) as Record<string, unknown>),
  stringify(value) {
    if (!isWritten(value)) return undefined as unknown as string;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new Error("TOML.stringify expects an object at the top level (a TOML document is a table)");
    const { stringify } = require("smol-toml") as typeof import("smol-toml");
    const text = stringify(writable(value, "") as object);
    return text === "\n" ? "" : text;
  },
};

/** The library writes -0 as 0, and a Date as its `toISOString` has it. */
class NegativeZero extends Date {
  override toISOString(): string {
    return "-0.0";
  }
}

/** The library's limit. */
const MAX_LEVELS = 1000;

/**
 * A copy for smol-toml: as in Bun, without the members that have no notation, as by JSON.
 * @throws Error for null, which would be lost, for a bigint, and in a list for undefined, functions and symbols
 */
function writable(value: unknown, key: string, level = 0): unknown {
  if (level > MAX_LEVELS) throw new Error(`TOML.stringify takes ${MAX_LEVELS} levels`);
  if (value === null || !isWritten(value)) {
    const kind = value === null || value === undefined ? String(value) : `a ${typeof value}`;
    throw new Error(`TOML cannot represent ${kind}${key === "" ? " in an array" : ` (key '${key}')`}`);
  }
  if (typeof value === "bigint" || types.isBigIntObject(value))
    throw new Error("TOML.stringify cannot serialize BigInt");
  if (types.isBoxedPrimitive(value)) return writable(value.valueOf(), key, level);
  if (Object.is(value, -0)) return new NegativeZero(0);
  if (typeof value !== "object") return value;
  if (isDateOfTOML(value)) return inFourDigits(value);
  if (Array.isArray(value)) return Array.from(value, (each) => writable(each, "", level + 1));
  const members = Object.entries(value).filter(([, each]) => isWritten(each));
  return Object.fromEntries(members.map(([name, each]) => [name, writable(each, name, level + 1)]));
}

/** @throws Error for a year that TOML cannot name. The library refuses dates that are invalid, and the durations of Temporal. */
function inFourDigits(date: DateOfTOML): DateOfTOML {
  const text = date instanceof Date ? String(date.toJSON()) : String(date);
  const [, kind] = /^\[object (.*)\]$/.exec(Object.prototype.toString.call(date))!;
  if (/^[-+]\d/.test(text))
    throw new Error(`TOML.stringify cannot serialize a ${kind} outside years 0000-9999`);
  return date;
}

/** Replaces the dates of smol-toml, and gives its tables the usual prototype. A dotted key has as many tables as dots: they take no stack. */
function withTemporal(document: Record<string, unknown>): Record<string, unknown> {
  const waiting: object[] = [document];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entries = next as Record<string, unknown>;
    for (const [key, value] of Object.entries(entries)) {
      if (typeof value !== "object" || value === null) continue;
      if (isDateOfTOML(value)) entries[key] = temporalOf(value);
      else waiting.push(value);
    }
    if (Object.getPrototypeOf(next) === null) Object.setPrototypeOf(next, Object.prototype);
  }
  return document;
}

function temporalOf(date: DateOfTOML): unknown {
  const { kind, text } = readDate(date);
  const { Temporal } = globalThis as { Temporal?: Record<typeof kind, { from(text: string): unknown }> };
  return Temporal === undefined ? text : Temporal[kind].from(text);
}

/** YAML 1.2 (docs/runtime/yaml). */
export const YAML: {
  /**
   * @returns the document, null for none, an array for several
   * @throws SyntaxError
   */
  parse(input: BytesInput): unknown;
  /**
   * @param space spaces of a level, or their text; without it the result is one line
   * @throws Error for a bigint, and for a replacer, which Bun does not support either
   */
  stringify(value: unknown, replacer?: null, space?: number | string): string;
} = {
  parse(input) {
    const text = input === undefined || input === null ? String(input) : textOf(input);
    return text.trim() === "" ? null : parseText("YAML", "yaml", text);
  },
  stringify(value, replacer, space) {
    if (replacer !== undefined && replacer !== null)
      throw new Error("YAML.stringify does not support the replacer argument");
    return writeYAML(value, space) as string;
  },
};

/** JSON with comments and trailing commas (docs/runtime/file-types). */
export const JSONC: {
  /** @throws SyntaxError */
  parse(input: string): unknown;
} = {
  parse(input) {
    if (input === undefined || input === null) throw wrongType("input must be a string");
    return parseText("JSONC", "jsonc", asText(input));
  },
};

/** JSON5 (docs/runtime/json5). */
export const JSON5: {
  /** @throws SyntaxError */
  parse(input: BytesInput): unknown;
  /** @throws Error for a bigint, and for a value that contains itself */
  stringify(
    value: unknown,
    replacer?: ((key: string, value: unknown) => unknown) | (string | number)[] | null,
    space?: number | string,
  ): string;
} = {
  parse: (input) => parseText("JSON5", "json5", textOf(input)),
  stringify: (value, replacer, space) => writeJSON5(value, replacer, space) as string,
};
