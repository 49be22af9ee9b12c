import { inspect } from "node:util";
import { stringWidth } from "../ansi.ts";

/** The columns that the widest cell takes. Thousands of arguments of `Math.max` would overflow the stack. */
const widest = (lines: readonly (readonly string[])[], i: number): number =>
  lines.reduce((width, line) => Math.max(width, stringWidth(line[i]!)), 1);

/** The options of a table. */
export interface TableOptions {
  /** Styles for terminals. */
  readonly colors?: boolean;
}

const cellOf = (value: unknown, colors: boolean): string =>
  typeof value === "string" ? value : inspect(value, { depth: 0, colors });

const bold = (text: string): string => `\x1b[0m\x1b[1m${text}\x1b[0m`;

/** The rows of a value. Those of a Map and of other iterables have numbers. */
function rowsOf(rows: object): [key: unknown, row: unknown][] {
  if (Array.isArray(rows)) return [...rows.entries()];
  if (rows instanceof Map) return [...[...rows.values()].entries()];
  const { [Symbol.iterator]: iterate } = rows as Partial<Iterable<unknown>>;
  if (typeof iterate === "function") return [...Array.from(rows as Iterable<unknown>).entries()];
  return Object.entries(rows);
}

/**
 * A table of rows, as `console.table` draws it.
 * @param columns the properties that are shown, by default all; or the options
 * @returns an empty text for what has no rows
 */
export function table(
  rows: unknown,
  columns?: readonly string[] | TableOptions | null,
  options?: TableOptions | null,
): string {
  if (typeof rows !== "object" || rows === null) return "";
  const { colors = false } = options ?? (Array.isArray(columns) ? null : (columns as TableOptions)) ?? {};
  const entries = rowsOf(rows);
  // As in Bun, a Map has a row of two columns for each pair: its key and its whole value.
  const keys = rows instanceof Map ? [...rows.keys()].map((key) => cellOf(key, colors)) : null;
  const isRow = (row: unknown): row is Record<string, unknown> =>
    keys === null && typeof row === "object" && row !== null;
  const found = new Set<string>(Array.isArray(columns) ? (columns as string[]) : []);
  if (!Array.isArray(columns))
    for (const [, row] of entries) if (isRow(row)) for (const key of Object.keys(row)) found.add(key);
  const hasValues = keys !== null || (!Array.isArray(columns) && entries.some(([, row]) => !isRow(row)));
  const names = [" ", ...(keys === null ? [] : ["Key"]), ...found, ...(hasValues ? ["Values"] : [])];
  const head = colors ? names.map(bold) : names;
  const body = entries.map(([key, row], i) => [
    String(key),
    ...(keys === null ? [] : [keys[i]!]),
    ...[...found].map((name) => (isRow(row) && Object.hasOwn(row, name) ? cellOf(row[name], colors) : "")),
    ...(hasValues ? [isRow(row) ? "" : cellOf(row, colors)] : []),
  ]);
  const widths = head.map((_, i) => widest([head, ...body], i) + 2);
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => "─".repeat(width)).join(middle) + right;
  const line = (cells: readonly string[]): string =>
    `│${cells.map((cell, i) => ` ${cell}${" ".repeat(widths[i]! - 1 - stringWidth(cell))}`).join("│")}│`;
  return `${[rule("┌", "┬", "┐"), line(head), rule("├", "┼", "┤"), ...body.map(line), rule("└", "┴", "┘")].join("\n")}\n`;
}
