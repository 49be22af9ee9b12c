/** `Bun.JSONL`: JSON values on lines of their own (docs/runtime/jsonl). */
import { Buffer } from "node:buffer";
import { asText } from "../../base/as-text.ts";
import { type BytesInput, bytesOf } from "../../base/bytes.ts";

/** What is found in a piece of a stream. */
export interface JSONLChunk {
  readonly values: unknown[];
  /** The end of the last value: characters of text, or bytes. */
  readonly read: number;
  /** Whether nothing but white space follows. */
  readonly done: boolean;
  /** What is wrong behind the values; null if the input only ends too early. */
  readonly error: SyntaxError | null;
}

export const JSONL: {
  /**
   * The values before a fault or an unfinished value.
   * @throws SyntaxError if the first value is faulty; TypeError for no input
   */
  parse(input: BytesInput): unknown[];
  /**
   * The values, and how far they reach. Faults are in `error`, and are not thrown.
   * @param start @param end in characters of text, or in bytes
   */
  parseChunk(input: BytesInput, start?: number, end?: number): JSONLChunk;
} = {
  parse(input) {
    const { values, error } = isObject(input)
      ? scanBytes(bytesOf(input, "input"), true)
      : scan(textOf(input));
    if (error !== null && values.length === 0) throw error;
    return values;
  },
  parseChunk(input, start, end) {
    const whole = isObject(input) ? bytesOf(input, "input") : textOf(input);
    const from = Math.min(Math.max(positionOf(start) ?? 0, 0), whole.length);
    const to = Math.max(from, positionOf(end) ?? whole.length);
    const chunk =
      typeof whole === "string"
        ? scan(whole.slice(from, to))
        : scanBytes(whole.subarray(from, to), from === 0);
    return { ...chunk, read: from + chunk.read };
  },
};

const isObject = (input: unknown): input is object => typeof input === "object" && input !== null;

/** As in Bun, what is no number is no position. */
function positionOf(value: unknown): number | undefined {
  return typeof value === "number" && !Number.isNaN(value) ? Math.trunc(value) : undefined;
}

function textOf(input: unknown): string {
  if (input === undefined || input === null) throw new TypeError("JSONL.parse requires a string argument");
  return asText(input);
}

/**
 * Each byte is a character of Latin-1, so that positions are those of bytes, also behind bytes that are not UTF-8. JSON's own characters are ASCII; the
 * values are decoded.
 */
function scanBytes(bytes: Buffer, isStart: boolean): JSONLChunk {
  const hasMark = isStart && bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  const decode = (begin: number, close: number): string => bytes.toString("utf8", begin, close);
  return scan(bytes.toString("latin1"), decode, hasMark ? BYTE_ORDER_MARK.length : 0);
}

const BYTE_ORDER_MARK = Buffer.from("\ufeff");

/**
 * @param part gives the text of a value
 * @param first where the values begin
 */
function scan(
  text: string,
  part: (begin: number, close: number) => string = (begin, close) => text.slice(begin, close),
  first = 0,
): JSONLChunk {
  const values: unknown[] = [];
  let read = first;
  const end = (done: boolean, isFaulty: boolean): JSONLChunk => ({
    values,
    read,
    done,
    error: isFaulty ? new SyntaxError("Failed to parse JSONL") : null,
  });
  for (;;) {
    const begin = skip(text, read, /[ \t\r\n]*/y);
    if (begin === text.length) return end(true, false);
    // Values stand on lines of their own.
    if (values.length > 0 && !text.slice(read, begin).includes("\n")) return end(false, true);
    const close = valueEnd(text, begin);
    if (close === null) return end(false, false);
    try {
      values.push(JSON.parse(part(begin, close)));
    } catch {
      const isUnfinished = close === text.length && /^[-\w.+]+$/.test(text.slice(begin));
      return end(false, !isUnfinished);
    }
    read = close;
  }
}

function skip(text: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from;
  pattern.test(text);
  return pattern.lastIndex;
}

/** Where the value ends that begins there, valid or not; null if the text ends within it. */
function valueEnd(text: string, from: number): number | null {
  const token = /[-+.\w]+|[\s\S]/gy;
  token.lastIndex = from;
  let depth = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [part] = match;
    if (part === '"') {
      const end = stringEnd(text, token.lastIndex);
      if (end === null) return null;
      token.lastIndex = end;
    } else if (part === "{" || part === "[") depth++;
    else if (part === "}" || part === "]") depth--;
    if (depth <= 0) return token.lastIndex;
  }
  return null;
}

/** Behind the quotation mark that ends a string. One expression for the whole string would overflow the stack at some megabytes. */
function stringEnd(text: string, from: number): number | null {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\" && at - 1 - slashes >= from) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return null;
}
