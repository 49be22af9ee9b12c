/** How often a property is tried: `FC_NUM_RUNS` times if that is set, as for a long soak, otherwise as often as given. */
export function runs(usual: number): { numRuns: number } {
  return { numRuns: Number(process.env["FC_NUM_RUNS"] ?? usual) };
}
