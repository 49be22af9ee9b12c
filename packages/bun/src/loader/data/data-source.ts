/** JavaScript for a value of a data format. */

/** Aliases of YAML are written out, as Bun copies them: a few lines of aliases of aliases would be gigabytes. */
const MAX_VALUES = 10_000_000;

/**
 * An expression for the value.
 * @throws TypeError for a value that contains itself, as an alias of YAML can; RangeError for more than 10 million values
 */
export function expressionOf(value: unknown): string {
  return new ValueWriter().write(value);
}

class ValueWriter {
  /** The objects that the current one is in. */
  readonly #above = new Set<object>();
  #count = 0;

  write(value: unknown): string {
    if (++this.#count > MAX_VALUES) throw new RangeError(`There are more than ${MAX_VALUES} values`);
    if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
    if (isDateOfTOML(value)) return writeDate(value);
    if (this.#above.has(value)) throw new TypeError("The value contains itself");
    this.#above.add(value);
    const text = Array.isArray(value)
      ? `[${value.map((each) => this.write(each)).join()}]`
      : `{${Object.entries(value).map(([key, each]) => `${nameOf(key)}:${this.write(each)}`)}}`;
    this.#above.delete(value);
    return text;
  }
}

/** `{"__proto__": …}` of JavaScript would set the prototype. */
function nameOf(key: string): string {
  return key === "__proto__" ? '["__proto__"]' : JSON.stringify(key);
}

/** A date of TOML: an object of Temporal, as in Bun, or its text on a Node.js without Temporal. */
function writeDate(value: DateOfTOML): string {
  const { kind, text } = readDate(value);
  const literal = JSON.stringify(text);
  return "Temporal" in globalThis ? `Temporal.${kind}.from(${literal})` : literal;
}

type LegacyDate = Date & { isDate?(): boolean; isTime?(): boolean; isLocal?(): boolean };

/** An object of Temporal. One with an offset is a `ZonedDateTime`. */
interface TemporalDate {
  readonly [Symbol.toStringTag]: string;
  toInstant?(): object;
}

/** A date as smol-toml gives it. */
export type DateOfTOML = LegacyDate | TemporalDate;

export function isDateOfTOML(value: object): value is DateOfTOML {
  return value instanceof Date || TEMPORAL.test(Object.prototype.toString.call(value));
}

const TEMPORAL = /^\[object Temporal\.(\w+)\]$/;

interface ReadDate {
  readonly kind: "PlainDate" | "PlainTime" | "PlainDateTime" | "Instant";
  readonly text: string;
}

/** The class of Temporal that Bun has for it, and the text. */
export function readDate(value: DateOfTOML): ReadDate {
  if (!(value instanceof Date)) {
    const instant = value.toInstant?.();
    if (instant !== undefined) return { kind: "Instant", text: String(instant) };
    const [, kind] = TEMPORAL.exec(Object.prototype.toString.call(value))!;
    return { kind: kind as ReadDate["kind"], text: String(value) };
  }
  const kind =
    value.isDate?.() === true
      ? "PlainDate"
      : value.isTime?.() === true
        ? "PlainTime"
        : value.isLocal?.() === true
          ? "PlainDateTime"
          : "Instant";
  const text = kind === "Instant" ? new Date(value.getTime()).toISOString() : value.toISOString();
  // As Temporal writes it: without a fraction that is zero.
  return { kind, text: text.replace(/(\.\d*?)0+(?=Z?$)/, "$1").replace(/\.(?=Z?$)/, "") };
}

/** An ES module whose default export is the value. The members of an object are exports, too; Bun marks modules of any other value. */
export function moduleOf(value: unknown): string {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const names = isObject ? Object.keys(value).filter((name) => name !== "default") : [];
  const lines = [`const value = ${expressionOf(value)};`, "export default value;"];
  if (!isObject) lines.push("export const __esModule = true;");
  if (names.length > 0) {
    const all = names.map((name, index) => ({ name: JSON.stringify(name), local: `value${index}` }));
    const locals = all.map(
      ({ name, local }) => `${name === '"__proto__"' ? '["__proto__"]' : name}: ${local}`,
    );
    lines.push(`const { ${locals.join(", ")} } = value;`);
    lines.push(`export { ${all.map(({ name, local }) => `${local} as ${name}`).join(", ")} };`);
  }
  return lines.join("\n");
}
