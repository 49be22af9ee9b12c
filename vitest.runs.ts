/** CI and the matrix run what `pnpm test` leaves out for time. */
export const runsAll: boolean = process.env["MANTOU_FULL"] === "1" || process.env["MANTOU_MATRIX"] === "1";

/**
 * The number of runs of a property, for fast-check: `FC_NUM_RUNS` if that is set, as for a soak; the given number with
 * `MANTOU_FULL=1`, as in CI; otherwise a fortieth of that, so that `pnpm test` takes minutes and still tries each kind of input;
 * at most 20 in `pnpm test:quick`.
 */
export function runs(full: number): { numRuns: number } {
  const soak = process.env["FC_NUM_RUNS"];
  if (soak !== undefined && soak !== "") return { numRuns: Number(soak) };
  if (process.env["MANTOU_FULL"] === "1") return { numRuns: full };
  if (process.env["MANTOU_QUICK"] === "1") return { numRuns: Math.min(full, 20) };
  // A property with few runs is expensive, and each of its runs counts.
  return { numRuns: Math.max(Math.min(full, 8), Math.ceil(full / 40)) };
}

/** The same for listed examples: all of them in CI and in soaks, otherwise every tenth. */
export function some<T>(examples: readonly T[]): readonly T[] {
  const isFull = process.env["MANTOU_FULL"] === "1" || (process.env["FC_NUM_RUNS"] ?? "") !== "";
  return isFull ? examples : examples.filter((_, i) => i % 10 === 0);
}
