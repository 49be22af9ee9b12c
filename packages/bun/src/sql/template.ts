/** From tagged templates and their helpers to a text with placeholders. */

/** Where a query's text is from. */
export type Source =
  | { readonly kind: "template"; readonly strings: readonly string[]; readonly values: readonly unknown[] }
  | { readonly kind: "text"; readonly text: string; readonly values: readonly unknown[] | object }
  | { readonly kind: "file"; readonly path: string; readonly values: readonly unknown[] | object };

export interface Dialect {
  readonly adapter: "postgres" | "sqlite";
  placeholder(index: number): string;
  /** A list of `IN` without values. */
  readonly emptyList: string;
}

/** The option `transform`. */
export interface Transform {
  readonly from?: ((name: string) => string) | undefined;
  readonly to?: ((name: string) => string) | undefined;
  /** The value that is sent for `undefined`; without it that is NULL, and helpers leave columns out. */
  readonly undefined?: unknown;
  readonly hasUndefined: boolean;
}

/** What the server gets. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[] | object;
}

/** `sql(object | array, ...columns)`. It is no promise: an asynchronous function can return it. */
export class Helper {
  readonly value: unknown;
  readonly columns: readonly string[];

  constructor(value: unknown, columns: readonly string[]) {
    this.value = value;
    this.columns = columns;
  }
}

/** `sql(name)`, which may be meant for a query. */
export class NameHelper extends Helper {
  readonly #refuse: () => Error;

  /** @param refuse makes the error for one that is used as a query */
  constructor(value: unknown, columns: readonly string[], refuse: () => Error) {
    super(value, columns);
    this.#refuse = refuse;
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting it is a mistake that is reported, as in Bun
  then(resolve?: (value: never) => unknown, reject?: (error: unknown) => unknown): Promise<unknown> {
    return Promise.reject(this.#refuse()).then(resolve, reject);
  }
}

/** A type's name, which becomes a part of the text: an identifier with its schema, or one of SQL's with several words; behind it its size. */
const TYPE_NAME =
  /^(?:(?:[a-z_][\w$]*|"(?:[^"\0]|"")+")(?:\.(?:[a-z_][\w$]*|"(?:[^"\0]|"")+"))?|double precision|(?:character|bit) varying|(?:time|timestamp)(?: ?\(\d+\))? with(?:out)? time zone)(?: ?\(\d+(?:, ?\d+)?\))?$/i;

/** `sql.array(values, type)`. */
export class ArrayParameter {
  readonly values: ArrayLike<unknown>;
  readonly arrayType: string | undefined;

  /** @throws TypeError if the type is no name of one */
  constructor(values: ArrayLike<unknown>, arrayType: string | undefined) {
    if (arrayType !== undefined && !TYPE_NAME.test(arrayType)) {
      throw new TypeError(`sql.array: type must be the name of a type, such as "INT" or "double precision"`);
    }
    this.values = values;
    this.arrayType = arrayType;
  }
}

/** `sql.json(value)`. */
export class JSONParameter {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

const sources = new WeakMap<object, Source>();

/** Remembers that a query can be a part of another one. */
export function setSource(query: object, source: Source): void {
  sources.set(query, source);
}

function sourceOf(value: unknown): Source | undefined {
  return typeof value === "object" && value !== null ? sources.get(value) : undefined;
}

/** @throws SyntaxError for a helper where it has no meaning */
export function compile(
  source: Exclude<Source, { kind: "file" }>,
  dialect: Dialect,
  transform: Transform,
): Statement {
  if (source.kind === "text") return { text: source.text, values: source.values };
  const compiler = new Compiler(dialect, transform);
  compiler.template(source.strings, source.values);
  return compiler;
}

type Row = Readonly<Record<string, unknown>>;

class Compiler implements Statement {
  text = "";
  readonly values: unknown[] = [];
  readonly #dialect: Dialect;
  readonly #transform: Transform;

  constructor(dialect: Dialect, transform: Transform) {
    this.#dialect = dialect;
    this.#transform = transform;
  }

  template(strings: readonly string[], values: readonly unknown[]): void {
    this.text += strings[0];
    values.forEach((value, i) => {
      this.#value(value);
      // Bun's text has a space behind each value, too.
      this.text += ` ${strings[i + 1]}`;
    });
  }

  #value(value: unknown): void {
    const source = sourceOf(value);
    if (source !== undefined) this.#fragment(source);
    else if (value instanceof Helper) this.#helper(value);
    else if (
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((each) => sourceOf(each) !== undefined)
    ) {
      value.forEach((each, i) => {
        if (i > 0) this.text += " ";
        this.#fragment(sourceOf(each)!);
      });
    } else this.#parameter(value);
  }

