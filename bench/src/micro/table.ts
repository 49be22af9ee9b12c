import { ratio, spread } from "../format.ts";
import { ratios, type Summary, summarize } from "../stats.ts";
import { contestants } from "./parsers.ts";
import type { MicroCaseResult, MicroContestantResult, MicroResults } from "./results.ts";

/** How numbers are written, on the terminal and in the page. */

/** Three significant digits, in the unit that suits. */
export function duration(nanoseconds: number): string {
  if (nanoseconds < 1_000) return `${nanoseconds.toPrecision(3)} ns`;
  const microseconds = nanoseconds / 1_000;
  return `${microseconds < 1_000 ? microseconds.toPrecision(3) : microseconds.toFixed(0)} µs`;
}

/** Content in 10^9 bytes a second. */
function throughput(bodyBytes: number, nanoseconds: number): string {
  const rate = bodyBytes / nanoseconds;
  return `${rate < 10 ? rate.toPrecision(2) : rate.toFixed(0)} GB/s`;
}

/** A body that is small says nothing about throughput. */
const THROUGHPUT_FROM = 2 ** 16;

interface Cell {
  readonly time: string;
  /** "" where content is not the point. */
  readonly rate: string;
  /** To the first contestant, round by round; "" for that one itself. */
  readonly ratio: string;
}

function cell(result: MicroCaseResult, { name, nanoseconds }: MicroContestantResult): Cell {
  const summary: Summary = summarize(nanoseconds);
  const [base] = result.contestants;
  return {
    time: `${duration(summary.median)}${spread(summary)}`,
    rate: result.bodyBytes < THROUGHPUT_FROM ? "" : throughput(result.bodyBytes, summary.median),
    ratio: name === base?.name ? "" : ratio(summarize(ratios(nanoseconds, base!.nanoseconds))),
  };
}

export function preamble(results: MicroResults): string {
  return `${circumstances(results).join("\n")}\n`;
}

/** One case for the terminal. */
export function caseLines(result: MicroCaseResult): string {
  const lines = result.contestants.map((contestant) => {
    const { time, rate, ratio: compared } = cell(result, contestant);
    return `  ${contestant.name.padEnd(16)}${time.padStart(16)}  ${compared.padEnd(16)}${rate}`.trimEnd();
  });
  return [`${result.name}: ${result.title}`, ...lines, ""].join("\n");
}

/** The section for one or several runs, such as one for each line of Node.js. */
export function section(runs: readonly MicroResults[]): string {
  const taking = contestants.filter(({ name }) => {
    return runs.some(({ cases }) =>
      cases.some((result) => result.contestants.some((one) => one.name === name)),
    );
  });
  const parts = [
    "## The parser by itself",
    "Written by `node bench/dist/micro/main.js --markdown`. Bytes in memory are given to a parser, no socket is involved. " +
      "A number is CPU time of all threads for one operation, collection of garbage included: the median over the " +
      "rounds, with half the distance between the quartiles as ±. Each round is a fresh process that does one case, and " +
      "contestants take turns; ratios are taken round by round.",
    taking.map(({ name, does }) => `- **${name}** ${does}.`).join("\n"),
    "On a connection of many requests (*repeated*, *in one read*) mantou also writes its responses, since it reads no request " +
      "before the one in front of it has a response; for a response it also writes the request. The others only read. Content is " +
      "passed on as views: the rates show how fast a parser finds its ends, and for llhttp-wasm also the copy into the module.",
    ...runs.flatMap(table),
  ];
  return parts.join("\n\n");
}

function table(results: MicroResults): string[] {
  const names = results.cases[0]?.contestants.map(({ name }) => name) ?? [];
  const rows = results.cases.map((result) => {
    const cells = result.contestants.map((contestant) => {
      const { time, rate, ratio: compared } = cell(result, contestant);
      return [time, rate, compared].filter((text) => text !== "").join("<br>");
    });
    return [`**${result.name}**<br>${result.title}`, ...cells];
  });
  const lines = [["", ...names], ["---", ...names.map(() => "---:")], ...rows];
  return [
    `### Node.js ${results.versions["node"] ?? "unknown"}, parsers`,
    circumstances(results)
      .map((line) => `- ${line}`)
      .join("\n"),
    `\`\`\`sh\n${results.command}\n\`\`\``,
    lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
  ];
}

function circumstances(results: MicroResults): string[] {
  const { machine, loadAverage, versions, rounds, window, warmUp, date } = results;
  const memory = `${(machine.memory / 2 ** 30).toFixed(0)} GB`;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.platform}, kernel ${machine.kernel}, load average ${loadAverage.toFixed(1)} before`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    `${rounds} rounds of ${window} ms after ${warmUp} ms of warm-up (CPU time), ${date}`,
  ];
}
