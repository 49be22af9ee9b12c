import { parseArgs } from "node:util";
import { integer, known, oneOf, tenths, UsageError } from "./arguments.ts";
import { checkContestant, contestants } from "./contestants.ts";
import { type NodeRuntime, nodeRuntimes } from "./runtimes.ts";
import type { Scenario } from "./scenario.ts";
import { findScenario, scenarios } from "./scenarios.ts";

export type LoadChoice = "wrk" | "own" | undefined;

/** The settings of a measurement. */
interface Measurement {
  readonly scenarios: readonly Scenario[];
  readonly runtime: NodeRuntime | undefined;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** How often a disturbed round may be measured again. */
  readonly repeats: number;
  readonly load: LoadChoice;
  /** The file for the results. */
  readonly json: string | undefined;
}

export interface RunCommand extends Measurement {
  readonly kind: "run";
  readonly only: readonly string[] | undefined;
  readonly base: string | undefined;
  /** Whether latencies are then measured under a fixed rate. */
  readonly latency: boolean;
  /** Whether the servers' allocations are counted afterwards. */
  readonly allocations: boolean;
  /** The file of earlier runs that this one adds to; it need not be there. */
  readonly resume: string | undefined;
  /** Whether scenarios that the file has are measured again. */
  readonly redo: boolean;
}

/** Measures what docs/benchmarks.md publishes, with settings of its own. */
export interface PublishedCommand extends Pick<Measurement, "scenarios" | "runtime" | "load"> {
  readonly kind: "published";
  /** Where the files are, one for each line of Node.js. */
  readonly folder: string;
  readonly redo: boolean;
}

/** Measures Mantou as it is built here beside Mantou as it was at another commit. */
export interface CompareCommand extends Measurement {
  readonly kind: "compare";
  /** The name of the commit for git. */
  readonly ref: string;
}

/** Writes a page from the files of earlier runs. */
export interface MarkdownCommand {
  readonly kind: "markdown";
  readonly inputs: readonly string[];
  readonly out: string | undefined;
}

/** Draws the charts of the page anew, from its tables. */
export interface ChartsCommand {
  readonly kind: "charts";
  readonly out: string | undefined;
}

export type Command =
  | RunCommand
  | PublishedCommand
  | CompareCommand
  | MarkdownCommand
  | ChartsCommand
  | { readonly kind: "help" };

export const usage: string = `node bench/dist/main.js [scenario…] [options]        measures (no scenario: all of them)
node bench/dist/main.js --resume FILE [scenario…]      measures what FILE lacks, and adds it: a run can be stopped and continued
node bench/dist/main.js --published FOLDER             measures all that docs/benchmarks.md publishes, for hours; can be continued, too
node bench/dist/main.js --compare REF [scenario…]      measures this tree's mantou beside that of a git commit
node bench/dist/main.js --markdown FILE… [--out FILE]  writes docs/benchmarks.md from these results; keeps other lines of Node.js
node bench/dist/main.js --charts [--out FILE]          makes summaries and docs/charts anew from the tables of docs/benchmarks.md

scenarios    ${scenarios.map((scenario) => scenario.name).join(" ")}
contestants  ${contestants.map((contestant) => contestant.name).join(" ")}

--runtime ${nodeRuntimes.join("|")}  Node.js for the servers (default: the one that runs this)
--only a,b        these contestants only
--base NAME       the contestant that ratios are to (default: bun, or else the first contestant)
--rounds N        1 to 100 (default: 5; fewer than 3 name no leader)
--seconds S       seconds measured in each round, 0.1 to 60 (default: 2); wrk takes whole ones only
--warm-up S       whole seconds of load before that, 0 to 60 (default: 1)
--repeats N       measures a disturbed round up to N times more, 0 to 20 (default: 2)
--load wrk|own    the HTTP load (default: wrk where installed)
--latency         then measures latencies of HTTP at 70 % of the base's rate
--allocations     then counts the bytes that servers on Node.js 26 allocate for each operation
--json FILE       writes all results, with each round's raw numbers
--resume FILE     the same, but FILE may have results of earlier runs with these settings, on this machine
--redo            with --resume or --published: measures the named scenarios again, also those that are there
--help            prints this`;

