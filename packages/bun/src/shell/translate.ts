/** A value within a template. */
export interface Inserted {
  /** Words of a command; null for what has no text, such as bytes. */
  readonly words: readonly string[] | null;
  /** What a redirection reads or writes; null if that is the file which the words name. */
  readonly target: unknown;
}

/** A character of a template's text, or a value. */
export type Piece = string | Inserted;

/** A path behind `<` or `>`, for which `dax` has a class of its own. */
export class RedirectionPath {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/** A file of a descriptor behind `<` or `>`, such as `Bun.stdout`. */
export class OpenFile {
  readonly #file: Blob & { write(data: Uint8Array<ArrayBuffer>): Promise<unknown> };

  constructor(file: Blob & { write(data: Uint8Array<ArrayBuffer>): Promise<unknown> }) {
    this.#file = file;
  }

  read(): ReadableStream<Uint8Array> {
    return this.#file.stream();
  }

  /** The descriptor stays open. */
  write(): WritableStream<Uint8Array<ArrayBuffer>> {
    return new WritableStream({
      write: async (chunk) => {
        await this.#file.write(chunk);
      },
    });
  }
}

/** In double quotes a backslash in front of another character stays. */
const ESCAPED_IN_DOUBLE = /[$`"\\]/;
const NAME_BEGIN = /[A-Za-z_]/;
const NAME = /[A-Za-z0-9_]/;
const DIGIT = /[0-9]/;
/** A comment begins behind it. */
const BREAK = /[\s;|&()]/;

/** What a value stands behind that is read or written. */
const REDIRECTION = /[<>]/;
/** Behind the name of a variable, an assignment. */
const VARIABLE_NAME = /^[A-Za-z_]\w*$/;

/** Variables that a command may set. */
const ASSIGNED = /(?:^|[\s;&|(])(?:unset\s+(?:-\w+\s+)?([A-Za-z_]\w*)|([A-Za-z_]\w*)=)/g;

/**
 * Writes a template of Bun's shell in the form that `dax` reads in the same way: what is literal stands in single quotes, whether it comes
 * from quotes, from behind a backslash, from a value or from a variable, which Bun neither splits nor expands; `dax` does both. A value
 * never becomes syntax, wherever it stands. Comments are left out.
 */
export class ShellTranslator {
  readonly #pieces: readonly Piece[];
  readonly #env: Readonly<Record<string, string | undefined>>;
  /** Variables whose value is known only when the commands run. */
  readonly #changing = new Set(["PWD", "OLDPWD"]);
  readonly #texts: string[] = [""];
  readonly #values: unknown[] = [];
  #at = 0;

  constructor(pieces: readonly Piece[], env: Readonly<Record<string, string | undefined>>) {
    this.#pieces = pieces;
    this.#env = env;
    const text = pieces.map((piece) => (typeof piece === "string" ? piece : wordsOf(piece))).join("");
    for (const [, unset, set] of text.matchAll(ASSIGNED)) this.#changing.add(unset ?? set!);
  }

  translate(): { texts: string[]; values: unknown[] } {
    while (this.#at < this.#pieces.length) this.#unquoted(null);
    return { texts: this.#texts, values: this.#values };
  }

  /**
   * Commands, up to the end of a substitution or a subshell, or to the end of the text.
   * @throws SyntaxError if the text ends before
   */
  #unquoted(end: ")" | "`" | null): void {
    let mayComment = true;
    let redirection = "";
    while (this.#at < this.#pieces.length) {
      const piece = this.#pieces[this.#at++]!;
      if (typeof piece !== "string") this.#insert(piece, redirection);
      else if (piece === end) return;
      else if (piece === "#" && mayComment) this.#skipLine();
      else if (piece === "\\") this.#escaped();
      else if (piece === "'") this.#single();
      else if (piece === '"') this.#double();
      else if (piece === "(" || piece === "`") this.#nested(piece);
      else if (piece === "$") this.#dollar();
      // In Bun brackets expand to nothing.
      else if (piece === "[" || piece === "]") this.#emit(quoted(piece));
      else {
        // `dax` wants a space between quotes and a redirection.
        if (REDIRECTION.test(piece) && /['"]$/.test(this.#texts.at(-1)!)) this.#emit(" ");
        this.#emit(piece);
      }
      mayComment = typeof piece === "string" && BREAK.test(piece);
      if (typeof piece !== "string") redirection = "";
      else if (REDIRECTION.test(piece)) redirection = piece;
      else if (!/\s/.test(piece)) redirection = "";
    }
    if (end !== null) throw new SyntaxError(`A command substitution or a subshell has no ${end} at its end`);
  }

  #nested(open: string): void {
    this.#emit(open === "(" ? "(" : "$(");
    this.#unquoted(open === "(" ? ")" : "`");
    this.#emit(")");
  }

  /** A variable outside quotes. An empty one is no word. */
  #dollar(): void {
    const variable = this.#variable();
    const value = this.#valueOf(variable);
    if (variable === "") this.#emit(this.#pieces[this.#at] === "(" ? "$" : quoted("$"));
    else if (value === null) this.#emit(`"${variable}"`);
    else if (value !== "") this.#emit(quoted(value));
  }

