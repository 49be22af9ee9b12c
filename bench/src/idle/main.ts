import { writeSection } from "../page-section.ts";
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
  else writeSection("idle", section(command.inputs.map(readIdleResults)), command.out);
  return 0;
}

await runProgram(main, usage);
