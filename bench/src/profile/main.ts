import { writeSection } from "../page-section.ts";
import { runProgram } from "../program.ts";
import { parseProfileCommand, usage } from "./cli.ts";
import { runProfile } from "./run.ts";
import { scenarioTable, section } from "./table.ts";

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const command = parseProfileCommand(args);
  if (command.kind === "help") {
    console.log(usage);
    return 0;
  }
  const { top, out } = command;
  const results = await runProfile(
    command,
    ["node bench/dist/profile/main.js", ...args].join(" "),
    (result) => {
      console.log(`${scenarioTable(result, top)}\n`);
    },
  );
  if (out !== undefined) writeSection("profile", section(results, top), out);
  return results.scenarios.every(({ failures }) => failures.length === 0) ? 0 : 1;
}

await runProgram(main, usage);
