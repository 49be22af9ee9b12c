import type { Round } from "./measure.ts";

/**
 * The share of either core that others may take, 0 to 1, before a round counts as disturbed. On a quiet machine it is
 * below 0.02; the differences that matter here are of 5 % and more, so others must stay well under that.
 */
export const foreignLimit = 0.03;

/** The larger share, 0 to 1, that others took of the two cores. */
export function disturbance(round: Round): number {
  return Math.max(round.serverForeign, round.loadForeign);
}

export interface Attempts {
  readonly kept: Round;
  readonly discarded: readonly Round[];
}

/**
 * Measures until a round was undisturbed, but at most `repeats` times more than once, and keeps the least disturbed one.
 * Only the kernel's count of other processes' time decides, never the contestant's own numbers, so that
 * repeating favours no contestant.
 *
 * @throws what `measure` throws.
 */
export async function leastDisturbed(measure: () => Promise<Round>, repeats: number): Promise<Attempts> {
  let kept = await measure();
  const discarded: Round[] = [];
  for (let repeat = 0; repeat < repeats && disturbance(kept) > foreignLimit; repeat++) {
    const next = await measure();
    const better = disturbance(next) < disturbance(kept);
    discarded.push(better ? kept : next);
    if (better) kept = next;
  }
  return { kept, discarded };
}
