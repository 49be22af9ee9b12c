/** How the results are shown: tables in Markdown, which the terminal can show as well. */
import { summarize } from "../../../bench/dist/stats.js";
import { circumstances, faults, grid, micro, ratios, scenarioHead, spread } from "../table.mjs";

/** The lines of one run: its circumstances, then a table for each scenario. */
export function table(results) {
  return [
    ...circumstances(results).map((line) => `- ${line}`),
    ...results.scenarios.flatMap((scenario) => scenarioTable(results, scenario)),
  ];
}

/** The section of docs/benchmarks.md. */
export function section(results) {
  return [
    "## A publish with history, and clients that come back",
    "Written by `node extra/backplane-bench/history/main.mjs --markdown`. CPU time is that of all processes on the way, both instances and the engine, whose share " +
      "stands in parentheses. They share one core; the load, which has the other one, is not counted. Texts of 32 bytes, no compression. Each client checks " +
      "that the numbers of its room come one behind the other: a contestant that loses one, or sends one twice, has no numbers.",
    "**A publish** is counted when the client at the other instance has it: receiving it, keeping it and delivering it once are in its time. **A return** is all that a lost connection causes: " +
      "its end, the handshake of the next one at the other instance, and what was missed. With 0 messages missed it is what coming back costs by itself.",
    results.contestants.map(({ name, does }) => `- **${name}**: ${does}.`).join("\n"),
    "Centrifugo's [published numbers](https://centrifugal.dev/blog/2022/12/20/improving-redis-engine-performance) are 9.7 µs for a publish with history and 5.9 µs for a recovery. They are the time of " +
      "one of 128 parallel operations of its engine over Redis 6.2, without clients, on an M1: another machine and another measure, so there is no ratio.",
    `\`\`\`sh\n${results.command}\n\`\`\``,
    table(results).join("\n"),
  ].join("\n\n");
}

function scenarioTable({ contestants }, { name, title, task }) {
  const measured = contestants.filter(({ scenarios }) => isMeasured(scenarios[name]));
  const base = measured[0]?.scenarios[name].rounds;
  const rows = measured.map(({ name: contestant, scenarios }) => {
    const { rounds } = scenarios[name];
    const cpus = rounds.map(({ cpu }) => cpu);
    const engine = summarize(rounds.map(({ engineCpu }) => engineCpu)).median;
    const count = summarize(rounds.map((round) => round.count)).median;
    return [
      contestant,
      `${micro(summarize(cpus).median)}${spread(cpus)} (${micro(engine)})`,
      ratios(rounds, base, "cpu"),
      count.toLocaleString("en"),
    ];
  });
  const what = task === "publish" ? "publish" : "return";
  return [
    ...scenarioHead(name, title, measured[0]?.name),
    ...grid(["", `CPU µs a ${what} (engine)`, "ratio", "counted in a round"], rows),
    ...faults(contestants.map((each) => [each.name, each.scenarios[name]?.fault])),
  ];
}

function isMeasured(scenario) {
  return scenario !== undefined && scenario.fault === null && scenario.rounds.length > 0;
}
