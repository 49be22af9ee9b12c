// `pnpm parity`: runs the scenarios on ours and on Bun, and fails for what is not the same and not explained.
// `--update` writes what ours does, and where Bun differs, to expected/, and the table of the documentation.
// Words pick scenarios, by their area or a part of their name.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { compareAll } from "./compare.ts";
import { writeTable } from "./document.ts";
import { readMismatches, writeMismatches, writeRecordings } from "./expected.ts";
import { judge } from "./judge.ts";
import { runAll } from "./run.ts";
import type { Area } from "./scenario.ts";
import { areas } from "./scenarios/index.ts";

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const update = process.argv.includes("--update");
if (update && words.length > 0) throw new Error("--update takes all scenarios");

const picked = areas.map((area) => pick(area)).filter(({ scenarios }) => scenarios.length > 0);
const count = picked.reduce((sum, { scenarios }) => sum + scenarios.length, 0);
const ours = await runAll(process.execPath, "default", picked);
const plain = await runAll(process.execPath, "plain", picked);
const bun = await runAll(bunBinary(), "bun", picked);

const mismatches = compareAll(ours, bun);
const verdict = judge(mismatches, update ? null : readMismatches(picked), words.length === 0);
for (const complaint of verdict.complaints) console.log(complaint);
const modes = compareAll(ours, plain);
for (const { area, scenario, path, ours: one, bun: other } of modes) {
  console.log(`${area}: ${scenario}: ${path}\n  by default ${one}\n  plain ${other}`);
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

function pick({ area, scenarios }: Area): Area {
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
