import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chartFolder, isChart } from "./chart.ts";
import { type PublishedCommand, parseCommand, usage } from "./cli.ts";
import { runComparison } from "./compare/run.ts";
import { derive } from "./derive.ts";
import { heroOf } from "./hero.ts";
import { page } from "./markdown.ts";
import type { MeasureSettings } from "./measure.ts";
import { publishedPlan, publishedRuns } from "./plan.ts";
import { runProgram } from "./program.ts";
import { readResults } from "./results-file.ts";
import { detectSettings, run } from "./run.ts";

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === "help") {
    console.log(usage);
    return 0;
  }
  if (command.kind === "markdown") return writePage(command.inputs, command.out);
  if (command.kind === "charts") return writePage(undefined, command.out);
  const line = ["node bench/dist/main.js", ...process.argv.slice(2)].join(" ");
  if (command.kind === "published") return (await publish(command, line)) ? 0 : 1;
  const complete = command.kind === "compare" ? await runComparison(command, line) : await run(command, line);
  return complete ? 0 : 1;
}

async function publish(command: PublishedCommand, commandLine: string): Promise<boolean> {
  const runs = publishedRuns(command);
  console.log(`${publishedPlan(runs)}\n`);
  let complete = true;
  // The first run moves this process to the load's core, from where the cores look like one: so they are detected once.
  let settings: MeasureSettings | undefined;
  for (const one of runs) {
    settings ??= detectSettings(one);
    complete = (await run(one, commandLine, settings)) && complete;
  }
  return complete;
}

/** Writes the page of these files, or with none keeps the page's tables; and its charts. */
function writePage(inputs: readonly string[] | undefined, out: string | undefined): number {
  const runs = inputs?.map(readResults);
  const target = out ?? fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
  const old = existsSync(target) ? readFileSync(target, "utf8") : "";
  const derived = derive(runs === undefined ? old : page(runs, old));
  const folder = join(dirname(target), chartFolder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(target, derived.page);
  const drawn = [...derived.charts, ...(heroOf(derived.page)?.files ?? [])];
  for (const { file, svg } of drawn) writeFileSync(join(folder, file), svg);
  const unused = readdirSync(folder).filter(
    (file) => isChart(file) && !drawn.some((one) => one.file === file),
  );
  for (const file of unused) rmSync(join(folder, file));
  console.log(`wrote ${target} and the charts in ${folder}`);
  return 0;
}

await runProgram(main, usage);
