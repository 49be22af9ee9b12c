import { parseArgs } from "node:util";
import { integer, known, oneOf, UsageError } from "../arguments.ts";
import { type NodeRuntime, nodeRuntimes } from "../runtimes.ts";
import { findIdleContestant, type IdleContestant, idleContestants } from "./contestants.ts";

export interface IdleRun {
  readonly kind: "run";
  readonly contestants: readonly IdleContestant[];
  readonly runtime: NodeRuntime | undefined;
  readonly rounds: number;
  readonly connections: number;
  readonly talking: number;
  readonly settleSeconds: number;
  readonly json: string | undefined;
}

export type IdleCommand =
  | IdleRun
  | { readonly kind: "markdown"; readonly inputs: readonly string[]; readonly out: string | undefined }
  | { readonly kind: "help" };

export const usage: string = `node bench/dist/idle/main.js [contestant…] [options]        measures (no contestant: all of them)
node bench/dist/idle/main.js --markdown FILE… [--out FILE]  writes the section of docs/benchmarks.md from --json files

contestants  ${idleContestants.map(({ name }) => name).join(" ")}

--runtime ${nodeRuntimes.join("|")}  (default: the one that runs this)
--rounds N        1 to 100 (default: 3)
--connections N   1 to 25000 (default: 10000)
--talking N       the number of them that then send a message, 0 to 25000 (default: 1000)
--settle S        whole seconds before memory is read, 0 to 60 (default: 3)
--json FILE       writes all results, with each round's numbers
--help            prints this`;

const options = {
  runtime: { type: "string" },
  rounds: { type: "string" },
  connections: { type: "string" },
  talking: { type: "string" },
  settle: { type: "string" },
  json: { type: "string" },
  markdown: { type: "boolean" },
  out: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** One address has 28,232 ports for its connections to another, by Linux's default. */
const mostConnections = 25_000;

/**
 * Reads the arguments after the program's name.
 *
 * @throws UsageError for unknown arguments and for values out of range.
 */
export function parseIdleCommand(args: readonly string[]): IdleCommand {
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
  const connections = integer("--connections", values.connections, 1, mostConnections) ?? 10_000;
  const talking = integer("--talking", values.talking, 0, mostConnections) ?? 1_000;
  return {
    kind: "run",
    contestants:
      names.length === 0 ? idleContestants : names.map((name) => known(() => findIdleContestant(name))),
    runtime: oneOf("--runtime", values.runtime, nodeRuntimes),
    rounds: integer("--rounds", values.rounds, 1, 100) ?? 3,
    connections,
    talking: Math.min(talking, connections),
    settleSeconds: integer("--settle", values.settle, 0, 60) ?? 3,
    json: values.json,
  };
}
