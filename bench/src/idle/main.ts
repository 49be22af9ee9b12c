import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withSection } from "../page-section.ts";
import { runProgram } from "../program.ts";
import { parseIdleCommand, usage } from "./cli.ts";
import { readIdleResults } from "./results.ts";
import { runIdle } from "./run.ts";
import { section } from "./table.ts";

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const command = parseIdleCommand(args);
  if (command.kind === "run") {
    return (await runIdle(command, ["node bench/dist/idle/main.js", ...args].join(" "))) ? 0 : 1;
  }
  if (command.kind === "help") console.log(usage);
  else writeSection(command.inputs, command.out);
  return 0;
}

function writeSection(inputs: readonly string[], out: string | undefined): void {
  const text = section(inputs.map(readIdleResults));
  const target = out ?? fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url));
  const page = existsSync(target) ? readFileSync(target, "utf8") : "";
  writeFileSync(target, withSection(page, "idle", text));
  console.log(`wrote ${target}`);
}

await runProgram(main, usage);
