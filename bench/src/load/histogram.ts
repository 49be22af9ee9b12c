/**
 * Counts durations in buckets whose width grows with the value, 32 to each doubling: every quantile is exact to 3 %,
 * and recording one costs neither memory nor a sort.
 */
const stepsPerDoubling = 32;

/** One microsecond to half an hour. */
const buckets = stepsPerDoubling * 31;

export class Histogram {
  readonly #counts = new Float64Array(buckets);
  #total = 0;

  /**
   * @param microseconds below one counts as one.
   * @param times how many operations took that long.
   */
  record(microseconds: number, times: number): void {
    const bucket = microseconds <= 1 ? 0 : Math.floor(Math.log2(microseconds) * stepsPerDoubling);
    this.#counts[Math.min(bucket, buckets - 1)]! += times;
    this.#total += times;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** The middle, in microseconds, of the bucket that holds the quantile `q` (0 to 1); `undefined` when empty. */
  quantile(q: number): number | undefined {
    if (this.#total === 0) return undefined;
    let seen = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= q * this.#total && seen > 0) return 2 ** ((bucket + 0.5) / stepsPerDoubling);
    }
    return undefined;
  }
}
