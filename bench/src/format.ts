import { type Metric, percent, type Row } from "./analysis.ts";
import type { Results, ScenarioResult } from "./results.ts";
import type { Summary } from "./stats.ts";

/** How numbers are written, the same on the terminal and in the page. */

/** Four significant digits and no more: the fifth is noise on any machine. */
export function count(value: number): string {
  const digits = Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 3);
  return (Math.round(value / 10 ** digits) * 10 ** digits).toLocaleString("en-US");
}

const milliseconds = (microseconds: number): string => {
  return (microseconds / 1000).toFixed(microseconds < 1000 ? 3 : 2);
};

const show: Readonly<Record<Metric, (value: number) => string>> = {
  rate: count,
  cpu: (microseconds) => microseconds.toFixed(microseconds < 1 ? 3 : 2),
  p50: milliseconds,
  p99: milliseconds,
  memory: (bytes) => (bytes / 2 ** 20).toFixed(1),
};

/** Median and spread; a dash where nothing took part that could be timed, as under wrk's pipelining. */
export function value(metric: Metric, summary: Summary): string {
  if (summary.median === 0 && metric.startsWith("p")) return "–";
  return `${show[metric](summary.median)}${spread(summary)}`;
}

/** A contestant's value, for CPU time with the part of it in user mode: the rest is the kernel's, alike for all. */
export function cell(row: Row, metric: Metric): string {
  const text = value(metric, row.values[metric]);
  return metric === "cpu" ? `${text} (${show.cpu(row.userMicroseconds)})` : text;
}

/** How busy server and load were; marked where the load held the server back. */
export function busy(row: Row): string {
  return `${percent(row.serverBusy)}, ${percent(row.loadBusy)}${row.heldBack ? " *" : ""}`;
}

export const busyHeading = "server, load busy";

/** A dash where there was nothing to compare with. */
export function ratio(summary: Summary): string {
  if (summary.count === 0) return "–";
  const digits = summary.median < 0.1 ? 3 : summary.median < 10 ? 2 : 1;
  return `${summary.median.toFixed(digits)}×${spread(summary)}`;
}

/** Half the distance between the quartiles; nothing where one value has no distance to any other. */
export function spread({ spread: distance, count: values }: Summary): string {
  return values < 2 ? "" : ` ±${(distance * 50).toFixed(1)}%`;
}

export function heading(metric: Metric, unit: string): string {
  const headings: Readonly<Record<Metric, string>> = {
    rate: `${unit}/s`,
    cpu: "CPU µs each (user)",
    p50: "p50 ms",
    p99: "p99 ms",
    memory: "peak MB",
  };
  return headings[metric];
}

/** One line about each thing that the numbers depend on. */
export function circumstances(results: Results): string[] {
  const { rounds, seconds, warmUpSeconds, versions } = results;
  return [
    machineLine(results),
    placementLine(results),
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    `${rounds} rounds of ${seconds} s after ${warmUpSeconds} s of warm-up, ${days(results)}`,
  ];
}

export function machineLine({ machine }: Pick<Results, "machine">): string {
  const memory = `${(machine.memory / 2 ** 30).toFixed(0)} GB`;
  return `${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.platform}, kernel ${machine.kernel}`;
}

export function placementLine({ pinning }: Pick<Results, "pinning">): string {
  const placed = pinning.pinned
    ? `server on core ${pinning.server}, load on core ${pinning.load}`
    : "nothing pinned";
  return `${placed}${pinning.note === "" ? "" : ` (${pinning.note})`}`;
}

/** The days of the scenarios, such as `2026-11-25 to 2026-11-29`; before the first one, today. */
function days({ date, scenarios }: Results): string {
  const all = scenarios.map((scenario) => scenario.date.slice(0, 10)).sort();
  const [first = date.slice(0, 10), last = first] = [all[0], all.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

/** When a scenario was measured, and what. */
export function measured({ date, commit }: Pick<ScenarioResult, "date" | "commit">): string {
  const at = commit === "" ? "" : ` at ${commit}`;
  return `Measured ${date.slice(0, 10)} ${date.slice(11, 16)} UTC${at}.`;
}
