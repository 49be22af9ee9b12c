/**
 * The handlers of one WebSocket in serial mode. The next event waits until the promises of the last handler are settled. Handlers that are
 * called outside of the series, as `drain` is, wait for nothing: a handler of the series may wait for them.
 */
export class HandlerSeries {
  /** The connection is gone, and messages that came before its end are still handled. */
  isGone = false;
  readonly #settled: () => void;
  readonly #inNextTurn: (task: () => void) => void;
  #isCalling = false;
  #pending = 0;
  #last: (() => void) | null = null;
  #isReleased = false;

  /**
   * @param settled is called in another turn when the handler that was waited for has ended
   * @param inNextTurn runs a task in another turn, outside of the handler's async context
   */
  constructor(settled: () => void, inNextTurn: (task: () => void) => void) {
    this.#settled = settled;
    this.#inNextTurn = inNextTurn;
  }

  /** Whether events have to wait. */
  get holdsEvents(): boolean {
    return this.#pending > 0 && !this.#isReleased;
  }

  /** Calls a handler in the series. `call` must not throw. */
  run(call: () => void): void {
    const isOuter = !this.#isCalling;
    this.#isCalling = true;
    call();
    if (!isOuter) return;
    this.#isCalling = false;
    if (this.#pending === 0) this.#runLast();
  }

  /**
   * A handler has returned a promise.
   * @param ended never rejects
   */
  add(ended: PromiseLike<unknown>): void {
    if (!this.#isCalling) return;
    this.#pending++;
    void ended.then(() => {
      this.#pending--;
      if (this.#pending === 0) this.#inNextTurn(() => this.#continue());
    });
  }

  /** Runs the `close` handler behind the handler that runs or is waited for: now, if there is none. */
  runBehind(task: () => void): void {
    if (this.#isCalling || this.#pending > 0) this.#last = task;
    else task();
  }

  /** Events wait no longer: none of them is the application's any more. */
  release(): void {
    this.#isReleased = true;
  }

  #continue(): void {
    // Behind the last promise another handler cannot have begun: events wait, and `close` is the last one.
    this.#runLast();
    if (!this.#isReleased) this.#settled();
  }

  #runLast(): void {
    const task = this.#last;
    this.#last = null;
    task?.();
  }
}
