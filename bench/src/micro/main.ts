import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withSection } from "../page-section.ts";
import { runProgram } from "../program.ts";
import { parseMicroCommand, usage } from "./cli.ts";
import { readMicroResults } from "./results.ts";
import { runMicro } from "./run.ts";
import { section } from "./table.ts";

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const command = parseMicroCommand(args);
  if (command.kind === "run") {
    await runMicro(command, ["node bench/dist/micro/main.js", ...args].join(" "));
  } else if (command.kind === "help") console.log(usage);
  else writeSection(command.inputs, command.out);
  return 0;
}

function writeSection(inputs: readonly string[], out: string | undefined): void {
  const text = section(inputs.map(readMicroResults));
  const target = out ?? fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url));
  const page = existsSync(target) ? readFileSync(target, "utf8") : "";
  writeFileSync(target, withSection(page, "micro", text));
  console.log(`wrote ${target}`);
}

await runProgram(main, usage);
