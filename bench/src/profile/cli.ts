import { parseArgs } from "node:util";
import { integer, known, oneOf, UsageError } from "../arguments.ts";
import { checkContestant } from "../contestants.ts";
import { type NodeRuntime, nodeRuntimes } from "../runtimes.ts";
import type { Scenario } from "../scenario.ts";
import { findScenario, scenarios } from "../scenarios.ts";

export interface ProfileRun {
  readonly kind: "run";
  readonly scenarios: readonly Scenario[];
  readonly only: readonly string[];
  readonly runtime: NodeRuntime | undefined;
  readonly seconds: number;
  readonly top: number;
  readonly out: string | undefined;
}

export type ProfileCommand = ProfileRun | { readonly kind: "help" };

/** Those of Bun.serve's handlers, and what the sockets cost by themselves. */
const usual = ["mantou", "bun", "raw", "raw-tls"];

export const usage: string = `node bench/dist/profile/main.js SCENARIO… [options]  shows where the CPU time of servers goes, by perf

scenarios   ${scenarios.map(({ name }) => name).join(" ")}

--only a,b        contestants (default: ${usual.join(",")})
--runtime ${nodeRuntimes.join("|")}  (default: the one that runs this)
--seconds N       the length of each window, 1 to 60 (default: 4)
--top N           the most expensive functions that are named, 0 to 100 (default: 8)
--out FILE        also writes the section of that page, docs/benchmarks.md
--help            prints this`;

const options = {
  only: { type: "string" },
  runtime: { type: "string" },
  seconds: { type: "string" },
  top: { type: "string" },
  out: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * Reads the arguments after the program's name.
 *
 * @throws UsageError for unknown arguments and for values out of range.
 */
export function parseProfileCommand(args: readonly string[]): ProfileCommand {
  const { values, positionals } = known(() => {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  });
  if (values.help === true) return { kind: "help" };
  const names = [...new Set(positionals)];
  if (names.length === 0) throw new UsageError("which scenarios?");
  return {
    kind: "run",
    scenarios: names.map((name) => known(() => findScenario(name))),
    only: known(() => values.only?.split(",").map(checkContestant)) ?? usual,
    runtime: oneOf("--runtime", values.runtime, nodeRuntimes),
    seconds: integer("--seconds", values.seconds, 1, 60) ?? 4,
    top: integer("--top", values.top, 0, 100) ?? 8,
    out: values.out,
  };
}
