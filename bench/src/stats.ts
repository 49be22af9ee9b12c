/**
 * The summary of a handful of rounds. Medians and quartiles rather than means: one round that something else on
 * the machine disturbed must not move the result.
 */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Distance between the quartiles over the median: 0.02 means that the middle half of the rounds lies within 2 %. */
  readonly spread: number;
  /** How many values it is of. */
  readonly count: number;
}

/**
 * The value below which the share `q` (0 to 1) of `values` lies, linearly interpolated between neighbours.
 *
 * @throws RangeError when there is no value, or `q` is outside 0..1.
 */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError("a quantile of no values");
  if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile must be between 0 and 1, not ${q}`);
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return below + (above - below) * (position - Math.floor(position));
}

/** @throws RangeError when there is no value. */
export function summarize(values: readonly number[]): Summary {
  const median = quantile(values, 0.5);
  const distance = quantile(values, 0.75) - quantile(values, 0.25);
  return {
    median,
    low: quantile(values, 0),
    high: quantile(values, 1),
    // Of values that are mostly 0 there is no share to be taken.
    spread: distance === 0 || median === 0 ? 0 : distance / Math.abs(median),
    count: values.length,
  };
}

/**
 * `values[i] / base[i]`, round by round. Neighbours in time share the machine's mood (clock speed, other tenants), so
 * the quotient of two neighbours is steadier than the quotient of two medians.
 *
 * A round that either side did not finish (`undefined`), or in which the base is zero, gives no ratio.
 */
export function ratios(
  values: readonly (number | undefined)[],
  base: readonly (number | undefined)[],
): number[] {
  const found: number[] = [];
  for (let round = 0; round < Math.min(values.length, base.length); round++) {
    const value = values[round];
    const against = base[round];
    if (value !== undefined && against !== undefined && against !== 0) found.push(value / against);
  }
  return found;
}