/**
 * Reads the arguments after the program's name.
 *
 * @throws UsageError for unknown arguments and for values out of range.
 */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help === true) return { kind: "help" };
  if (values.markdown === true) {
    if (values.compare !== undefined) throw new UsageError("--compare measures, --markdown does not");
    if (positionals.length === 0) throw new UsageError("--markdown needs the --json file of a run");
    return { kind: "markdown", inputs: positionals, out: values.out };
  }
  if (values.charts === true) {
    if (positionals.length > 0) throw new UsageError("--charts takes the page's own tables, no file");
    return { kind: "charts", out: values.out };
  }
  if (values.out !== undefined) throw new UsageError("--out goes with --markdown; a run writes --json FILE");
  if (values.redo === true && positionals.length === 0) {
    throw new UsageError("--redo needs the names of the scenarios to measure again");
  }
  const measurement = parseMeasurement(values, positionals);
  if (values.published !== undefined) return parsePublished(values.published, values, measurement);
  if (values.compare !== undefined) {
    const other = notCompared.find((option) => values[option] !== undefined);
    if (other !== undefined)
      throw new UsageError(`--${other} does not go with --compare, which measures mantou alone`);
    if (values.compare === "") throw new UsageError("--compare needs a git commit, such as main or HEAD~5");
    return { kind: "compare", ref: values.compare, ...measurement };
  }
  const only = values.only?.split(",").map((name) => known(() => checkContestant(name)));
  const base = values.base === undefined ? undefined : known(() => checkContestant(values.base ?? ""));
  if (base !== undefined && only !== undefined && !only.includes(base)) {
    throw new UsageError(`--base ${base} is not among --only ${only.join(",")}`);
  }
  const { latency = false, allocations = false, resume, redo = false } = values;
  if (resume !== undefined && values.json !== undefined) {
    throw new UsageError("--resume writes its own file, without --json");
  }
  if (redo && resume === undefined) throw new UsageError("--redo goes with --resume FILE or --published");
  return { kind: "run", ...measurement, only, base, latency, allocations, resume, redo };
}

function parsePublished(
  folder: string,
  values: Parsed["values"],
  { scenarios, runtime, load }: Measurement,
): PublishedCommand {
  const other = notPublished.find((option) => values[option] !== undefined);
  if (other !== undefined) throw new UsageError(`--${other} does not go with --published, which has its own`);
  if (folder === "") throw new UsageError("--published needs a folder for its files");
  return { kind: "published", folder, scenarios, runtime, load, redo: values.redo === true };
}

/** Options whose values are the plan's, and other ways to run. */
const notPublished = [
  ...(["only", "base", "rounds", "seconds", "warm-up", "repeats", "latency", "allocations"] as const),
  ...(["json", "resume", "compare"] as const),
];

/** Options that concern several contestants, or a run without turns. */
const notCompared = ["only", "base", "latency", "allocations", "resume", "redo"] as const;

function parseMeasurement(values: Parsed["values"], positionals: readonly string[]): Measurement {
  const names = [...new Set(positionals)];
  return {
    scenarios: names.length === 0 ? scenarios : names.map((name) => known(() => findScenario(name))),
    runtime: oneOf("--runtime", values.runtime, nodeRuntimes),
    rounds: integer("--rounds", values.rounds, 1, 100) ?? 5,
    seconds: tenths("--seconds", values.seconds, 0.1, 60) ?? 2,
    warmUpSeconds: integer("--warm-up", values["warm-up"], 0, 60) ?? 1,
    repeats: integer("--repeats", values.repeats, 0, 20) ?? 2,
    load: oneOf("--load", values.load, ["wrk", "own"] as const),
    json: values.json,
  };
}

const options = {
  runtime: { type: "string" },
  only: { type: "string" },
  base: { type: "string" },
  rounds: { type: "string" },
  seconds: { type: "string" },
  "warm-up": { type: "string" },
  repeats: { type: "string" },
  load: { type: "string" },
  latency: { type: "boolean" },
  allocations: { type: "boolean" },
  json: { type: "string" },
  resume: { type: "string" },
  redo: { type: "boolean" },
  published: { type: "string" },
  compare: { type: "string" },
  markdown: { type: "boolean" },
  charts: { type: "boolean" },
  out: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

type Parsed = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;

function parse(args: readonly string[]): Parsed {
  return known(() => parseArgs({ args: [...args], options, allowPositionals: true, strict: true }));
}
