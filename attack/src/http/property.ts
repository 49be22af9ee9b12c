import fc from "fast-check";
import type { Measured, Settings } from "../attack.ts";
import { cases } from "./arbitrary.ts";
import { Arena, LONGEST_WAIT } from "./arena.ts";
import { known } from "./known.ts";
import type { Case } from "./script.ts";

/** Runs that a budget alone may bound. */
const NO_END = 1_000_000;

/**
 * For any action of a body, file, iterator, handler or client, at any step: the process lives, bystanders are
 * served, memory is bounded, streams are cancelled once, descriptors and pending requests return.
 * @param runs the most generated runs, besides the known ones
 */
export async function attackByScripts(
  settings: Settings,
  runs: number = NO_END,
): Promise<readonly Measured[]> {
  const arena = new Arena(settings);
  try {
    const property = fc.asyncProperty(cases, (script: Case[]) => arena.run(script));
    const result = await fc.check(property, {
      seed: settings.seed,
      numRuns: known.length + runs,
      examples: known.map((script) => [script]),
      interruptAfterTimeLimit: settings.budget,
    });
    const note = result.failed ? { note: describe(result) } : {};
    return [
      {
        what: `broken rules in ${arena.runs} runs`,
        unit: "",
        bound: 0,
        measured: result.failed ? 1 : 0,
        ...note,
      },
      { what: "a bystander's longest wait", unit: "ms", bound: LONGEST_WAIT, measured: arena.longestWait },
      { what: "memory kept, of what may be", unit: "%", bound: 100, measured: arena.mostKept },
    ];
  } finally {
    await arena.stop();
  }
}

function describe(result: fc.RunDetails<[Case[]]>): string {
  const { errorInstance, counterexample, seed, counterexamplePath, numShrinks } = result;
  const error = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return [
    error,
    `--seed ${seed}, path ${counterexamplePath}, ${numShrinks} shrinks`,
    JSON.stringify(counterexample?.[0]),
  ].join("\n");
}
