import { type Metric, percent, type Row } from "./analysis.ts";
import type { Results } from "./results.ts";
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
  const { machine, pinning, versions } = results;
  const memory = `${(machine.memory / 2 ** 30).toFixed(0)} GB`;
  const placed = pinning.pinned
    ? `server on core ${pinning.server}, load on core ${pinning.load}`
    : "nothing pinned";
  return [
    `${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.platform}, kernel ${machine.kernel}`,
    `${placed}${pinning.note === "" ? "" : ` (${pinning.note})`}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    `${results.rounds} rounds of ${results.seconds} s after ${results.warmUpSeconds} s of warm-up, ${results.date}`,
  ];
}
