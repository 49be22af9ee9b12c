import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chartsOf } from "./chart.ts";
import { type MarkdownCommand, parseCommand, UsageError, usage } from "./cli.ts";
import { runComparison } from "./compare/run.ts";
import { chartFolder, page } from "./markdown.ts";
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
  if (command.kind === "markdown") return writePage(command);
  const line = ["node bench/dist/main.js", ...process.argv.slice(2)].join(" ");
  const complete = command.kind === "compare" ? await runComparison(command, line) : await run(command, line);
  return complete ? 0 : 1;
}

function writePage({ inputs, out }: MarkdownCommand): number {
  const runs = inputs.map(readResults);
  const target = out ?? fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
  const old = existsSync(target) ? readFileSync(target, "utf8") : "";
  writeFileSync(target, keepingSections(page(runs), old));
  console.log(`wrote ${target}`);
  const folder = join(dirname(target), chartFolder);
  for (const { file, svg } of chartsOf(runs).flat()) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), svg);
    console.log(`wrote ${join(folder, file)}`);
  }
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
