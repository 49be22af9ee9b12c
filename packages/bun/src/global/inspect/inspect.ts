/** `Bun.inspect`: values as Bun prints them. What only Node.js knows, such as errors and colours, it takes from `util.inspect`. */
import { type CustomInspectFunction, inspect as nodeInspect } from "node:util";
import { wrongType } from "../../base/argument-error.ts";
import { concatenated, type NestedCall, resultOf } from "../../base/nested-calls.ts";
import { allProperties, isShown, nameOf, sortedProperties } from "./inspect-properties.ts";
import { table } from "./inspect-table.ts";

/** The options of `Bun.inspect`. */
export interface BunInspectOptions {
  /** Levels of objects within objects. Default 8. */
  readonly depth?: number;
  /** Formats as `util.inspect` does, with colours. Default false. */
  readonly colors?: boolean;
  /** Sorts the names of properties. Default false. */
  readonly sorted?: boolean;
  /** Writes everything on one line. Default false. */
  readonly compact?: boolean;
}

/** Longer arrays begin on a line of their own. */
const SHORT_ARRAY = 10;
/** So many elements are shown. */
const MAX_ELEMENTS = 100;
/** So many of a typed array, or bytes of a buffer. */
const MAX_BYTES = 513;
/** Lines of elements break behind this column. */
const COLUMNS = 80;

/** A value as text, in Bun's format. */
function format(value: unknown, given?: BunInspectOptions | null): string {
  const options = given ?? {};
  if (options.colors === true)
    return nodeInspect(value, { depth: 8, ...options, compact: options.compact ?? 3 });
  return resultOf(new Formatter(options).value(value, 0));
}

/** The function, and its members. */
export interface Inspect {
  (value: unknown, options?: BunInspectOptions): string;
  /** The symbol of a method that formats its object: that of `util.inspect`. */
  readonly custom: typeof nodeInspect.custom;
  readonly table: typeof table;
}

export const inspect: Inspect = Object.assign(
  (value: unknown, ...rest: [options?: BunInspectOptions]) => format(value, rest[0]),
  { custom: nodeInspect.custom, table },
) as Inspect;
Object.defineProperty(inspect, "name", { value: "inspect", configurable: true });

class Formatter {
  readonly #depth: number;
  readonly #sorted: boolean;
  readonly #compact: boolean;
  readonly #given: BunInspectOptions;
  readonly #above: Set<object> = new Set();
  /** About where in its line the next element begins, as Bun counts it. */
  #column = 0;

