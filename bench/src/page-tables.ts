import { lateHeading, latencyHeading, ownLatencyHeading } from "./latency.ts";

/**
 * The tables of docs/benchmarks.md, read back. Summaries and charts are made from them: so they show what the page says, and a drawing
 * that changes needs no new measurement.
 */

/** What is read of each row, with its ratio to the base. */
export type PageColumn = "rate" | "cpu" | "p99" | "memory";

export interface Measured {
  readonly value: number;
  /** What ± says, as a share of the value; 0 where a single round has none. */
  readonly spread: number;
  /** Both as the page shows them. */
  readonly shown: string;
}

export interface PageRow {
  readonly name: string;
  readonly kind: "server" | "limit";
  readonly rate: Measured;
  /** Microseconds for each operation. */
  readonly cpu: Measured;
  /** Milliseconds under full load, and under a fixed rate; undefined where there were none. */
  readonly p99: Measured | undefined;
  readonly paced: Measured | undefined;
  /** MB. */
  readonly memory: Measured;
  /** To the base, round by round; undefined for the base itself. */
  readonly toBase: Readonly<Record<PageColumn, Measured | undefined>>;
  readonly heldBack: boolean;
  readonly noisy: boolean;
}

export interface PageScenario {
  readonly name: string;
  readonly title: string;
  /** What is counted, such as `requests`. */
  readonly unit: string;
  readonly base: string;
  /** What the fixed rate of `paced` was a share of; undefined where there was none. */
  readonly pacedBy: "base" | "own" | undefined;
  readonly rows: readonly PageRow[];
}

/** A section of the page with the scenarios of one run: what stands between its heading and the next of the same level. */
export interface PageRun {
  readonly node: string;
  readonly text: string;
  readonly scenarios: readonly PageScenario[];
}

/** The runs of the page in their order. */
export function runsOf(page: string): PageRun[] {
  return page.split(/^(?=## )/m).flatMap((text) => {
    const node = /^## Node\.js (\S+)$/m.exec(text)?.[1];
    if (node === undefined || !text.startsWith("## Node.js ")) return [];
    const scenarios = text.split(/^### /m).slice(1);
    return [{ node, text, scenarios: scenarios.map(toScenario).filter(({ rows }) => rows.length > 0) }];
  });
}

/** The order of bars: servers from the fastest to the slowest, then limits. */
export function byKindAndRate(a: PageRow, b: PageRow): number {
  return Number(a.kind === "limit") - Number(b.kind === "limit") || b.rate.value - a.rate.value;
}

function toScenario(text: string): PageScenario {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith("|"));
  const table = lines.slice(Math.max(0, from));
  // Other tables of the scenario stand behind this one.
  const end = table.findIndex((line) => !line.startsWith("|"));
  const [head = [], , ...rows] = table.slice(0, end < 0 ? undefined : end).map(cells);
  const [, title = "", base = ""] = /^(.*)\. Load: .* Ratios are to (.*)\.$/m.exec(text) ?? [];
  const pacedBy = isPaced(lines, latencyHeading)
    ? "base"
    : isPaced(lines, ownLatencyHeading)
      ? "own"
      : undefined;
  const paced = pacedIn(lines);
  const noisy = new Set([...text.matchAll(/^- Noisy: (\S+) \(/gm)].map(([, name]) => name));
  return {
    name: lines[0]!,
    title,
    unit: (head[1] ?? "").replace(/\/s$/, ""),
    base,
    pacedBy,
    rows: rows.map((row) => toRow(row, noisy, paced)),
  };
}

function isPaced(lines: readonly string[], heading: string): boolean {
  return lines.some((line) => line.startsWith(`| ${heading} |`));
}

/**
 * The p99 of each contestant that was measured under a fixed rate. Where the load itself was late by more than half of it, it says nothing
 * about the server, and is left out.
 */
function pacedIn(lines: readonly string[]): Map<string, Measured> {
  const headings = [latencyHeading, ownLatencyHeading].map((heading) => `| ${heading} |`);
  const from = lines.findIndex((line) => headings.some((heading) => line.startsWith(heading)));
  const table = from < 0 ? [] : lines.slice(from);
  const end = table.findIndex((line) => !line.startsWith("|"));
  const [head = [], , ...rows] = table.slice(0, end < 0 ? undefined : end).map(cells);
  const late = head.indexOf(lateHeading);
  return new Map(
    rows.flatMap((row) => {
      const [name = "", , , p99 = ""] = row;
      if (!/^\d/.test(p99)) return [];
      const found = measured(p99);
      // A dash where no round has counted it; tables of runs before 2026-12 have no such column.
      const lateness = measured(row[late] ?? "");
      return lateness.value > found.value / 2 ? [] : [[name, found] as const];
    }),
  );
}

function toRow(
  row: readonly string[],
  noisy: ReadonlySet<string | undefined>,
  paced: ReadonlyMap<string, Measured>,
): PageRow {
  const [label = "", rate = "", toRate, cpu = "", toCpu, , , p99 = "", toP99, memory = "", toMemory] = row;
  const name = label.replace(" (*limit*)", "");
  const ratio = (cell = ""): Measured | undefined => (cell.includes("×") ? measured(cell) : undefined);
  return {
    name,
    kind: name === label ? "server" : "limit",
    rate: measured(rate),
    cpu: measured(cpu),
    // A dash where nothing could be timed.
    p99: /^\d/.test(p99) ? measured(p99) : undefined,
    paced: paced.get(name),
    memory: measured(memory),
    toBase: { rate: ratio(toRate), cpu: ratio(toCpu), p99: ratio(toP99), memory: ratio(toMemory) },
    heldBack: row.at(-1)!.endsWith("*"),
    noisy: noisy.has(name),
  };
}

function cells(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Reads `1,000 ±1.2%` and `0.99× ±1.2%`. */
function measured(cell: string): Measured {
  const [shown = "", value = "", spread = "0"] = /^([\d.,]+)×?(?: ±([\d.]+)%)?/.exec(cell) ?? [];
  return { value: Number(value.replaceAll(",", "")), spread: Number(spread) / 100, shown };
}
