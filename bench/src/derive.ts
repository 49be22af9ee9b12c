import { type Chart, chartFolder, chartsOf } from "./chart.ts";
import { runsOf } from "./page-tables.ts";
import { summaryOf } from "./summary.ts";

/** What docs/benchmarks.md has between the command of a run and its tables, which it is made of. */

const begin = "<!-- begin: summary of the tables below -->";
const end = "<!-- end: summary -->";
const summaries = new RegExp(`^${begin}\n[^]*?${end}\n\n`, "gm");
const images = /^!\[[^\]]*\]\(charts\/[^)]*\)\n\n/gm;

/** The page with the summary and the charts of each run, in place of those that it has, and the charts. */
export function derive(page: string): { page: string; charts: Chart[] } {
  const runs = runsOf(page);
  const charts = chartsOf(runs);
  let derived = page;
  for (const [index, { text, scenarios }] of runs.entries()) {
    const summary = summaryOf(scenarios);
    const parts = [
      ...(summary === "" ? [] : [`${begin}\n\n${summary}\n\n${end}`]),
      ...charts[index]!.map(({ file, title }) => `![${title}](${chartFolder}/${file})`),
    ];
    const added = parts.map((part) => `${part}\n\n`).join("");
    const without = text.replace(summaries, "").replace(images, "");
    const withParts = without.replace(/^```sh\n[^`]*\n```\n\n/m, (command) => command + added);
    derived = derived.replace(text, () => withParts);
  }
  return { page: derived, charts: charts.flat() };
}
