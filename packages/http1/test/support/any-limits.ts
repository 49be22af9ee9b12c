import fc from "fast-check";
import { DEFAULT_LIMITS, type Limits } from "../../src/limits.ts";

const bound = fc.oneof(fc.nat(8), fc.nat(80), fc.nat(400), fc.constant(Number.POSITIVE_INFINITY));

/** Any of the limits, so small that generated messages pass them; the others as they are by default. */
export const anyLimits: fc.Arbitrary<Partial<Limits>> = fc.record(
  Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, bound])) as Record<
    keyof Limits,
    fc.Arbitrary<number>
  >,
  { requiredKeys: [] },
);
