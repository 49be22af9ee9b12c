import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UsageError } from "../cli.ts";
import { withSection } from "../page-section.ts";
import { killAll } from "../processes.ts";
import { parseMicroCommand, usage } from "./cli.ts";
import { readMicroResults } from "./results.ts";
import { runMicro } from "./run.ts";
import { section } from "./table.ts";

/** Exit codes: 0 done, 1 something failed (the cases that were finished are written nevertheless), 2 wrong use. */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const command = parseMicroCommand(args);
  if (command.kind === "help") console.log(usage);
  else if (command.kind === "markdown") writeSection(command.inputs, command.out);
  else await runMicro(command, ["node bench/dist/micro/main.js", ...args].join(" "));
}

function writeSection(inputs: readonly string[], out: string | undefined): void {
  const text = section(inputs.map(readMicroResults));
  const target = out ?? fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url));
  const page = existsSync(target) ? readFileSync(target, "utf8") : "";
  writeFileSync(target, withSection(page, "micro", text));
  console.log(`wrote ${target}`);
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => {
    killAll();
    process.exit(code);
  });
}
process.on("exit", killAll);

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
