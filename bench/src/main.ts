import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chartFolder, withCharts } from "./chart.ts";
import { parseCommand, UsageError, usage } from "./cli.ts";
import { runComparison } from "./compare/run.ts";
import { heroOf } from "./hero.ts";
import { page } from "./markdown.ts";
import { keepingSections } from "./page-section.ts";
import { runProgram } from "./program.ts";
import type { Results } from "./results.ts";
import { run } from "./run.ts";

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === "help") {
    console.log(usage);
    return 0;
  }
  if (command.kind === "markdown") return writePage(command.inputs, command.out);
  if (command.kind === "charts") return writePage(undefined, command.out);
  const line = ["node bench/dist/main.js", ...process.argv.slice(2)].join(" ");
  const complete = command.kind === "compare" ? await runComparison(command, line) : await run(command, line);
  return complete ? 0 : 1;
}

/** Writes the page of these files, or with none keeps the page's tables; and its charts. */
function writePage(inputs: readonly string[] | undefined, out: string | undefined): number {
  const runs = inputs?.map(readResults);
  const target = out ?? fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
  const old = existsSync(target) ? readFileSync(target, "utf8") : "";
  const drawn = withCharts(runs === undefined ? old : keepingSections(page(runs), old));
  const folder = join(dirname(target), chartFolder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(target, drawn.page);
  for (const { file, svg } of [...drawn.charts, ...(heroOf(drawn.page)?.files ?? [])])
    writeFileSync(join(folder, file), svg);
  console.log(`wrote ${target} and the charts in ${folder}`);
  return 0;
}

function readResults(path: string): Results {
  let results: Results | undefined;
  try {
    results = JSON.parse(readFileSync(path, "utf8")) as Results;
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
  if (results.format !== 1 || "compared" in results)
    throw new UsageError(`${path} is not written by --json of this version`);
  return results;
}

await runProgram(main, usage);
