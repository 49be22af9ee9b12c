/** What has become of a body that was given to the server. */
export class Trace {
  readonly name: string;
  /** It has come to its end, or has failed: it need not be cancelled any more. */
  ended = false;
  cancels = 0;
  /** Wakes what hangs until it is cancelled. */
  readonly #hanging = new Set<() => void>();

  constructor(name: string) {
    this.name = name;
  }

  get open(): boolean {
    return !this.ended && this.cancels === 0;
  }

  cancelled(): void {
    this.cancels++;
    this.release();
  }

  hang(): Promise<void> {
    return new Promise((resolve) => {
      this.#hanging.add(resolve);
    });
  }

  release(): void {
    for (const wake of this.#hanging) wake();
    this.#hanging.clear();
  }
}
