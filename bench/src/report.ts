import { allocationTable } from "./allocation.ts";
import { type Analysis, analyse, type Metric, metrics, type Row } from "./analysis.ts";
import { busy, busyHeading, cell, circumstances, heading, ratio } from "./format.ts";
import { latencyTable } from "./latency.ts";
import type { Results, ScenarioResult } from "./results.ts";

const columns = Object.keys(metrics) as Metric[];

/** The lines above all tables. */
export function preamble(results: Results): string {
  return `${circumstances(results).join("\n")}\n`;
}

/** One scenario for the terminal: two lines for each contestant, its numbers and what they are to the base. */
export function scenarioTable(scenario: ScenarioResult): string {
  const analysis = analyse(scenario);
  const table: string[][] = [
    ["", ...columns.map((metric) => heading(metric, scenario.unit)), busyHeading],
    ...analysis.rows.flatMap((row) => lines(row, scenario.base)),
  ];
  const title = `${scenario.name}: ${scenario.title} (load: ${scenario.load})`;
  const more = [latencyTable(scenario), allocationTable(scenario)].filter((lines) => lines.length > 0);
  return [title, ...align(table), ...remarks(analysis), ...more.flatMap(align), ""].join("\n");
}

function lines(row: Row, base: string): string[][] {
  const name = row.kind === "limit" ? `${row.name} (limit)` : row.name;
  const numbers = [name, ...columns.map((metric) => cell(row, metric)), busy(row)];
  const { ratios } = row;
  if (ratios === undefined) return [numbers];
  return [numbers, [`  to ${base}`, ...columns.map((metric) => ratio(ratios[metric])), ""]];
}

/** The remarks under a table, in the page too. */
export function remarks({ rows, failures, verdict }: Analysis): string[] {
  const notes: string[] = [];
  if (verdict !== "") notes.push(verdict);
  const noisy = rows.filter((row) => row.noise.length > 0);
  for (const row of noisy) notes.push(`Noisy: ${row.name} (${row.noise.join("; ")}).`);
  if (rows.some((row) => row.heldBack)) {
    notes.push("* The load held the server back: this rate is not its limit, compare the CPU time.");
  }
  for (const { name, error } of failures) notes.push(`Failed: ${name}: ${gist(error)}`);
  return notes;
}

/** The line of a stack trace with the message; the JSON has the whole trace. */
export function gist(error: string): string {
  const lines = error.split("\n").map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b.*: /.test(line)) ?? lines[0] ?? "";
}

/** First column to the left, numbers to the right. */
export function align(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, column) => {
    return Math.max(...table.map((line) => (line[column] ?? "").length));
  });
  return table.map((line) => {
    const cells = line.map((cell, column) => {
      return column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
    });
    return `  ${cells.join("  ")}`.trimEnd();
  });
}
