import { Buffer } from "node:buffer";
import type { Kind } from "./program.ts";

/** The number of characters in content: the printable ones of ASCII, without one. */
const ALPHABET = 90;
const FIRST = 33;
/** Characters in front, which encode the number. The rest repeats the first. */
const DIGITS = 3;
/** The offset of wide characters: two bytes in UTF-8. */
const WIDE = 0x400;

/** The text of message `number`, of `size` bytes (an even number for wide text). */
export function textOf(kind: "text" | "wide", size: number, number: number): string {
  const shift = kind === "wide" ? WIDE : 0;
  const length = kind === "wide" ? size / 2 : size;
  const digits = [number, Math.floor(number / ALPHABET), Math.floor(number / ALPHABET ** 2)];
  const head = String.fromCharCode(...digits.map((digit) => shift + FIRST + (digit % ALPHABET)));
  return (head + head[0]!.repeat(Math.max(0, length - DIGITS))).slice(0, length);
}

export function contentOf(kind: Kind, size: number, number: number): string | Buffer {
  return kind === "binary" ? Buffer.from(textOf("text", size, number), "latin1") : textOf(kind, size, number);
}

/** The shortest distinction of a message: its kind, its size and its beginning. */
export function labelOf(kind: Kind, size: number, number: number): string {
  if (kind === "binary") return `binary ${size} ${textOf("text", Math.min(size, DIGITS), number)}`;
  const unit = kind === "wide" ? 2 : 1;
  return `text ${size} ${textOf(kind, Math.min(size, DIGITS * unit), number)}`;
}

/** The label of a received message. Wrong content gives a label that no message has. */
export function labelReceived(message: string | Buffer): string {
  const isText = typeof message === "string";
  const text = isText ? message : message.toString("latin1");
  const size = isText ? Buffer.byteLength(text) : message.length;
  const rest = text.slice(DIGITS);
  const name = isText ? "text" : "binary";
  if (rest !== (text[0] ?? "").repeat(rest.length)) return `${name} ${size} with other content`;
  return `${name} ${size} ${text.slice(0, DIGITS)}`;
}
