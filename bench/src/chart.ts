import { analyse, type Metric, type Row } from "./analysis.ts";
import { value } from "./format.ts";
import type { Results, ScenarioResult } from "./results.ts";

/** A drawing of a run for docs/benchmarks.md: what the tables say, at a glance. */
export interface Chart {
  /** Its name within the folder of the charts. */
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

const line = 18;
const gap = 34;
const top = 64;
const width = 920;
/** Where names end, and both kinds of bars begin and end. */
const names = 120;
const columns = [
  { metric: "rate", heading: "rate, longer is better", from: 130, to: 370 },
  { metric: "cpu", heading: "server's CPU time for each, shorter is better", from: 530, to: 770 },
] as const;

const colours: Readonly<Record<string, string>> = { mantou: "#c2410c", limit: "#d4d4d4", other: "#5b7c99" };

/** The charts of each run, in their order: HTTP and WebSocket apart. Runs on one line of Node.js are numbered. */
export function chartsOf(runs: readonly Results[]): Chart[][] {
  const seen = new Map<string, number>();
  return runs.map((results) => {
    const node = results.versions["node"];
    const runtime = node === undefined ? "run" : `node${node.split(".")[0]}`;
    const times = (seen.get(runtime) ?? 0) + 1;
    seen.set(runtime, times);
    const name = times === 1 ? runtime : `${runtime}-${times}`;
    const isWebSocket = ({ unit }: ScenarioResult): boolean => /^(messages|upgrades)/.test(unit);
    const groups = [
      { kind: "HTTP", scenarios: results.scenarios.filter((scenario) => !isWebSocket(scenario)) },
      { kind: "WebSocket", scenarios: results.scenarios.filter(isWebSocket) },
    ];
    return groups
      .filter(({ scenarios }) => scenarios.length > 0)
      .map(({ kind, scenarios }) => {
        const title = `${kind} on Node.js ${node ?? "unknown"}`;
        return { file: `${name}-${kind.toLowerCase()}.svg`, title, svg: draw(title, scenarios) };
      });
  });
}

function draw(title: string, scenarios: readonly ScenarioResult[]): string {
  const parts: string[] = [];
  let y = top;
  for (const scenario of scenarios) {
    const rows = [...analyse(scenario).rows].sort(
      (a, b) => Number(a.kind === "limit") - Number(b.kind === "limit") || byRate(a, b),
    );
    if (rows.length === 0) continue;
    parts.push(text(10, y, `${scenario.name}: ${scenario.title}, ${scenario.unit}/s`, "title"));
    y += line;
    for (const row of rows) {
      parts.push(text(names, y, row.name, "name"), ...columns.map((column) => bar(row, rows, column, y)));
      y += line;
    }
    y += gap - line;
  }
  const headings = columns.map(({ heading, from }) => text(from, 44, heading, "note"));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="${markup(title)}">
<style>text{font:13px system-ui,sans-serif;fill:#222}.title{font-weight:600}.name{text-anchor:end}.note{fill:#666}</style>
<rect width="${width}" height="${y}" rx="6" fill="#fff"/>
${[text(10, 24, title, "title"), ...headings, ...parts].join("\n")}
</svg>
`;
}

function byRate(a: Row, b: Row): number {
  return b.values.rate.median - a.values.rate.median;
}

/** Pale where the numbers are noisy; with the asterisk of the tables where the load held the server back. */
function bar(row: Row, rows: readonly Row[], column: (typeof columns)[number], y: number): string {
  const { metric, from, to } = column;
  const most = Math.max(...rows.map(({ values }) => values[metric].median));
  const length = most === 0 ? 0 : ((to - from) * row.values[metric].median) / most;
  const colour = colours[row.kind === "limit" ? "limit" : row.name] ?? colours["other"];
  const opacity = row.noise.length > 0 ? ' opacity="0.5"' : "";
  const rect = `<rect x="${from}" y="${y - 11}" width="${length.toFixed(1)}" height="13" fill="${colour}"${opacity}/>`;
  return rect + text(from + length + 5, y, label(row, metric), "");
}

function label(row: Row, metric: Metric): string {
  const unit = metric === "cpu" ? " µs" : "";
  const mark = metric === "rate" && row.heldBack ? " *" : "";
  return `${value(metric, row.values[metric]).replace(/ ±|$/, `${unit}$&`)}${mark}`;
}

function text(x: number, y: number, content: string, style: string): string {
  const name = style === "" ? "" : ` class="${style}"`;
  return `<text x="${Number(x.toFixed(1))}" y="${y}"${name}>${markup(content)}</text>`;
}

function markup(content: string): string {
  return content.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
