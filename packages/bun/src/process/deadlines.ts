/** When a signal of `AbortSignal.timeout` aborts, by the clock of `performance.now`. */
const deadlines = new WeakMap<AbortSignal, number>();

/**
 * Makes `AbortSignal.timeout` remember its times: `spawnSync` has to end a process when the signal is due, and no timer runs while it waits. As in Bun,
 * no other signal can abort meanwhile.
 */
export function rememberDeadlines(): void {
  const { timeout } = AbortSignal;
  const replacement = {
    timeout(this: typeof AbortSignal, milliseconds: number): AbortSignal {
      const signal = timeout.call(this, milliseconds);
      deadlines.set(signal, performance.now() + milliseconds);
      return signal;
    },
  };
  Object.defineProperty(AbortSignal, "timeout", {
    value: replacement.timeout,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** Milliseconds until the signal aborts by itself, at least 1; `Infinity` for other signals. */
export function timeLeft(signal: AbortSignal | null | undefined): number {
  const deadline = signal && deadlines.get(signal);
  return deadline === undefined || deadline === null
    ? Number.POSITIVE_INFINITY
    : Math.max(1, Math.ceil(deadline - performance.now()));
}
