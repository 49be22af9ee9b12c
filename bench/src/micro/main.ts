import { writeSection } from "../page-section.ts";
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
  else writeSection("micro", section(command.inputs.map(readMicroResults)), command.out);
  return 0;
}

await runProgram(main, usage);