  /** The value of a variable of the environment; null for those that `dax` knows alone. */
  #valueOf(variable: string): string | null {
    const [, name, digit] = /^\$\{?(?:([A-Za-z_]\w*)|(\d))\}?$/.exec(variable) ?? [];
    // Arguments of the program.
    if (digit !== undefined) return process.argv[Number(digit)] ?? "";
    return name === undefined || this.#changing.has(name) ? null : (this.#env[name] ?? "");
  }

  #skipLine(): void {
    while (this.#at < this.#pieces.length && this.#pieces[this.#at] !== "\n") this.#at++;
  }

  /** A backslash that a line feed follows joins two lines. */
  #escaped(): void {
    const next = this.#pieces[this.#at];
    if (typeof next !== "string") this.#emit(quoted("\\"));
    else {
      this.#at++;
      this.#emit(next === "\n" ? "\\\n" : quoted(next));
    }
  }

  #single(): void {
    let text = "";
    while (this.#at < this.#pieces.length) {
      const piece = this.#pieces[this.#at++]!;
      if (piece === "'") break;
      text += typeof piece === "string" ? piece : textOf(piece);
    }
    this.#emit(quoted(text));
  }

  #double(): void {
    let literal = "";
    let isEmpty = true;
    const flush = (): void => {
      if (literal !== "" || isEmpty) this.#emit(quoted(literal));
      literal = "";
      isEmpty = false;
    };
    while (this.#at < this.#pieces.length) {
      const piece = this.#pieces[this.#at++]!;
      const next = this.#pieces[this.#at];
      if (piece === '"') break;
      if (typeof piece !== "string") literal += textOf(piece);
      else if (piece === "\\" && next === "\n") this.#at++;
      else if (piece === "\\" && typeof next === "string" && ESCAPED_IN_DOUBLE.test(next)) {
        literal += next;
        this.#at++;
      } else if (piece === "`" || (piece === "$" && next === "(")) {
        if (piece === "$") this.#at++;
        flush();
        this.#emit('"$(');
        this.#unquoted(piece === "$" ? ")" : "`");
        this.#emit(')"');
      } else {
        const variable = piece === "$" ? this.#variable() : "";
        const value = variable === "" ? piece : this.#valueOf(variable);
        if (value === null) flush();
        if (value === null) this.#emit(`"${variable}"`);
        else literal += value;
      }
    }
    flush();
  }

  /** The variable behind a dollar sign, with it; "" if there is none. */
  #variable(): string {
    const first = this.#pieces[this.#at];
    if (typeof first !== "string") return "";
    let end = this.#at + 1;
    if (first === "{") {
      while (end < this.#pieces.length && this.#pieces[end] !== "}") end++;
      end++;
    } else if (NAME_BEGIN.test(first)) {
      while (isName(this.#pieces[end])) end++;
    } else if (!DIGIT.test(first)) return "";
    const name = this.#pieces.slice(this.#at, end);
    if (!name.every((piece) => typeof piece === "string")) return "";
    this.#at = end;
    return `$${name.join("")}`;
  }

  /** A word stands in quotes, so that it is no number of a file, no keyword and no name behind `$`. */
  #insert({ words, target }: Inserted, redirection: string): void {
    if (words === null || (redirection !== "" && target !== null)) {
      this.#values.push(redirection === ">" ? outputOf(target) : inputOf(target));
      this.#texts.push("");
    } else {
      const isAssigned = this.#pieces[this.#at] === "=" && VARIABLE_NAME.test(words.join(" "));
      this.#emit(isAssigned ? words.join(" ") : words.map(quoted).join(" "));
    }
  }

  #emit(text: string): void {
    this.#texts.push(this.#texts.pop() + text);
  }
}

function inputOf(target: unknown): unknown {
  return target instanceof OpenFile ? target.read() : target;
}

function outputOf(target: unknown): unknown {
  if (target instanceof OpenFile) return target.write();
  return target instanceof Uint8Array ? filling(target) : target;
}

/** Writes to memory until it is full, and drops the rest. `dax` would fail. */
function filling(bytes: Uint8Array): WritableStream<Uint8Array> {
  let end = 0;
  return new WritableStream({
    write(chunk) {
      const part = chunk.subarray(0, bytes.length - end);
      bytes.set(part, end);
      end += part.length;
    },
  });
}

function isName(piece: Piece | undefined): boolean {
  return typeof piece === "string" && NAME.test(piece);
}

/** A value within quotes. */
function textOf(piece: Inserted): string {
  if (piece.words === null)
    throw new Error("A stream, bytes and a body can only be read from or written to, behind < or >");
  return wordsOf(piece);
}

function wordsOf({ words }: Inserted): string {
  return words === null ? "" : words.join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll(/'+/g, `'"$&"'`)}'`;
}
