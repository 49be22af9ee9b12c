/** How the results are shown: tables in Markdown, which the terminal can show as well. */
import { count } from "../../bench/dist/format.js";
import { summarize } from "../../bench/dist/stats.js";
import { latencyOf } from "./contestants.mjs";
import { isMeasured as isGood } from "./measure.mjs";

const percent = (share) => `${(share * 100).toFixed(1)} %`;
export const micro = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(1));
const milliseconds = (microseconds) => (microseconds / 1000).toFixed(3);

/** The lines of one run: its circumstances, then its tables. */
export function table(results) {
  return [
    ...circumstances(results).map((line) => `- ${line}`),
    ...results.scenarios.flatMap((scenario) => scenarioTable(results, scenario)),
    ...latencyTable(results),
    ...workersTable(results),
    ...aims(results),
  ];
}

/** The section of docs/benchmarks.md. */
export function section(results) {
  return [
    "## One publish over two instances",
    "Written by `node extra/backplane-bench/main.mjs --markdown`. Two instances of a chat; each message reaches all other clients of its " +
      "room, half of which are at the other instance. A message counts whenever a client receives it. CPU time is that of all " +
      "processes on the way: both instances, and the engine (`redis-server`, `nats-server`, or what else stands between them). They share one core; the load, " +
      "which has the other one, is not counted. At the end of a window each client must have got every message of the others once: " +
      "a contestant that loses messages has no numbers. All publish without compression, texts of 32 bytes.",
    results.contestants.map(({ name, does }) => `- **${name}**: ${does}.`).join("\n"),
    `\`\`\`sh\n${results.command}\n\`\`\``,
    table(results).join("\n"),
  ].join("\n\n");
}

