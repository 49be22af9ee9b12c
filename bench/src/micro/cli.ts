import { parseArgs } from "node:util";
import { integer, known, oneOf, UsageError } from "../arguments.ts";
import { type NodeRuntime, nodeRuntimes } from "../runtimes.ts";
import { cases, findCase, type MicroCase } from "./cases.ts";
import { contestants, findContestant, type MicroContestant } from "./parsers.ts";

export interface MicroRun {
  readonly kind: "run";
  readonly cases: readonly MicroCase[];
  readonly contestants: readonly MicroContestant[];
  readonly runtime: NodeRuntime | undefined;
  readonly rounds: number;
  /** Milliseconds of CPU time measured in each round. */
  readonly window: number;
  /** And before that. */
  readonly warmUp: number;
  readonly json: string | undefined;
}

export type MicroCommand =
  | MicroRun
  | { readonly kind: "markdown"; readonly inputs: readonly string[]; readonly out: string | undefined }
  | { readonly kind: "help" };

export const usage: string = `node bench/dist/micro/main.js [case…] [options]               measures (no case: all of them)
node bench/dist/micro/main.js --markdown FILE… [--out FILE]  writes the section of docs/benchmarks.md from --json files

cases        ${cases.map(({ name }) => name).join(" ")}
contestants  ${contestants.map(({ name }) => name).join(" ")}

--runtime ${nodeRuntimes.join("|")}  (default: the one that runs this)
--only a,b        these contestants only; ratios are to the first of them
--rounds N        1 to 100 (default: 5)
--window MS       milliseconds of CPU time measured in each round, 20 to 10000 (default: 300)
--warm-up MS      milliseconds of CPU time before that, 0 to 10000 (default: 200)
--json FILE       writes all results, with each round's number
--help            prints this`;

const options = {
  runtime: { type: "string" },
  only: { type: "string" },
  rounds: { type: "string" },
  window: { type: "string" },
  "warm-up": { type: "string" },
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
export function parseMicroCommand(args: readonly string[]): MicroCommand {
  const { values, positionals } = known(() => {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  });
  if (values.help === true) return { kind: "help" };
  if (values.markdown === true) {
    if (positionals.length === 0) throw new UsageError("--markdown needs the --json file of a run");
    return { kind: "markdown", inputs: positionals, out: values.out };
  }
  if (values.out !== undefined) throw new UsageError("--out goes with --markdown; a run writes --json FILE");
  const only = values.only?.split(",").map((name) => known(() => findContestant(name)));
  const names = [...new Set(positionals)];
  return {
    kind: "run",
    cases: names.length === 0 ? cases : names.map((name) => known(() => findCase(name))),
    contestants: only === undefined ? contestants : [...new Set(only)],
    runtime: oneOf("--runtime", values.runtime, nodeRuntimes),
    rounds: integer("--rounds", values.rounds, 1, 100) ?? 5,
    window: integer("--window", values.window, 20, 10_000) ?? 300,
    warmUp: integer("--warm-up", values["warm-up"], 0, 10_000) ?? 200,
    json: values.json,
  };
}
