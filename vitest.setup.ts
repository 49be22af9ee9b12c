import { appendFileSync } from "node:fs";
import process from "node:process";
import fc from "fast-check";
import { afterAll, afterEach } from "vitest";
import { runAfterEach, runAfterFile } from "./vitest.after-each.ts";

afterEach(runAfterEach);
// It is registered before those of the file, and so runs behind them.
afterAll(runAfterFile);

// The seed is fixed, so that a failure comes from the change and not from new inputs. `FC_SEED` sets another seed;
// `pnpm soak` tries fresh ones for a given time. vitest.runs.ts has the number of runs.
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  seed: Number(process.env["FC_SEED"] ?? 20_261_121),
  ...countRuns(process.env["MANTOU_SOAK_LOG"]),
});

/** A soak counts the inputs, and learns of a failure even if its time is over before vitest reports it. */
function countRuns(log: string | undefined): { reporter?: (details: fc.RunDetails<unknown>) => void } {
  if (log === undefined) return {};
  return {
    reporter: (details) => {
      const failure = details.failed ? fc.defaultReportMessage(details as fc.RunDetails<[unknown]>) : null;
      appendFileSync(log, `${JSON.stringify({ tried: details.numRuns, failure })}\n`);
      if (failure !== null) throw new Error(failure);
    },
  };
}
