/** The state of a body that the server got. */
export class Trace {
  readonly name: string;
  /** It has ended or failed: no cancellation is due. */
  ended = false;
  cancels = 0;
  /** Wakes steps that hang until the cancellation. */
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
