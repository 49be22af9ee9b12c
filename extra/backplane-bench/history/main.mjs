// `pnpm bench:history`: a publish with history, and clients that come back. ../README.md says what is measured.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { detectPinning, pinSelf } from "../../../bench/dist/cores.js";
import { writeSection } from "../../../bench/dist/page-section.js";
import { nodeRuntime, nodeRuntimes } from "../../../bench/dist/runtimes.js";
import { runLoad, startCluster } from "../processes.mjs";
import { circumstancesOf, readResults, run, settingsOf, versionsOf } from "../settings.mjs";
import { contestants, scenarios } from "./contestants.mjs";
import { section, table } from "./table.mjs";

const usage = `node extra/backplane-bench/history/main.mjs [contestant…] [options]
node extra/backplane-bench/history/main.mjs --from FILE --markdown FILE     writes the section from the --json file of a run

A contestant is any whose name contains the word, in any case: ${contestants.map(({ name }) => `"${name}"`).join(", ")}

--scenario NAME   ${scenarios.map(({ name }) => name).join(", ")}; can be given several times (default: all)
--rounds N        1 to 100 (default: 3)
--seconds S       of each scenario (default: 3)
--warm-up S       before that (default: 1)
--runtime ${nodeRuntimes.join("|")}  of the instances (default: the one that runs this)
--json FILE       writes all results, with each round's numbers
--markdown FILE   writes a section for docs/benchmarks.md: into its place if the file has one, else at its end`;

const options = {
  scenario: { type: "string", multiple: true },
  rounds: { type: "string", default: "3" },
  seconds: { type: "string", default: "3" },
  "warm-up": { type: "string", default: "1" },
  runtime: { type: "string" },
  json: { type: "string" },
  markdown: { type: "string" },
  from: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
};

/** Seconds that a load may take beyond its time, until it is given up. */
const SPARE_SECONDS = 60;

await run(main, usage);

async function main() {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.from !== undefined) {
    const results = readResults(values.from, "history");
    show(results, values.markdown);
    return 0;
  }
  const settings = settingsOf(values, positionals, { contestants, scenarios });
  const taking = settings.contestants;
  const runtimes = { node: await nodeRuntime(values.runtime) };
  const pinning = detectPinning();
  pinSelf(pinning);
  const results = {
    ...circumstancesOf("history", "history/main.mjs", pinning, versionsOf(taking, runtimes)),
    ...settings,
    contestants: taking.map(({ name, does }) => ({ name, does, scenarios: {} })),
  };
  for (let round = 0; round < settings.rounds; round++) {
    for (const [i, contestant] of taking.entries()) {
      await takeTurns(contestant, results.contestants[i], settings, runtimes, pinning);
      if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
    }
  }
  show(results, values.markdown, true);
  const all = results.contestants.flatMap((each) => Object.values(each.scenarios));
  return all.every(({ fault }) => fault === null) ? 0 : 1;
}

/** Each scenario has fresh processes and a fresh engine: what it costs to come back depends on what there is to read. */
async function takeTurns(
  contestant,
  standing,
  { scenarios: some, seconds, warmUpSeconds },
  runtimes,
  pinning,
) {
  for (const { name, title, ...task } of some) {
    standing.scenarios[name] ??= { rounds: [], fault: null };
    const of = standing.scenarios[name];
    // A contestant that loses messages is reported, not measured.
    if (of.fault !== null) continue;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${contestant.name}, ${title.slice(0, 60)}`);
    try {
      const { ports, pids, instances, stop } = await startCluster(contestant, runtimes, pinning);
      try {
        const orders = { ports, pids, protocol: contestant.protocol, seconds, warmUpSeconds, ...task };
        const limit = seconds + warmUpSeconds + SPARE_SECONDS;
        const { count, cpu } = await runLoad("history.mjs", [JSON.stringify(orders)], limit, pinning);
        const each = (times) => (times.reduce((sum, time) => sum + time, 0) * 1e6) / count;
        of.rounds.push({ count, cpu: each(cpu), engineCpu: each(cpu.slice(instances)) });
      } finally {
        await stop();
      }
    } catch (error) {
      of.fault = error.message;
    }
  }
}

function show(results, markdown, isNew = false) {
  if (isNew || markdown === undefined) console.log(table(results).join("\n"));
  if (markdown !== undefined) writeSection("history", section(results), markdown);
}
