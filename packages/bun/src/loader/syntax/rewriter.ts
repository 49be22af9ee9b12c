/** Replaces parts of a text, from its beginning to its end. */
export class Rewriter {
  readonly #text: string;
  #written = "";
  #done = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @param from not before the end of the last replaced part */
  replace(from: number, to: number, by: string): void {
    this.#written += this.#text.slice(this.#done, from) + by;
    this.#done = to;
  }

  /** The whole text, with what has been replaced. */
  finish(): string {
    return this.#written + this.#text.slice(this.#done);
  }
}
