/** Writes YAML as Bun does; the library `yaml` chooses other quotes and spaces. */
import { concatenated, type NestedCall, resultOf } from "../../base/nested-calls.ts";
import { indentOf, isWritten, unboxed } from "./json-rules.ts";

/** Words that YAML 1.1 or 1.2 read as another type. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|~|<<)$/i;
const NUMBER = /^[-+]?(?:0x[\da-f]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|\.inf)$|^\.nan$/i;
const INDICATOR = /^[-?:,[\]{}#&*!|<>'"%@\s]|^\.(?:\.\.|$)|[\s:]$/;
/** What Bun never leaves without quotes, anywhere in a text. */
const INSIDE = /[,[\]{}#'"`]|:\s/;
const ESCAPED = /[\\"\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff]/g;
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff]/;

/** A property's name that can be that of an anchor. */
const ANCHOR = /^[\w.-]+$/;

const SHORT: Readonly<Record<string, string>> = {
  "\0": "0",
  "\x07": "a",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
  "\x1b": "e",
  '"': '"',
  "\\": "\\",
  "\x85": "N",
  "\xa0": "_",
  "\u2028": "L",
  "\u2029": "P",
};

function text(value: string): string {
  const isPlain =
    value !== "" &&
    !WORDS.test(value) &&
    !NUMBER.test(value) &&
    !INDICATOR.test(value) &&
    !INSIDE.test(value) &&
    !UNPRINTABLE.test(value);
  if (isPlain) return value;
  const escaped = value.replace(ESCAPED, (char) => {
    const short = SHORT[char];
    if (short !== undefined) return `\\${short}`;
    const code = char.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * The text of a value, without a line feed at its end. Objects that occur again are anchors and aliases. `toJSON` is not called.
 * @param space of a level, as of `JSON.stringify`; without it the result is one line
 * @returns undefined for undefined, functions and symbols
 * @throws Error for a bigint
 */
export function writeYAML(value: unknown, space: number | string | undefined): string | undefined {
  if (!isWritten(value)) return undefined;
  return resultOf(new Writer(value, indentOf(space)).value(value, ""));
}

class Writer {
  /** The names of the objects that occur again. */
  readonly #anchors: ReadonlyMap<object, string>;
  readonly #written = new Set<object>();
  readonly #indent: string;

  constructor(root: unknown, indent: string) {
    this.#anchors = findRepeated(root);
    this.#indent = indent;
  }

  /** @param prefix the indentation of further lines */
  *value(given: unknown, prefix: string): NestedCall<string> {
    const value = unboxed(given);
    if (!isObject(value)) return scalar(value);
    const name = this.#anchors.get(value);
    if (name === undefined) return yield this.#collection(value, prefix);
    if (this.#written.has(value)) return `*${name}`;
    this.#written.add(value);
    const body = yield this.#collection(value, prefix);
    return `&${name}${this.#indent === "" ? " " : `\n${prefix}`}${body}`;
  }

  *#collection(value: object, prefix: string): NestedCall<string> {
    const isBlock = this.#indent !== "";
    const parts: string[] = [];
    if (Array.isArray(value)) {
      for (const item of value.filter(isWritten))
        parts.push((isBlock ? "- " : "") + (yield this.value(item, `${prefix}  `)));
      return this.#joined(parts, "[]", prefix);
    }
    for (const [key, item] of Object.entries(value)) {
      if (!isWritten(item)) continue;
      const written = yield this.value(item, prefix + this.#indent);
      parts.push(`${text(key)}:${isBlock ? this.#member(item, written, prefix) : ` ${written}`}`);
    }
    return this.#joined(parts, "{}", prefix);
  }

  #joined(parts: readonly string[], empty: "[]" | "{}", prefix: string): string {
    if (parts.length === 0) return empty;
    const isBlock = this.#indent !== "";
    const whole = concatenated(parts, isBlock ? `\n${prefix}` : ",");
    return isBlock ? whole : empty[0] + whole + empty[1];
  }

  /** What stands behind a key: a collection begins on the next line. */
  #member(item: unknown, written: string, prefix: string): string {
    const isNested = isObject(unboxed(item)) && written !== "[]" && written !== "{}";
    return isNested ? `\n${prefix}${this.#indent}${written}` : ` ${written}`;
  }
}

function scalar(value: unknown): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "bigint") throw new Error("YAML.stringify cannot serialize BigInt");
  if (typeof value !== "number") return String(value);
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Each object that occurs more than once, with its name: that of the property where it occurs first, or a number. */
function findRepeated(root: unknown): Map<object, string> {
  const first = new Map<object, { readonly called: string; readonly isName: boolean }>();
  const repeated = new Map<object, string>();
  const names = new AnchorNames();
  const waiting: [value: unknown, called: string, isName: boolean][] = [[root, "root", true]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [given, called, isName] = next;
    const value = unboxed(given);
    if (!isObject(value) || repeated.has(value)) continue;
    const place = first.get(value);
    if (place !== undefined) {
      repeated.set(value, value === root ? "root" : names.take(place.called, place.isName));
      continue;
    }
    first.set(value, { called, isName });
    const members: typeof waiting = Array.isArray(value)
      ? value.filter(isWritten).map((item: unknown) => [item, "item", false])
      : Object.entries(value).map(([key, item]) =>
          ANCHOR.test(key) ? [item, key, true] : [item, "value", false],
        );
    // The first member is the next one that is taken.
    for (const member of members.reverse()) waiting.push(member);
  }
  return repeated;
}

class AnchorNames {
  readonly #taken = new Set(["root"]);
  /** The first number that has not been tried, by the name in front of it. */
  readonly #next = new Map<string, number>();

  /** @param isName whether the name may stand without a number */
  take(called: string, isName: boolean): string {
    for (let n = this.#next.get(called) ?? 0; ; n++) {
      const name = n === 0 && isName ? called : called + n;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      this.#next.set(called, n + 1);
      return name;
    }
  }
}
