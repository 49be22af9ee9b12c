import { appendFileSync } from "node:fs";
import process from "node:process";
import fc from "fast-check";
import { afterEach } from "vitest";
import { runAfterEach } from "./vitest.after-each.ts";

afterEach(runAfterEach);

// A change is judged by the same inputs each time, so that what fails is the change. `FC_SEED` searches elsewhere, any
// number there is; `pnpm soak` does so for as long as it is told. How often each is tried stands in vitest.runs.ts.
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  seed: Number(process.env["FC_SEED"] ?? 20_261_121),
  ...countRuns(process.env["MANTOU_SOAK_LOG"]),
});

/** A soak counts the inputs that were tried, and learns of a failure even if its time is over before vitest tells of it. */
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
