import { holds, type Measured } from "./attack.ts";

/** A row of the table, with the attack that it belongs to. */
export interface Row extends Measured {
  readonly attack: string;
}

const HEADINGS = ["attack", "what", "bound", "measured", ""];

/** attack → bound → measured, in columns. Exceeded bounds are marked, and explained below. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.attack,
    row.what,
    withUnit(row.bound, row),
    withUnit(row.measured, row),
    holds(row) ? "" : "EXCEEDED",
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...cells.map((line) => line[column]!.length)),
  );
  const format = (line: readonly string[]): string =>
    line
      // Numbers are aligned to the right.
      .map((cell, column) =>
        column === 2 || column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join("  ")
      .trimEnd();
  const notes = rows.flatMap((row) =>
    row.note === undefined ? [] : ["", `${row.attack}: ${row.what}:`, row.note],
  );
  return [format(HEADINGS), ...cells.map(format), ...notes].join("\n");
}

function withUnit(value: number, { unit }: Measured): string {
  // A bound below one, or a time below a millisecond, must not read as 0.
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
}
