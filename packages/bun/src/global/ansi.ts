/** Texts for terminals: their width, without their escape codes, wrapped and sliced; by the libraries that Bun's functions stand for. */
import sliceColumns from "slice-ansi";
import widthOf from "string-width";
import strip from "strip-ansi";
import wrap from "wrap-ansi";
import { asText } from "../base/as-text.ts";
import { graphemesOf, piecesOf } from "./graphemes.ts";

/** The options of `stringWidth`. */
export interface StringWidthOptions {
  /** Counts escape codes as text. Default false. */
  readonly countAnsiEscapeCodes?: boolean;
  /** Counts characters whose East Asian width is ambiguous as one column. Default true. */
  readonly ambiguousIsNarrow?: boolean;
}

/** The columns that a text takes in a terminal. */
export function stringWidth(input: string, ...rest: [options?: StringWidthOptions]): number {
  if (input === undefined) return 0;
  const { countAnsiEscapeCodes = false, ambiguousIsNarrow = true } = rest[0] ?? {};
  const text = countAnsiEscapeCodes ? asText(input) : strip(asText(input));
  let width = 0;
  for (const piece of piecesOf(text))
    width += widthOf(piece, { countAnsiEscapeCodes: true, ambiguousIsNarrow: Boolean(ambiguousIsNarrow) });
  return width;
}

/** The text without ANSI escape codes. */
export function stripANSI(input: string): string {
  return strip(asText(input));
}

/** The invisible separator, which takes no column. */
const NO_COLUMN = "\u2063";

/** The options of `wrapAnsi`. */
export interface WrapAnsiOptions {
  /** Breaks words that are longer than a line. Default false. */
  readonly hard?: boolean;
  /** Breaks lines between words. Default true. */
  readonly wordWrap?: boolean;
  /** Removes white space at both ends of each line. Default true. */
  readonly trim?: boolean;
}

/** Breaks lines after so many columns; each line has its escape codes. */
export function wrapAnsi(input: string, columns: number, options?: WrapAnsiOptions): string {
  const text = asText(input);
  if (!(columns > 0)) return text;
  // The library writes a tab as spaces, and Bun counts it as nothing.
  const keepsTabs = text.includes("\t") && !text.includes(NO_COLUMN);
  const wrapped = wrap(keepsTabs ? text.replaceAll("\t", NO_COLUMN) : text, columns, { ...options });
  return keepsTabs ? wrapped.replaceAll(NO_COLUMN, "\t") : wrapped;
}

/** The options of `sliceAnsi`. */
export interface SliceAnsiOptions {
  /** Stands where text was cut off, and counts as a part of the result. */
  readonly ellipsis?: string;
}

/**
 * The columns from `start` to `end` of a text, with the escape codes that they need. Negative positions count from the end.
 * @param options the ellipsis, or an object with it
 */
export function sliceAnsi(
  input: string,
  start = 0,
  end?: number,
  options?: string | boolean | SliceAnsiOptions | null,
  ..._: [ambiguousIsNarrow?: boolean]
): string {
  const text = asText(input);
  if (start === 0 && end === undefined && options === undefined) return text;
  const width = stringWidth(text);
  const at = (position: number): number =>
    position < 0 ? Math.max(0, width + position) : Math.min(position, width);
  const from = at(Math.trunc(start) || 0);
  const to = end === undefined ? width : at(Math.trunc(end) || 0);
  if (from >= to) return "";
  const isOpen = end === undefined || Math.trunc(end) > width;
  const ellipsis =
    typeof options === "string" ? options : typeof options === "object" ? (options?.ellipsis ?? "") : "";
  const size = stringWidth(ellipsis);
  const before = from > 0 && size > 0;
  const behind = to < width && size > 0;
  if (!before && !behind) return slice(text, from, isOpen ? undefined : to);
  const room = to - from;
  if (room <= size) return ellipsis;
  const left = before ? from + size : from;
  const right = behind && (!before || room > 2 * size) ? to - size : to;
  const sliced = slice(text, left, isOpen && right === to ? undefined : right);
  return withEdges(sliced, before ? ellipsis : "", right < to ? ellipsis : "");
}

/** A wide character belongs to the column where it begins. Without an end, the codes behind the last character belong to the result. */
function slice(text: string, from: number, to: number | undefined): string {
  if (to === undefined) return sliceColumns(text, from);
  let column = 0;
  for (const grapheme of graphemesOf(strip(text))) {
    if (column >= to) break;
    column += widthOf(grapheme);
  }
  return sliceColumns(text, from, column);
}

/** Puts the ellipses within the styles of the text. */
function withEdges(text: string, before: string, behind: string): string {
  const [, opening = "", rest = ""] = /^((?:\u001b\[[\d;]*m)*)([\s\S]*)$/.exec(text) ?? [];
  const [, inner = "", closing = ""] = /^([\s\S]*?)((?:\u001b\[[\d;]*m)*)$/.exec(rest) ?? [];
  return opening + before + inner + behind + closing;
}
