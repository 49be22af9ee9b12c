import { parseArgs } from "node:util";
import { integer, known, oneOf, UsageError } from "../arguments.ts";
import { type NodeRuntime, nodeRuntimes } from "../runtimes.ts";
import { findStartupContestant, type StartupContestant, startupContestants } from "./contestants.ts";

export interface StartupRun {
  readonly kind: "run";
  readonly contestants: readonly StartupContestant[];
  readonly runtime: NodeRuntime | undefined;
  readonly rounds: number;
  readonly json: string | undefined;
}

export type StartupCommand =
  | StartupRun
  | { readonly kind: "markdown"; readonly inputs: readonly string[]; readonly out: string | undefined }
  | { readonly kind: "help" };

export const usage: string = `node bench/dist/startup/main.js [contestant…] [options]        measures (no contestant: all of them)
node bench/dist/startup/main.js --markdown FILE… [--out FILE]  writes the section of docs/benchmarks.md from --json files

contestants  ${startupContestants.map(({ name }) => name).join(" ")}

--runtime ${nodeRuntimes.join("|")}  (default: the one that runs this)
--rounds N        1 to 1000 (default: 20)
--json FILE       writes all results, with each round's numbers
--help            prints this`;

const options = {
  runtime: { type: "string" },
  rounds: { type: "string" },
  json: { type: "string" },
  markdown: { type: "boolean" },
  out: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * Reads the arguments after the program's name.
 *
 * @throws UsageError for unknown arguments and for values out of range.
 */
export function parseStartupCommand(args: readonly string[]): StartupCommand {
  const { values, positionals } = known(() => {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  });
  if (values.help === true) return { kind: "help" };
  if (values.markdown === true) {
    if (positionals.length === 0) throw new UsageError("--markdown needs the --json file of a run");
    return { kind: "markdown", inputs: positionals, out: values.out };
  }
  if (values.out !== undefined) throw new UsageError("--out goes with --markdown; a run writes --json FILE");
  const names = [...new Set(positionals)];
  return {
    kind: "run",
    contestants:
      names.length === 0 ? startupContestants : names.map((name) => known(() => findStartupContestant(name))),
    runtime: oneOf("--runtime", values.runtime, nodeRuntimes),
    rounds: integer("--rounds", values.rounds, 1, 1000) ?? 20,
    json: values.json,
  };
}