  #parameter(value: unknown): void {
    const given = value === undefined && this.#transform.hasUndefined ? this.#transform.undefined : value;
    this.text += this.#dialect.placeholder(this.values.push(given));
    if (given instanceof ArrayParameter && given.arrayType !== undefined)
      this.text += `::${given.arrayType}[]`;
  }

  #fragment(source: Source): void {
    if (source.kind === "template") {
      this.template(source.strings, source.values);
      return;
    }
    if (source.kind === "file") throw new SyntaxError("sql.file cannot be a part of another query");
    const values = Array.isArray(source.values) ? (source.values as unknown[]) : [];
    if (values.length > 0 && this.values.length > 0 && this.#dialect.adapter === "postgres") {
      throw new SyntaxError(
        "Nested sql.unsafe() cannot have values when it follows other parameters: its $1 is the first parameter of the whole query. Use a sql`` fragment for the values",
      );
    }
    this.text += source.text;
    this.values.push(...values);
  }

  #helper({ value, columns }: Helper): void {
    if (typeof value === "string") {
      this.text += this.#name(value);
      return;
    }
    const command = lastCommand(this.text);
    if (command === "in") this.#list(value, columns);
    else if (command === "insert") this.#insert(rowsOf(value, "INSERT"), columns);
    else if (command === "set" || command === "update") {
      if (command === "update") this.text += "SET ";
      this.#update(value, columns);
    } else throw new SyntaxError("Helpers are only allowed for INSERT, UPDATE and IN commands");
  }

  #list(value: unknown, columns: readonly string[]): void {
    if (!Array.isArray(value)) throw new SyntaxError("An array is expected for WHERE IN helper");
    if (columns.length > 1) throw new SyntaxError("Cannot use WHERE IN helper with multiple columns");
    const [column] = columns;
    if (value.length === 0) {
      this.text += this.#dialect.emptyList;
      return;
    }
    this.text += "(";
    value.forEach((each, i) => {
      if (i > 0) this.text += ", ";
      this.#value(column === undefined ? each : (each as Row)[column]);
    });
    this.text += ")";
  }

  #insert(rows: readonly Row[], picked: readonly string[]): void {
    const names = picked.length > 0 ? picked : Object.keys(rows[0] ?? {});
    const columns = this.#transform.hasUndefined
      ? names
      : names.filter((name) => rows.some((row) => row[name] !== undefined));
    if (columns.length === 0) throw new SyntaxError("Cannot INSERT with no columns");
    this.text += `(${columns.map((name) => this.#name(name)).join(", ")}) VALUES`;
    rows.forEach((row, i) => {
      this.text += i > 0 ? ",(" : "(";
      columns.forEach((name, j) => {
        if (j > 0) this.text += ", ";
        this.#value(row[name]);
      });
      this.text += ")";
    });
    this.text += " ";
  }

  #update(value: unknown, picked: readonly string[]): void {
    const rows = rowsOf(value, "UPDATE");
    if (rows.length !== 1) throw new SyntaxError("Cannot use array of objects for UPDATE");
    const row = rows[0]!;
    const names = picked.length > 0 ? picked : Object.keys(row);
    const columns = names.filter((name) => row[name] !== undefined || this.#transform.hasUndefined);
    if (columns.length === 0) throw new SyntaxError("Cannot UPDATE with no columns");
    columns.forEach((name, i) => {
      if (i > 0) this.text += ", ";
      this.text += `${this.#name(name)} = `;
      this.#value(row[name]);
    });
    this.text += " ";
  }

  #name(name: string): string {
    const sent = this.#transform.to?.(name) ?? name;
    return sent
      .split(".")
      .map((part) => `"${part.replaceAll('"', '""')}"`)
      .join(".");
  }
}

/** @throws SyntaxError for what is neither an object nor an array of objects */
function rowsOf(value: unknown, command: string): readonly Row[] {
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (rows.length === 0) throw new SyntaxError(`Cannot ${command} with no columns`);
  if (rows.every((row) => typeof row === "object" && row !== null)) return rows as readonly Row[];
  throw new SyntaxError(`Cannot ${command} with a value that is not an object`);
}

const COMMANDS = /\b(insert|update|set|in|select|where|values|having|returning|from|delete)\b/gi;
/** Text that is no keyword: constants, quoted names and comments. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** The last keyword in front of a helper, in lower case. */
function lastCommand(text: string): string | undefined {
  return [...text.replace(QUOTED, " ").matchAll(COMMANDS)].at(-1)?.[1]?.toLowerCase();
}
