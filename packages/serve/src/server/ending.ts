import { runIsolated } from "../errors/log.ts";

/** The end of a server: what is told when it begins, and the promise of `stop()`, which all calls share. */
export class Ending {
  readonly #callbacks = new Set<() => void>();
  #ended: Promise<void> | null = null;
  #resolve: (() => void) | null = null;

  get hasBegun(): boolean {
    return this.#ended !== null;
  }

  /** Calls back once, when the end begins: at once if it has begun. */
  whenBegun(callback: () => void): void {
    if (this.#ended === null) this.#callbacks.add(callback);
    else runIsolated(callback);
  }

  /** The first call begins the end, and tells the callbacks. */
  begin(): Promise<void> {
    if (this.#ended !== null) return this.#ended;
    const ended = new Promise<void>((resolve) => {
      this.#resolve = resolve;
    });
    this.#ended = ended;
    for (const callback of this.#callbacks) runIsolated(callback);
    this.#callbacks.clear();
    return ended;
  }

  /**
   * Nothing is left. Later calls do nothing.
   * @param last what is still to be done before the promise resolves; never rejects
   */
  finish(last: (() => Promise<void>) | null): void {
    const resolve = this.#resolve;
    if (resolve === null) return;
    this.#resolve = null;
    if (last === null) resolve();
    else void last().then(resolve);
  }
}
