/** A replaced part of a text. */
export interface Edit {
  /** The end of the part in the text as it was. */
  readonly to: number;
  /** By how much it has become longer. */
  readonly growth: number;
}

/** Replaces parts of a text, from its beginning to its end. */
export class Rewriter {
  readonly #text: string;
  readonly #edits: Edit[] = [];
  #written = "";
  #done = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** In the order of the text. */
  get edits(): readonly Edit[] {
    return this.#edits;
  }

  /** @param from not before the end of the last replaced part */
  replace(from: number, to: number, by: string): void {
    this.#written += this.#text.slice(this.#done, from) + by;
    this.#done = to;
    this.#edits.push({ to, growth: by.length - (to - from) });
  }

  /** The whole text, with what has been replaced. */
  finish(): string {
    return this.#written + this.#text.slice(this.#done);
  }
}
