import { spread } from "../format.ts";
import { gist } from "../report.ts";
import { quantile, ratios, summarize } from "../stats.ts";
import { startupContestants } from "./contestants.ts";
import type { StartupContestantResult, StartupResults } from "./results.ts";

/** The lines of one run: its circumstances, a table in Markdown, which the terminal can show as well, and what went wrong. */
export function table(results: StartupResults): string[] {
  const { contestants } = results;
  const base = contestants.find(({ name }) => name === "node");
  const head = ["", "cold, ms", "warm, ms", "warm, to node"];
  const measured = contestants.filter(({ warm }) => warm.length > 0);
  const rows = measured.filter(({ taken }) => taken === undefined).map((each) => row(each, base));
  const lines = [head, ["---", "---:", "---:", "---:"], ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const failures = contestants.flatMap(({ name, error }) => {
    return error === undefined ? [] : [`- Failed: ${name}: ${gist(error)}`];
  });
  return [
    ...circumstances(results).map((line) => `- ${line}`),
    "",
    ...(rows.length === 0 ? [] : lines),
    ...loadingTable(measured, rows.length > 0),
    ...(failures.length === 0 ? [] : ["", ...failures]),
  ];
}

function row(
  { name, cold, warm }: StartupContestantResult,
  base: StartupContestantResult | undefined,
): string[] {
  const quotients = base === undefined ? [] : ratios(warm, base.warm);
  return [
    name,
    cold === null || cold.length === 0 ? "–" : cell(cold),
    cell(warm),
    quotients.length === 0 ? "–" : `${summarize(quotients).median.toFixed(2)}×`,
  ];
}

/** Those that only load something. What is above Node's own parts is the median of each round's difference. */
function loadingTable(measured: readonly StartupContestantResult[], isSecond: boolean): string[] {
  const loading = measured.filter(({ taken }) => taken !== undefined);
  if (loading.length === 0) return [];
  const parts = loading.find(({ name }) => name === "parts")?.taken ?? [];
  const rows = loading.map(({ name, warm, taken = [] }) => {
    const cpu = taken.map((round) => round.cpu);
    const above = cpu.slice(0, parts.length).map((value, i) => value - parts[i]!.cpu);
    const memory = quantile(
      taken.map((round) => round.memory / 1e6),
      0.5,
    );
    return [
      name,
      cell(warm),
      cell(cpu),
      above.length === 0 ? "–" : quantile(above, 0.5).toFixed(1),
      memory.toFixed(1),
    ];
  });
  const head = ["loads, then ends", "ms", "CPU, ms", "CPU above parts, ms", "peak MB"];
  const lines = [head, ["---", "---:", "---:", "---:", "---:"], ...rows];
  return [...(isSecond ? [""] : []), ...lines.map((cells) => `| ${cells.join(" | ")} |`)];
}

function cell(values: readonly number[]): string {
  const summary = summarize(values);
  return `${summary.median.toFixed(0)}${spread(summary)}`;
}

/** The section of docs/benchmarks.md, for one or several runs. */
export function section(runs: readonly StartupResults[]): string {
  const named = new Set(runs.flatMap(({ contestants }) => contestants.map(({ name }) => name)));
  const taking = startupContestants.filter(({ name }) => named.has(name));
  const parts = [
    "## From the start to the first response",
    "Written by `node bench/dist/startup/main.js --markdown`. Time from the start of the process until a server of one file has " +
      "sent its first response; medians over the rounds, in which the contestants take turns. A cold start is the first one in a new folder, " +
      "with nothing in the folder for temporary files; a warm one is a later one. The files of all programs are in the kernel's cache in both. " +
      "What only loads something is measured until its process has ended; its CPU time and peak memory are those at the end of its module.",
    taking.map(({ name, does }) => `- **${name}** is ${does}.`).join("\n"),
    ...runs.flatMap((results) => [
      `### Node.js ${results.versions["node"] ?? "unknown"}, start`,
      `\`\`\`sh\n${results.command}\n\`\`\``,
      table(results).join("\n"),
    ]),
  ];
  return parts.join("\n\n");
}

function circumstances({ machine, versions, rounds, date }: StartupResults): string[] {
  const memory = `${(machine.memory / 2 ** 30).toFixed(0)} GB`;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.platform}, kernel ${machine.kernel}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    `${rounds} rounds, ${date}`,
  ];
}
