/** Values of the data formats that Bun imports. The parsers are loaded at their first use. */
import { createRequire } from "node:module";
import { basename } from "node:path";
import type { CST, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { bufferInOwnMemory } from "../../base/bytes.ts";
import { offsetOf, sourceError } from "../source/source-error.ts";

const require = createRequire(import.meta.url);

type AnchoredNode = Scalar | YAMLMap | YAMLSeq;

export type DataFormat = "json" | "jsonc" | "json5" | "toml" | "yaml";

/** Kinds of tokens: the members of jsonc-parser's `SyntaxKind`, a `const enum`, which no module here can import. */
const CLOSE_BRACE = 2;
const CLOSE_BRACKET = 4;
const COMMA = 5;
const END_OF_FILE = 17;

const COMMENTED = /^(?:package|[jt]sconfig(?:\..*)?)\.json$/;

/** Whether Bun accepts comments and trailing commas in this file of JSON, as the tools that it is made for do. */
export function hasComments(path: string): boolean {
  return COMMENTED.test(basename(path));
}

/**
 * The value of a file's text.
 * @throws a `SyntaxError` that names file, line and column
 */
export function parseData(path: string, text: string, format: DataFormat): unknown {
  const content = text.replace(/^\uFEFF/, "");
  switch (format) {
    case "json":
      return hasComments(path) ? parseJSONC(path, content) : parseJSON(path, content);
    case "jsonc":
      return parseJSONC(path, content);
    case "json5":
      return parseJSON5(path, content);
    case "toml":
      return parseTOML(path, content);
    case "yaml":
      return parseYAML(path, content);
  }
}

function parseJSON(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The error of Node.js does not always have the place.
    throw sourceError((error as Error).message, path, text, faultOf(text, true) ?? text.length);
  }
}

function parseJSONC(path: string, text: string): unknown {
  if (text.trim() === "") return {};
  const offset = faultOf(text, false);
  if (offset !== null) throw sourceError("Invalid JSON with comments", path, text, offset);
  return JSON.parse(withoutComments(text)) as unknown;
}

/** Strict JSON of valid text. The package's own parser assigns members, so that one named `__proto__` would set the prototype of its object. */
function withoutComments(text: string): string {
  const scanner = jsonc().createScanner(text, true);
  let json = "";
  let comma = "";
  for (let kind = scanner.scan(); kind !== END_OF_FILE; kind = scanner.scan()) {
    if (kind === COMMA) {
      comma = ",";
      continue;
    }
    if (kind !== CLOSE_BRACE && kind !== CLOSE_BRACKET) json += comma;
    comma = "";
    const start = scanner.getTokenOffset();
    json += text.slice(start, start + scanner.getTokenLength());
  }
  return json;
}

/** Where the first fault of the JSON text is; null if there is none. */
function faultOf(text: string, isStrict: boolean): number | null {
  const errors: { readonly offset: number }[] = [];
  const options = { disallowComments: isStrict, allowTrailingComma: !isStrict };
  jsonc().parse(text, errors as unknown as import("jsonc-parser").ParseError[], options);
  return errors.length === 0 ? null : Math.min(...errors.map(({ offset }) => offset));
}

function jsonc(): typeof import("jsonc-parser") {
  return require("jsonc-parser") as typeof import("jsonc-parser");
}

function parseJSON5(path: string, text: string): unknown {
  if (text.trim() === "") return {};
  const { parse } = require("json5") as typeof import("json5");
  try {
    return parse(text);
  } catch (error) {
    const { lineNumber, columnNumber, message } = error as Error & {
      lineNumber: number;
      columnNumber: number;
    };
    throw sourceError(message, path, text, offsetOf(text, lineNumber, columnNumber));
  }
}

