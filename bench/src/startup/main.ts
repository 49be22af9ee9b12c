import { writeSection } from "../page-section.ts";
import { runProgram } from "../program.ts";
import { parseStartupCommand, usage } from "./cli.ts";
import { readStartupResults } from "./results.ts";
import { runStartup } from "./run.ts";
import { section } from "./table.ts";

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const command = parseStartupCommand(args);
  if (command.kind === "run") {
    return (await runStartup(command, ["node bench/dist/startup/main.js", ...args].join(" "))) ? 0 : 1;
  }
  if (command.kind === "help") console.log(usage);
  else writeSection("startup", section(command.inputs.map(readStartupResults)), command.out);
  return 0;
}

await runProgram(main, usage);
