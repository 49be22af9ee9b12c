import { allocationTable } from "./allocation.ts";
import { analyse, type Metric, metrics, type Row } from "./analysis.ts";
import { busy, busyHeading, cell, circumstances, heading, measured, ratio } from "./format.ts";
import { latencyTable } from "./latency.ts";
import { keepingSections, withoutSections } from "./page-section.ts";
import { runsOf } from "./page-tables.ts";
import { remarks } from "./report.ts";
import type { Results, ScenarioResult } from "./results.ts";

const columns = Object.keys(metrics) as Metric[];

/**
 * The page docs/benchmarks.md for one or several runs, such as one for each line of Node.js; `derive` has its summaries and charts.
 *
 * @param old the page until now: lines of Node.js that these runs are not of keep their sections, and so do the other programs
 */
export function page(runs: readonly Results[], old = ""): string {
  const written = runs.map((results) => ({
    line: lineOf(nodeOf(results)),
    text: section(results).join("\n\n"),
  }));
  const kept = runsOf(withoutSections(old))
    .map(({ node, text }) => ({ line: lineOf(node), text: text.trim() }))
    .filter(({ line }) => !written.some((one) => one.line === line));
  const parts = [
    "# Benchmarks",
    "`node bench/dist/main.js --markdown` writes this page from the raw numbers of the runs below; [bench/README.md](../bench/README.md) " +
      "describes the measurements and the method. Every number is the median over the rounds, " +
      "with half the distance between the quartiles as ±; ratios are taken round by round between neighbours. " +
      "Absolute numbers vary by machine and hour; the ratios matter. A *limit* parses nothing: it shows what " +
      "the sockets allow. In the charts a pale bar is noisy, and an asterisk marks a server that the load held back; " +
      "`node bench/dist/main.js --charts` makes summaries and charts anew from the tables of this page.",
    ...[...written, ...kept].sort((a, b) => b.line - a.line).map(({ text }) => text),
  ];
  return keepingSections(`${parts.join("\n\n")}\n`, old);
}

function nodeOf({ versions }: Results): string {
  return versions["node"] ?? "unknown";
}

/** 26 of 26.10.0; an unknown version comes last. */
function lineOf(node: string): number {
  return Number.parseInt(node, 10) || 0;
}

function section(results: Results): string[] {
  return [
    `## Node.js ${nodeOf(results)}`,
    circumstances(results)
      .map((line) => `- ${line}`)
      .join("\n"),
    `\`\`\`sh\n${results.command}\n\`\`\``,
    ...results.scenarios.flatMap((scenario) => [`### ${scenario.name}`, body(scenario)]),
  ];
}

function body(scenario: ScenarioResult): string {
  const analysis = analyse(scenario);
  const title = `${scenario.title}. Load: ${scenario.load}. ${measured(scenario)} Ratios are to ${scenario.base}.`;
  const head = ["", ...columns.flatMap((metric) => [heading(metric, scenario.unit), "ratio"]), busyHeading];
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  const table = [head, rule, ...analysis.rows.map(line)].map((cells) => `| ${cells.join(" | ")} |`);
  // The asterisk of a remark would open emphasis, a line break in an error would end the list.
  const notes = remarks(analysis).map((remark) => `- ${remark.replace("*", "\\*").replace(/\s+/g, " ")}`);
  const more = [latencyTable(scenario), allocationTable(scenario)].map(markdownTable);
  return [
    title,
    "",
    ...table,
    ...(notes.length === 0 ? [] : ["", ...notes]),
    ...more.flatMap((lines) => (lines.length === 0 ? [] : ["", ...lines])),
  ].join("\n");
}

function markdownTable([head, ...lines]: readonly (readonly string[])[]): string[] {
  if (head === undefined) return [];
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`);
}

function line(row: Row): string[] {
  const name = row.kind === "limit" ? `${row.name} (*limit*)` : row.name;
  const cells = columns.flatMap((metric) => [
    cell(row, metric),
    row.ratios === undefined ? (row.isBase ? "1" : "") : ratio(row.ratios[metric]),
  ]);
  return [name, ...cells, busy(row).replace("*", "\\*")];
}