export function parseTOML(path: string, text: string): Record<string, unknown> {
  const { parse, TomlError } = require("smol-toml") as typeof import("smol-toml");
  // Temporal refuses more than nine digits of a second, which the specification cuts off.
  const useLegacyDate = !("Temporal" in globalThis) || /:\d\d\.\d{10}/.test(text);
  try {
    const value = parse(text, { useLegacyDate });
    const strict = useLegacyDate ? withoutOtherDays(text) : text;
    // A string or a comment may name such a day, a date may not.
    if (strict !== text) parse(strict, { useLegacyDate });
    return value;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The other lines of its message show the source.
    const [reason = ""] = error.message.split("\n");
    throw sourceError(reason, path, text, offsetOf(text, error.line, error.column));
  }
}

/** The class Date takes the 30th of February for the 1st of March. It refuses a 99th. */
function withoutOtherDays(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\d/g, (day) => {
    const date = new Date(day);
    const isOther = !Number.isNaN(date.getTime()) && !date.toISOString().startsWith(day);
    return isOther ? `${day.slice(0, -2)}99` : day;
  });
}

function parseYAML(path: string, text: string): unknown {
  if (text.trim() === "") return {};
  const { Composer, isAlias, isScalar, Parser, visit } = require("yaml") as typeof import("yaml");
  const composer = new Composer({ merge: true, uniqueKeys: false, prettyErrors: false });
  const documents = [...composer.compose(shallow(new Parser().parse(text)))];
  const refuse = (offset: number, reason: string): never => {
    throw sourceError(reason, path, text, offset);
  };
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) refuse(error.pos[0], error.message);
    const anchors = new Map<string, AnchoredNode>();
    visit(document, {
      Node(_, node) {
        if (!isAlias(node)) {
          if (isScalar(node) && node.value instanceof Uint8Array) node.value = bufferInOwnMemory(node.value);
          if (node.anchor !== undefined) anchors.set(node.anchor, node);
          return;
        }
        const anchored = anchors.get(node.source);
        if (anchored === undefined) refuse(node.range?.[0] ?? 0, `Unresolved alias ${node.source}`);
        // The package would search the whole document for each alias: minutes for a text of 100 KB.
        else node.resolve = () => anchored;
      },
    });
  }
  // All aliases of an anchor give one object: their number needs no limit.
  const asObjects = new ObjectsOfMaps();
  const values = documents.map((document) =>
    asObjects.convert(document.toJS({ maxAliasCount: -1, mapAsMap: true })),
  );
  return values.length > 1 ? values : (values[0] ?? null);
}

/** Levels of YAML. The package takes a call for each: in a full stack, a regular expression that V8 has to compile there ends the process. */
const MAX_LEVELS = 500;

/** @throws RangeError for what has too many levels */
function* shallow(tokens: Iterable<CST.Token>): Generator<CST.Token> {
  for (const document of tokens) {
    const waiting: [token: CST.Token | null | undefined, level: number][] = [[document, 0]];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [token, level] = next;
      if (level > MAX_LEVELS) throw new RangeError(`YAML has more than ${MAX_LEVELS} levels`);
      if (token?.type === "document") waiting.push([token.value, level]);
      else if (token && "items" in token)
        for (const { key, value } of token.items) waiting.push([key, level + 1], [value, level + 1]);
    }
    yield document;
  }
}

/**
 * Replaces the maps of a document by objects. The package would give the key null no name, and print a warning for keys that are lists; as in Bun, they
 * have the text of the value.
 */
class ObjectsOfMaps {
  /** An alias is the same object as its anchor, and a value may contain itself. */
  readonly #converted = new Map<object, object>();

  convert(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    const known = this.#converted.get(value);
    if (known !== undefined) return known;
    if (Array.isArray(value)) {
      this.#converted.set(value, value);
      for (const [i, each] of value.entries()) value[i] = this.convert(each);
      return value;
    }
    if (!(value instanceof Map)) return value;
    const object: Record<string, unknown> = {};
    this.#converted.set(value, object);
    for (const [key, each] of value) {
      const descriptor = { value: this.convert(each), writable: true, enumerable: true, configurable: true };
      Object.defineProperty(object, String(this.convert(key)), descriptor);
    }
    return object;
  }
}
