import fc from "fast-check";

// A change is judged by the same inputs each time, so that what fails is the change. `FC_SEED` searches elsewhere, any
// number there is; a soak is `FC_SEED=$RANDOM FC_NUM_RUNS=100000 pnpm test`. How often each is tried stands in vitest.runs.ts.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env["FC_SEED"] ?? 20_261_121) });
