// `pnpm parity`: runs the scenarios on Mantou and on Bun, and fails for a difference that is not explained.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compareAll } from "./compare.ts";
import { writeTable } from "./document.ts";
import { readMismatches, writeMismatches, writeRecordings } from "./expected.ts";
import { judge } from "./judge.ts";
import { runAll } from "./run.ts";
import type { Area } from "./scenario.ts";
import { areas } from "./scenarios/index.ts";

const USAGE = `pnpm parity [word…] [--update]

Runs the scenarios on Mantou, in both modes, and on Bun, and compares what their clients record. It fails for a
difference that is not explained.

  word      the scenarios of the area with that name, and those with the word in their names (default: all)
  --update  records what Mantou does and where Bun differs in parity/expected, and writes the table of
            docs/differences-from-bun.md
  --help    prints this

Bun is fetched if it is missing; MANTOU_BUN names another binary.
Exit code 0: no unexplained difference; 1: there is one; 2: the arguments are wrong.`;

const { words, update } = readArguments();

const picked = areas.map((area) => pick(area, words)).filter(({ scenarios }) => scenarios.length > 0);
const count = picked.reduce((sum, { scenarios }) => sum + scenarios.length, 0);
const ours = await runAll(process.execPath, "default", picked);
const plain = await runAll(process.execPath, "plain", picked);
const bun = await runAll(bunBinary(), "bun", picked);

const mismatches = compareAll(ours, bun);
const verdict = judge(mismatches, update ? null : readMismatches(picked), words.length === 0);
for (const complaint of verdict.complaints) console.log(complaint);
const modes = compareAll(ours, plain);
for (const { area, scenario, path, ours: one, bun: other } of modes) {
  console.log(`${area}: ${scenario}: ${path}\n  in the default mode ${one}\n  in the plain mode ${other}`);
}
if (update) {
  writeRecordings(ours);
  writeMismatches(verdict.explained);
  writeTable();
}
const failed = verdict.complaints.length + modes.length;
console.log(
  `parity: ${count} scenarios, ${verdict.same(count)} the same, ${verdict.explained.length} explained differences in the others, ${failed} unexplained`,
);
process.exitCode = failed === 0 ? 0 : 1;

/** Ends the process for `--help` and for wrong arguments. */
function readArguments(): { words: readonly string[]; update: boolean } {
  const options = { update: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help === true) {
      console.log(USAGE);
      process.exit(0);
    }
    const all = positionals.length === 0;
    if (values.update === true && !all)
      throw new Error("--update records all scenarios: leave out the words");
    if (!all && areas.every((area) => pick(area, positionals).scenarios.length === 0))
      throw new Error(`no scenario has a name with ${positionals.join(" or ")}`);
    return { words: positionals, update: values.update === true };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function pick({ area, scenarios }: Area, words: readonly string[]): Area {
  const wanted = (name: string) =>
    words.length === 0 || words.some((word) => area === word || name.includes(word));
  return { area, scenarios: scenarios.filter(({ name }) => wanted(name)) };
}

function bunBinary(): string {
  const named = process.env["MANTOU_BUN"] ?? "";
  if (named !== "") return named;
  const script = fileURLToPath(new URL("../../scripts/bun.mjs", import.meta.url));
  return execFileSync(process.execPath, [script], { encoding: "utf8" }).trim();
}