  constructor(options: BunInspectOptions) {
    this.#given = options;
    const { depth }: { readonly depth?: unknown } = options;
    // As in Bun, only a number counts; programs for `util.inspect` say null.
    this.#depth = typeof depth === "number" ? depth : 8;
    if (!(this.#depth >= 0) || (Number.isFinite(this.#depth) && !Number.isInteger(this.#depth)))
      throw wrongType(`depth must be an integer from 0 on, or Infinity, and not ${this.#depth}`);
    this.#sorted = options.sorted === true;
    this.#compact = options.compact === true;
  }

  /** @param level of the lines that the value begins */
  *value(value: unknown, level: number): NestedCall<string> {
    if (typeof value === "object" && value !== null) return yield this.#object(value, level);
    return this.#primitive(value);
  }

  #primitive(value: unknown): string {
    const text = primitive(value);
    if (typeof value === "string" || typeof value === "bigint") this.#column += String(value).length;
    else if (typeof value !== "function") this.#column += text.length;
    return text;
  }

  *#object(value: object, level: number): NestedCall<string> {
    if (this.#above.has(value)) return "[Circular]";
    const custom = (value as { [nodeInspect.custom]?: CustomInspectFunction })[nodeInspect.custom];
    if (typeof custom === "function" && !isOfNode(value)) {
      const result: unknown = Reflect.apply(custom, value, [this.#depth, { ...this.#given }, inspect]);
      if (result !== value) return typeof result === "string" ? result : yield this.value(result, level);
    }
    if (value instanceof Date) return this.#date(value);
    if (value instanceof RegExp) return String(value);
    if (value instanceof String) return quoted(String(value));
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      const text = bytes(value) ?? this.#byNode(value, level);
      this.#column += text.length;
      return text;
    }
    const isCollection = value instanceof Map || value instanceof Set;
    if (!Array.isArray(value) && !isCollection && !isShown(value)) return this.#byNode(value, level);
    if (this.#above.size > this.#depth) return Array.isArray(value) ? "[Array ...]" : "[Object ...]";
    this.#above.add(value);
    const text = yield Array.isArray(value)
      ? this.#array(value, level)
      : isCollection
        ? this.#collection(value, level)
        : this.#plain(value, level);
    this.#above.delete(value);
    return text;
  }

  /** Its length counts with the quotes that its JSON has. */
  #date(value: Date): string {
    const text = Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    this.#column += text.length + 2;
    return text;
  }

  #byNode(value: object, level: number): string {
    return nodeInspect(value, { depth: Math.min(this.#depth, 8) }).replaceAll("\n", `\n${indent(level)}`);
  }

  /** @param rows each with a comma behind it */
  #members(name: string, rows: readonly string[], level: number): string {
    const open = name === "" ? "{" : `${name} {`;
    if (rows.length === 0) {
      if (this.#column > COLUMNS) this.#column = 2 * level;
      return `${open}}`;
    }
    if (this.#compact) return `${open} ${concatenated(rows, ", ")} }`;
    this.#column = 2 * level + 1;
    const inner = indent(level + 1);
    return `${open}\n${inner}${concatenated(rows, `,\n${inner}`)},\n${indent(level)}}`;
  }

  *#plain(value: object, level: number): NestedCall<string> {
    const name = nameOf(value);
    const rows: string[] = [];
    for (const [key, descriptor] of this.#sorted ? sortedProperties(value) : allProperties(value))
      rows.push(yield this.#property(key, descriptor, level + 1));
    return this.#members(name, rows, level);
  }

  *#property(key: string | symbol, descriptor: PropertyDescriptor, level: number): NestedCall<string> {
    const name =
      typeof key === "symbol" ? `[${String(key)}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
    if (descriptor.get !== undefined)
      return `${name}: [Getter${descriptor.set === undefined ? "" : "/Setter"}]`;
    if (descriptor.set !== undefined) return `${name}: [Setter]`;
    this.#column = 2 * level + String(key).length;
    return `${name}: ${yield this.value(descriptor.value, level)}`;
  }

  *#collection(value: Map<unknown, unknown> | Set<unknown>, level: number): NestedCall<string> {
    const name = value instanceof Map ? "Map" : "Set";
    if (value.size === 0) return `${name} {}`;
    const rows: string[] = [];
    for (const [key, each] of value.entries()) {
      this.#column = 2 * level + 2;
      const first = yield this.value(key, level + 1);
      rows.push(value instanceof Map ? `${first}: ${yield this.value(each, level + 1)}` : first);
    }
    return this.#members(`${name}(${value.size})`, rows, level);
  }

  *#array(value: readonly unknown[], level: number): NestedCall<string> {
    const extra = Object.keys(value).filter((key) => !/^\d+$/.test(key));
    if (value.length === 0) this.#column += 2;
    if (value.length === 0) return "[]";
    const first = value[0];
    const isCell = (typeof first === "object" && first !== null) || typeof first === "function";
    this.#column += 2;
    const isLong = !this.#compact && (isCell || value.length > SHORT_ARRAY || this.#column > COLUMNS);
    this.#column = isLong ? 2 * level + 3 : this.#column + 2;
    const inner = `\n${indent(level + 1)}`;
    let text = isLong ? `[${inner}` : "[ ";
    let breaks = isLong;
    const separate = (isFirst: boolean): void => {
      if (isFirst) return;
      this.#column += 1;
      text += ",";
      const isFull = !this.#compact && this.#column > COLUMNS;
      text += isFull ? inner : " ";
      this.#column = isFull ? 2 * level + 2 : this.#column + 1;
      breaks ||= isFull;
    };
    const shown = Math.min(value.length, MAX_ELEMENTS);
    for (let i = 0; i < shown; i++) {
      let end = i;
      while (end < shown && !(end in value)) end++;
      const holes = end - i;
      separate(i === 0);
      if (holes === 0) text += yield this.value(value[i], level + 1);
      else text += holes === 1 ? "empty item" : `${holes} x empty items`;
      if (holes > 0) i = end - 1;
    }
    if (value.length > shown) text += `,${inner}... ${value.length - shown} more items`;
    for (const key of extra) {
      separate(text === "[ ");
      text += yield this.#property(key, Object.getOwnPropertyDescriptor(value, key)!, level + 1);
    }
    if (breaks) this.#column = 2 * level + 1;
    else this.#column = (this.#column > COLUMNS ? 2 * level : this.#column) + 2;
    return `${text}${breaks ? `\n${indent(level)}` : " "}]`;
  }
}

const indent = (level: number): string => "  ".repeat(level);

function primitive(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "function") return String(value);
  const source = Function.prototype.toString.call(value);
  if (source.startsWith("class")) {
    const parent = (Object.getPrototypeOf(value) as { name?: string }).name ?? "";
    return `[class ${value.name || "(anonymous)"}${parent === "" ? "" : ` extends ${parent}`}]`;
  }
  const kind = value.constructor.name || "Function";
  // The name of a method of a symbol is in brackets, and Bun shows none.
  return `[${kind}${value.name === "" || value.name.startsWith("[") ? "" : `: ${value.name}`}]`;
}

/** As in Bun, control characters have capitals where the text is Latin-1. */
function quoted(text: string): string {
  const json = JSON.stringify(text);
  if (!json.includes("\\u00") || /[^\0-\xff]/.test(text)) return json;
  return json.replace(/\\u00([01][0-9a-f])|\\./g, (found, digits: string | undefined) =>
    digits === undefined ? found : `\\u00${digits.toUpperCase()}`,
  );
}

/** Whether the method for its format comes from Node.js, which formats for itself. */
const isOfNode = (value: object): boolean => ArrayBuffer.isView(value) || value instanceof URL;

/** Views and buffers as the list of their elements; null for those of Node.js. */
function bytes(value: ArrayBufferView | ArrayBuffer): string | null {
  const { name } = value.constructor;
  if (name === "Buffer") return null;
  // One that has been transferred: nothing can be asked of a view of it.
  if ((value instanceof ArrayBuffer ? value : value.buffer).byteLength === 0) return `${name}(0) []`;
  const elements =
    value instanceof ArrayBuffer || value instanceof DataView
      ? new Uint8Array(
          value instanceof DataView
            ? value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)
            : value,
        )
      : (value as Uint8Array);
  const list = Array.from(elements.subarray(0, MAX_BYTES), (element: number | bigint) => primitive(element));
  if (elements.length > list.length) list.push(`... ${elements.length - list.length} more`);
  return `${name}(${elements.length}) [${list.length === 0 ? "" : ` ${list.join(", ")} `}]`;
}
