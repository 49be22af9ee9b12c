import { type StatusLine, statusLine } from "./status-line.ts";

/** Longer content is not cached: it is seldom the same again, and comparing it is not cheap any more. */
const CACHED_CHARACTERS = 1024;

/**
 * What many responses with the same fields begin with: status line, fields and date. It is made once a second, and so is
 * the whole text of one response, for servers that say the same to all.
 */
export class CachedHead {
  readonly text: string;
  readonly #status: number;
  readonly #reason: string | undefined;
  readonly #date: string;
  #used = false;
  #content: string | null = null;
  #whole = "";

  /** @throws UsageError for a status or a reason that cannot be sent */
  constructor({ status, reason }: StatusLine, block: { readonly text: string }, date: string) {
    this.text = `${statusLine(status, reason)}${block.text}${date === "" ? "" : `Date: ${date}\r\n`}`;
    this.#status = status;
    this.#reason = reason;
    this.#date = date;
  }

  /** Whether this is what a response with the same fields begins with. */
  isOf({ status, reason }: StatusLine, date: string): boolean {
    return this.#status === status && this.#reason === reason && this.#date === date;
  }

  /** The whole response with this content, or null if it is not cached. */
  cached(content: string): string | null {
    return this.#content === content ? this.#whole : null;
  }

  /** Caches a whole response, if there is none yet and this is not the first: most others are never sent again. */
  cache(content: string, whole: string): void {
    if (this.#used && this.#content === null && content.length <= CACHED_CHARACTERS) {
      this.#content = content;
      this.#whole = whole;
    }
    this.#used = true;
  }
}
