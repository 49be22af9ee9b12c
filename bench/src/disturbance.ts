import type { Round } from "./measure.ts";

/**
 * The share of either core that others may take, 0 to 1, before a round counts as disturbed. On a quiet machine it is
 * below 0.02; the differences that matter here are of 5 % and more, so others must stay well under that.
 */
export const foreignLimit = 0.03;

/**
 * The same where latencies count. Requests that are due while another process has the core wait, and so do those behind them until the queue
 * is gone: at 70 % of its rate a server needs 2.3 times the pause for that. So 0.3 % of the time delays 1 % of the requests, and p99 would be
 * the length of others' turns.
 */
export const foreignLimitOfLatency = 0.003;

/** The larger share, 0 to 1, that others took of the two cores. */
export function disturbance(round: Round): number {
  return Math.max(round.serverForeign, round.loadForeign);
}

export interface Attempts {
  readonly kept: Round;
  readonly discarded: readonly Round[];
}

/**
 * Measures until others took no more than `limit` of a round, but at most `repeats` times more than once, and keeps the least disturbed one.
 * Only the kernel's count of other processes' time decides, never the contestant's own numbers, so that
 * repeating favours no contestant.
 *
 * @throws what `measure` throws.
 */
export async function leastDisturbed(
  measure: () => Promise<Round>,
  repeats: number,
  limit: number = foreignLimit,
): Promise<Attempts> {
  let kept = await measure();
  const discarded: Round[] = [];
  for (let repeat = 0; repeat < repeats && disturbance(kept) > limit; repeat++) {
    const next = await measure();
    const better = disturbance(next) < disturbance(kept);
    discarded.push(better ? kept : next);
    if (better) kept = next;
  }
  return { kept, discarded };
}
