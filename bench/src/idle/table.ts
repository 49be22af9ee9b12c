import { count, spread } from "../format.ts";
import { gist } from "../report.ts";
import { type Summary, summarize } from "../stats.ts";
import { idleContestants } from "./contestants.ts";
import type { IdleContestantResult, IdleResults } from "./results.ts";

const KB = 1024;

/** The lines of one run: its circumstances, a table in Markdown, which the terminal can show as well, and what went wrong. */
export function table(results: IdleResults): string[] {
  const head = ["", "KB each, open", "KB more after a message", "server before, MB"];
  const rows = results.contestants
    .map((contestant) => row(contestant, results))
    .filter((cells) => cells !== undefined);
  const lines = [head, ["---", "---:", "---:", "---:"], ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const failures = results.contestants.flatMap(({ name, error }) => {
    return error === undefined ? [] : [`- Failed: ${name}: ${gist(error)}`];
  });
  return [
    ...circumstances(results).map((line) => `- ${line}`),
    "",
    ...lines,
    ...(failures.length === 0 ? [] : ["", ...failures]),
  ];
}

function row(contestant: IdleContestantResult, { connections, talking }: IdleResults): string[] | undefined {
  const { name, kind, rounds } = contestant;
  if (rounds.length === 0) return undefined;
  const open = summarize(rounds.map(({ before, open }) => (open - before) / connections / KB));
  const more = rounds.flatMap(({ open, talked }) =>
    talked === null ? [] : [(talked - open) / talking / KB],
  );
  const before = summarize(rounds.map(({ before }) => before / KB ** 2));
  return [
    kind === "limit" ? `${name} (*limit*)` : name,
    cell(open),
    more.length === 0 ? "–" : cell(summarize(more)),
    cell(before),
  ];
}

function cell(summary: Summary): string {
  return `${summary.median.toFixed(Math.abs(summary.median) < 100 ? 1 : 0)}${spread(summary)}`;
}

/** The section of docs/benchmarks.md, for one or several runs. */
export function section(runs: readonly IdleResults[]): string {
  const named = new Set(runs.flatMap(({ contestants }) => contestants.map(({ name }) => name)));
  const taking = idleContestants.filter(({ name }) => named.has(name));
  const parts = [
    "## Idle connections",
    "Written by `node bench/dist/idle/main.js --markdown`. Memory of a server's process (RSS) for each open WebSocket on which " +
      "nothing was sent, and what is added for one that has sent a message of 200 bytes and got it back; medians over the " +
      "rounds, each a fresh process. The kernel's own memory for a socket is not in it. With compression a client offers what " +
      "browsers do.",
    taking.map(({ name, does }) => `- **${name}** ${does}.`).join("\n"),
    ...runs.flatMap((results) => [
      `### Node.js ${results.versions["node"] ?? "unknown"}, idle connections`,
      `\`\`\`sh\n${results.command}\n\`\`\``,
      table(results).join("\n"),
    ]),
  ];
  return parts.join("\n\n");
}

function circumstances(results: IdleResults): string[] {
  const { machine, versions, rounds, connections, talking, settleSeconds, date, note } = results;
  const memory = `${(machine.memory / 2 ** 30).toFixed(0)} GB`;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.platform}, kernel ${machine.kernel}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    `${rounds} rounds of ${count(connections)} connections, ${count(talking)} of which then send a message; memory is ` +
      `read ${settleSeconds} s after each step, ${date}`,
    ...(note === "" ? [] : [note]),
  ];
}