export function circumstances(results) {
  const { machine, pinning, versions, rounds, seconds, warmUpSeconds, date, load } = results;
  const memory = `${(machine.memory / 2 ** 30).toFixed(0)} GB`;
  const placed = pinning.pinned
    ? `instances and engine on core ${pinning.server}, load on core ${pinning.load}`
    : "nothing pinned";
  return [
    `${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.platform}, kernel ${machine.kernel}`,
    `${placed}${pinning.note === "" ? "" : ` (${pinning.note})`}; the machine's load before: ${load}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    `${rounds} rounds, each with fresh processes, of ${seconds} s after ${warmUpSeconds} s of warm-up for each scenario, ${date}`,
  ];
}

function scenarioTable(results, { name, title }) {
  const measured = results.contestants.filter((each) => isGood(each.scenarios[name]));
  const base = measured[0]?.scenarios[name];
  const rows = measured.map((each) => {
    const { rounds } = each.scenarios[name];
    const cpu = summarize(rounds.map((round) => round.cpu));
    const engine = summarize(rounds.map((round) => round.engineCpu));
    const busy = summarize(rounds.map((round) => round.busy)).median;
    const loadBusy = summarize(rounds.map((round) => round.loadBusy)).median;
    return [
      each.name,
      `${count(summarize(rounds.map(({ rate }) => rate)).median)}${spread(rounds.map(({ rate }) => rate))}`,
      ratios(rounds, base.rounds, "rate"),
      `${micro(cpu.median)}${spread(rounds.map((round) => round.cpu))} (${micro(engine.median)})`,
      ratios(rounds, base.rounds, "cpu"),
      `${(busy * 100).toFixed(0)} %, ${(loadBusy * 100).toFixed(0)} %`,
    ];
  });
  const head = [
    "",
    "delivered/s",
    "ratio",
    "CPU µs each (engine)",
    "ratio",
    "instances and engine, load busy",
  ];
  return [
    ...scenarioHead(name, title, measured[0]?.name),
    ...grid(head, rows),
    ...faults(results.contestants.map((each) => [each.name, each.scenarios[name]?.fault ?? each.error])),
  ];
}

/** @param base the contestant to which ratios are; undefined if nothing was measured */
export function scenarioHead(name, title, base = "nothing") {
  return ["", `### ${name}`, "", `${title[0].toUpperCase()}${title.slice(1)}. Ratios are to ${base}.`, ""];
}

function latencyTable({ contestants, raw, latency }) {
  if (!latency || raw === undefined) return [];
  const rawP50 = raw.length === 0 ? undefined : summarize(raw.map(({ p50 }) => p50)).median;
  const rows = [];
  if (rawP50 !== undefined) {
    rows.push([
      "PUBLISH → message, `@redis/client`",
      "1 at a time",
      "–",
      milliseconds(rawP50),
      milliseconds(summarize(raw.map(({ p99 }) => p99)).median),
      "–",
      "–",
    ]);
  }
  for (const each of contestants) {
    for (const half of latencyOf) {
      const turns = each.latency.filter((turn) => turn.half === half && turn.fault === null);
      if (turns.length === 0) continue;
      const of = (what) => summarize(turns.map((turn) => turn[what])).median;
      rows.push([
        each.name,
        half,
        count(of("messages")),
        milliseconds(of("p50")),
        milliseconds(of("p99")),
        rawP50 === undefined ? "–" : `${(of("p99") / rawP50).toFixed(1)}×`,
        milliseconds(of("late")),
      ]);
    }
  }
  const head = [
    "",
    "half the rate of",
    "messages/s",
    "p50 ms",
    "p99 ms",
    "p99 / raw p50",
    "load late, p99 ms",
  ];
  return [
    "",
    "### From publish to delivery at the other instance",
    "",
    "Messages at fixed times in a room of 2 × 16 clients, at half of the rate that the same contestant has above, and as there each client sends 1 or 16 at once. What counts is the time " +
      "from when a message was due until a client of the other instance has it: through both instances and the engine. Above them, in the same " +
      "run: a raw round trip, without any server. The last column is the load's own part: how much later than due it has sent.",
    "",
    ...grid(head, rows),
    ...faults(
      contestants.flatMap(({ name, latency }) =>
        latency.map((turn) => [`${name}, ${turn.half}`, turn.fault]),
      ),
    ),
  ];
}

function workersTable({ workersRounds, workersFault }) {
  if (workersRounds === undefined) return [];
  const head = ["", "messages/s", "CPU µs each", "ratio"];
  const one = workersRounds.map((pair) => pair[1]);
  const two = workersRounds.map((pair) => pair[2]);
  const row = (name, rounds) => {
    const cpus = rounds.map(({ cpu }) => cpu);
    const rate = summarize(rounds.map(({ rate }) => rate)).median;
    return [name, count(rate), `${micro(summarize(cpus).median)}${spread(cpus)}`, ratios(rounds, one, "cpu")];
  };
  return [
    "",
    "### Two workers",
    "",
    "32 clients of each worker, each with 1 message in flight that comes back. The workers and their primary process share one " +
      "core, so the rate says nothing about cores: what counts is that the second worker makes no operation dearer.",
    "",
    ...(workersRounds.length === 0 ? [] : grid(head, [row("mantou", one), row("mantou --workers 2", two)])),
    ...faults([["two workers", workersFault]]),
  ];
}

/** What issue 16 asks for, beside what was measured. Only where both sides were. */
function aims(results) {
  const lines = [];
  const ours = results.contestants.find(({ name }) => name === "mantou, valkey()");
  const against = (name, least) => {
    const other = results.contestants.find((each) => each.name === name);
    if (!isGood(ours?.scenarios["room-16"]) || !isGood(other?.scenarios["room-16"])) return;
    const rate = rateRatio(ours.scenarios["room-16"].rounds, other.scenarios["room-16"].rounds);
    lines.push(
      `${verdict(rate >= least)}: ${rate.toFixed(2)}× the delivered messages of ${name} (aim: ${least}×)`,
    );
  };
  against("socket.io, redis", 10);
  against("socket.io, streams", 10);
  against("socket.io, cluster", 10);
  against("crossws, sync", 5);
  against("Bun, own relay", 1);
  const raw = results.raw?.length > 0 ? summarize(results.raw.map(({ p50 }) => p50)).median : undefined;
  for (const half of latencyOf) {
    const turns = ours?.latency.filter((turn) => turn.half === half && turn.fault === null) ?? [];
    if (raw === undefined || turns.length === 0) continue;
    const share = summarize(turns.map(({ p99 }) => p99)).median / raw;
    lines.push(
      `${verdict(share <= 3)}: p99 at half the rate of ${half} is ${share.toFixed(1)}× the raw p50 (aim: 3×)`,
    );
  }
  if (results.workersRounds?.length > 0) {
    const more = summarize(results.workersRounds.map((pair) => pair[2].cpu / pair[1].cpu)).median - 1;
    lines.push(
      `${verdict(Math.abs(more) <= 0.05)}: two workers take ${percent(more)} more CPU for each operation (aim: within 5 %)`,
    );
  }
  if (lines.length === 0) return [];
  return [
    "",
    "### Aims",
    "",
    "Of `mantou, valkey()` with 16 messages in flight, unless said otherwise.",
    "",
    ...lines.map((line) => `- ${line}`),
  ];
}

const verdict = (isMet) => (isMet ? "Met" : "Missed");

/** By neighbours in time: a machine that is slow for a minute is slow for both. */
function rateRatio(rounds, base) {
  return summarize(
    rounds.flatMap(({ rate }, index) => (base[index] === undefined ? [] : [rate / base[index].rate])),
  ).median;
}

export function ratios(rounds, base, what) {
  if (rounds === base) return "1";
  const each = rounds.flatMap((round, index) =>
    base[index] === undefined ? [] : [round[what] / base[index][what]],
  );
  return each.length === 0 ? "–" : `${summarize(each).median.toFixed(2)}×${spread(each)}`;
}

/** Half the distance of the quartiles over the median. */
export function spread(values) {
  return values.length < 2 ? "" : ` ±${(summarize(values).spread * 50).toFixed(1)}%`;
}

export function faults(entries) {
  const lines = entries.filter(([, fault]) => fault !== undefined && fault !== null);
  if (lines.length === 0) return [];
  return [
    "",
    ...new Set(lines.map(([name, fault]) => `- Not measured: ${name}: ${String(fault).split("\n", 1)[0]}`)),
  ];
}

export function grid(head, rows) {
  return [head, head.map((_, index) => (index === 0 ? "---" : "---:")), ...rows].map(
    (cells) => `| ${cells.join(" | ")} |`,
  );
}
