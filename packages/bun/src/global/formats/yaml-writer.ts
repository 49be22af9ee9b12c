/** Writes YAML as Bun does; the library `yaml` chooses other quotes and spaces. */

/** Words that YAML 1.1 or 1.2 read as another type. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|~|<<)$/i;
const NUMBER = /^[-+]?(?:0x[\da-f]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|\.inf)$|^\.nan$/i;
const INDICATOR = /^[-?:,[\]{}#&*!|<>'"%@\s]|^\.(?:\.\.|$)|[\s:]$/;
/** What Bun never leaves without quotes, anywhere in a text. */
const INSIDE = /[,[\]{}#'"`]|:\s/;
const ESCAPED = /[\\"\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff]/g;
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff]/;

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

/** What has no notation is left out, as by JSON. */
const isWritten = (value: unknown): boolean =>
  value !== undefined && typeof value !== "function" && typeof value !== "symbol";

/**
 * The text of a value, without a line feed at its end. Objects that occur again are anchors and aliases. `toJSON` is not called.
 * @param space of a level, as of `JSON.stringify`; without it the result is one line
 * @returns undefined for undefined, functions and symbols
 * @throws Error for a bigint
 */
export function writeYAML(value: unknown, space: number | string | undefined): string | undefined {
  if (!isWritten(value)) return undefined;
  return new Writer(value, indentOf(space)).value(value, "");
}

/** As by `JSON.stringify`, another value than a number or a text is none. */
function indentOf(space: unknown): string {
  if (typeof space === "number") return " ".repeat(Math.min(Math.max(space, 0), 10));
  return typeof space === "string" ? space.slice(0, 10) : "";
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
  value(value: unknown, prefix: string): string {
    if (typeof value === "string") return text(value);
    if (typeof value === "bigint") throw new Error("YAML.stringify cannot serialize BigInt");
    if (typeof value === "number") {
      if (Number.isNaN(value)) return ".nan";
      if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
      return Object.is(value, -0) ? "-0" : String(value);
    }
    if (typeof value !== "object" || value === null) return String(value);
    const name = this.#anchors.get(value);
    if (name === undefined) return this.#collection(value, prefix);
    if (this.#written.has(value)) return `*${name}`;
    this.#written.add(value);
    const body = this.#collection(value, prefix);
    return `&${name}${this.#isBlock(body, value) ? `\n${prefix}` : " "}${body}`;
  }

  #isBlock(body: string, value: object): boolean {
    return this.#indent !== "" && body !== (Array.isArray(value) ? "[]" : "{}");
  }

  #collection(value: object, prefix: string): string {
    if (Array.isArray(value)) {
      const items = value.filter(isWritten);
      if (items.length === 0) return "[]";
      if (this.#indent === "") return `[${items.map((item) => this.value(item, "")).join()}]`;
      return items.map((item) => `- ${this.value(item, `${prefix}  `)}`).join(`\n${prefix}`);
    }
    const entries = Object.entries(value).filter(([, item]) => isWritten(item));
    if (entries.length === 0) return "{}";
    if (this.#indent === "")
      return `{${entries.map(([key, item]) => `${text(key)}: ${this.value(item, "")}`).join()}}`;
    return entries.map(([key, item]) => `${text(key)}:${this.#member(item, prefix)}`).join(`\n${prefix}`);
  }

  /** What stands behind a key: a collection begins on the next line. */
  #member(item: unknown, prefix: string): string {
    const deeper = prefix + this.#indent;
    const written = this.value(item, deeper);
    const isNested = typeof item === "object" && item !== null && written !== "[]" && written !== "{}";
    return isNested ? `\n${deeper}${written}` : ` ${written}`;
  }
}

/** Each object that occurs more than once, with its name: the key or the position where it occurs first. */
function findRepeated(root: unknown): Map<object, string> {
  const first = new Map<object, string>();
  const repeated = new Map<object, string>();
  const taken = new Set<string>();
  const visit = (value: unknown, called: string): void => {
    if (typeof value !== "object" || value === null || repeated.has(value)) return;
    const name = first.get(value);
    if (name === undefined) {
      first.set(value, called);
      if (Array.isArray(value)) for (const [i, item] of value.entries()) visit(item, `item${i}`);
      else for (const [key, item] of Object.entries(value)) visit(item, /^[\w-]+$/.test(key) ? key : "value");
      return;
    }
    let unique = name === "value" ? "value0" : name;
    for (let n = 1; taken.has(unique); n++) unique = name + n;
    taken.add(unique);
    repeated.set(value, unique);
  };
  visit(root, "root");
  return repeated;
}
