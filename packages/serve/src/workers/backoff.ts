/** Milliseconds. A worker that has lived for so long is taken for a sound one. */
export const SOUND_MS = 10_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;

/**
 * When to start a worker again. One that has lived for a while is replaced at once, so that the others carry its load for a moment only. One that keeps
 * ending would fill the log, and the processors: each time in a row it waits twice as long, up to half a minute.
 */
export class Backoff {
  #failures = 0;

  /**
   * A worker has ended.
   * @param lived milliseconds since its start
   * @returns milliseconds until the next one starts
   */
  ended(lived: number): number {
    if (lived >= SOUND_MS) this.#failures = 0;
    const delay = this.#failures === 0 ? 0 : FIRST_DELAY_MS * 2 ** (this.#failures - 1);
    this.#failures++;
    return Math.min(delay, LONGEST_DELAY_MS);
  }
}
