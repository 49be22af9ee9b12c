import { chartFinding, scenarioFinding } from "./finding.ts";
import { byKindAndRate, type PageRow, type PageRun, type PageScenario } from "./page-tables.ts";
import { barClass, markup, rules, text, themes } from "./svg.ts";

/** A drawing of a run for docs/benchmarks.md: what the tables say, at a glance. */
export interface Chart {
  /** Its name within the folder of the charts. */
  readonly file: string;
  /** What it shows, and its finding. */
  readonly title: string;
  readonly svg: string;
}

/** Where the charts are, seen from the page. */
export const chartFolder = "charts";

const line = 18;
const gap = 38;
const width = 920;
/** Where names end, and both kinds of bars begin and end. */
const names = 120;
const columns = [
  { metric: "rate", heading: "rate, longer is better", from: 130, to: 370 },
  { metric: "cpu", heading: "server's CPU time for each, shorter is better", from: 530, to: 770 },
] as const;
type Column = (typeof columns)[number];

/** Whether a file of the folder is of a run, and not the chart of the README. */
export function isChart(file: string): boolean {
  return /^(?:node\d+|run)(?:-\d+)?-(?:http|websocket)\.svg$/.test(file);
}

/** The charts of each run, in their order: HTTP and WebSocket apart. Runs on one line of Node.js are numbered. */
export function chartsOf(runs: readonly PageRun[]): Chart[][] {
  const seen = new Map<string, number>();
  return runs.map(({ node, scenarios }) => {
    const runtime = node === "unknown" ? "run" : `node${node.split(".")[0]}`;
    const times = (seen.get(runtime) ?? 0) + 1;
    seen.set(runtime, times);
    const name = times === 1 ? runtime : `${runtime}-${times}`;
    const isWebSocket = ({ unit }: PageScenario): boolean => /^(messages|upgrades)/.test(unit);
    const groups = [
      { kind: "HTTP", scenarios: scenarios.filter((scenario) => !isWebSocket(scenario)) },
      { kind: "WebSocket", scenarios: scenarios.filter(isWebSocket) },
    ];
    return groups
      .filter((group) => group.scenarios.length > 0)
      .map((group) => {
        const subject = `${group.kind} on Node.js ${node}`;
        const finding = chartFinding(group.scenarios);
        return {
          file: `${name}-${group.kind.toLowerCase()}.svg`,
          title: [subject, ...finding].join(". "),
          svg: draw(subject, finding, group.scenarios),
        };
      });
  });
}

function draw(subject: string, finding: readonly string[], scenarios: readonly PageScenario[]): string {
  const [first = subject, ...others] = finding;
  const top = [first, ...others].map((words, index) => text(10, 28 + index * 24, words, "finding"));
  let y = 28 + top.length * 24;
  const method = "As much: within 5 %, or the spread. Pale: noisy. *: the load held the server back.";
  top.push(text(10, y, finding.length === 0 ? method : `${subject}. ${method}`, "note"));
  y += 28;
  top.push(...columns.map(({ heading, from }) => text(from, y, heading, "note")));
  y += 26;
  const parts: string[] = [];
  for (const scenario of scenarios) {
    const { name, title, unit } = scenario;
    const rows = [...scenario.rows].sort(byKindAndRate);
    const found = scenarioFinding(scenario);
    parts.push(text(10, y, found === "" ? name : `${name}: ${found}`, "title"));
    parts.push(text(10, y + line, `${title}, ${unit}/s`, "note"));
    y += 2 * line + 2;
    for (const row of rows) {
      parts.push(text(names, y, row.name, "name"), ...columns.map((column) => bar(row, rows, column, y)));
      y += line;
    }
    y += gap - line;
  }
  const style =
    "text{font:13px system-ui,sans-serif}.title{font-weight:600}.finding{font-size:17px;font-weight:600}.name{text-anchor:end}";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="${markup([subject, ...finding].join(". "))}">
<style>${style}${rules(themes.light)}@media(prefers-color-scheme:dark){${rules(themes.dark)}}</style>
<rect width="${width}" height="${y}" rx="6" class="paper"/>
${[...top, ...parts].join("\n")}
</svg>
`;
}

/** Pale where the numbers are noisy; with the asterisk of the tables where the load held the server back. */
function bar(row: PageRow, rows: readonly PageRow[], { metric, from, to }: Column, y: number): string {
  const most = Math.max(...rows.map((other) => other[metric].value));
  const length = most === 0 ? 0 : ((to - from) * row[metric].value) / most;
  const opacity = row.noisy ? ' opacity="0.5"' : "";
  const rect = `<rect x="${from}" y="${y - 11}" width="${length.toFixed(1)}" height="13" class="${barClass(row)}"${opacity}/>`;
  return rect + text(from + length + 5, y, label(row, metric));
}

function label(row: PageRow, metric: Column["metric"]): string {
  const { shown } = row[metric];
  // The unit stands before the spread.
  if (metric === "cpu") return shown.replace(/(?= ±|$)/, " µs");
  return row.heldBack ? `${shown} *` : shown;
}
