// `pnpm bench:backplane`: one publish() over two instances, beside what else there is. README.md says what is measured.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { detectPinning, pinSelf } from "../../bench/dist/cores.js";
import { writeSection } from "../../bench/dist/page-section.js";
import { bunRuntime, nodeRuntime, nodeRuntimes } from "../../bench/dist/runtimes.js";
import { contestants, scenarios } from "./contestants.mjs";
import { measure } from "./measure.mjs";
import { circumstancesOf, readResults, run, settingsOf, versionsOf } from "./settings.mjs";
import { section, table } from "./table.mjs";

const usage = `node extra/backplane-bench/main.mjs [contestant…] [options]
node extra/backplane-bench/main.mjs --from FILE --markdown FILE     writes the section from the --json file of a run

A contestant is any whose name contains the word, in any case: ${contestants.map(({ name }) => `"${name}"`).join(", ")}

--scenario NAME   ${scenarios.map(({ name }) => name).join(", ")}; can be given several times (default: all)
--rounds N        1 to 100 (default: 3)
--seconds S       of a window (default: 1.5)
--warm-up S       before each window (default: 0.6)
--runtime ${nodeRuntimes.join("|")}  of the instances (default: the one that runs this)
--no-latency      leaves out the latencies under half load
--no-workers      leaves out the two workers
--json FILE       writes all results, with each round's numbers
--markdown FILE   writes a section for docs/benchmarks.md: into its place if the file has one, else at its end`;

const options = {
  scenario: { type: "string", multiple: true },
  rounds: { type: "string", default: "3" },
  seconds: { type: "string", default: "1.5" },
  "warm-up": { type: "string", default: "0.6" },
  runtime: { type: "string" },
  "no-latency": { type: "boolean", default: false },
  "no-workers": { type: "boolean", default: false },
  json: { type: "string" },
  markdown: { type: "string" },
  from: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
};

await run(main, usage);

async function main() {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.from !== undefined) {
    const results = readResults(values.from, "backplane");
    if (values.markdown === undefined) console.log(table(results).join("\n"));
    else writeSection("backplane", section(results), values.markdown);
    return 0;
  }
  const settings = {
    ...settingsOf(values, positionals, { contestants, scenarios }),
    latency: !values["no-latency"],
    workers: !values["no-workers"],
  };
  const runtimes = { node: await nodeRuntime(values.runtime) };
  if (settings.contestants.some(({ runtime }) => runtime === "bun")) runtimes.bun = await bunRuntime();
  const pinning = detectPinning();
  pinSelf(pinning);
  const results = {
    ...circumstancesOf("backplane", "main.mjs", pinning, versionsOf(settings.contestants, runtimes)),
    ...settings,
    contestants: [],
  };
  // After each round, so that an interrupted run keeps what it has.
  const keep = () => {
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  };
  await measure(results, settings, runtimes, pinning, keep);
  keep();
  console.log(table(results).join("\n"));
  if (values.markdown !== undefined) writeSection("backplane", section(results), values.markdown);
  const isGood = results.contestants.every(({ error, scenarios: measured }) => {
    return error === undefined && Object.values(measured).every(({ fault }) => fault === null);
  });
  return isGood && results.workersFault === undefined ? 0 : 1;
}
