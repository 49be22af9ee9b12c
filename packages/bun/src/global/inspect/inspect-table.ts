import { inspect } from "node:util";
import { stringWidth } from "../ansi.ts";

const cellOf = (value: unknown): string => (typeof value === "string" ? value : inspect(value, { depth: 0 }));

/**
 * A table of rows, as `console.table` draws it.
 * @param columns the properties that are shown, by default all
 * @returns an empty text for what has no rows
 */
export function table(rows: unknown, columns?: readonly string[] | object): string {
  if (typeof rows !== "object" || rows === null) return "";
  const entries = Array.isArray(rows) ? [...rows.entries()] : Object.entries(rows);
  const isRow = (row: unknown): row is Record<string, unknown> => typeof row === "object" && row !== null;
  const found = new Set<string>(Array.isArray(columns) ? (columns as string[]) : []);
  if (!Array.isArray(columns))
    for (const [, row] of entries) if (isRow(row)) for (const key of Object.keys(row)) found.add(key);
  const hasValues = !Array.isArray(columns) && entries.some(([, row]) => !isRow(row));
  const head = ["", ...found, ...(hasValues ? ["Values"] : [])];
  const body = entries.map(([key, row]) => [
    String(key),
    ...[...found].map((name) => (isRow(row) && Object.hasOwn(row, name) ? cellOf(row[name]) : "")),
    ...(hasValues ? [isRow(row) ? "" : cellOf(row)] : []),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((line) => stringWidth(line[i]!))) + 2);
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => "─".repeat(width)).join(middle) + right;
  const line = (cells: readonly string[]): string =>
    `│${cells.map((cell, i) => ` ${cell}${" ".repeat(widths[i]! - 1 - stringWidth(cell))}`).join("│")}│`;
  return `${[rule("┌", "┬", "┐"), line(head), rule("├", "┼", "┤"), ...body.map(line), rule("└", "┴", "┘")].join("\n")}\n`;
}
