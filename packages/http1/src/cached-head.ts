import { type StatusLine, statusLine } from "./status-line.ts";

/** Longer content is not cached: it is seldom the same again, and its comparison is not cheap. */
const CACHED_CHARACTERS = 1024;

/**
 * The beginning of many responses with the same fields: status line, fields and date. It is made once a second. It also caches the
 * whole text of one response, for servers that send the same one to all clients.
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

  /** Whether a response with the same fields begins so. */
  isOf({ status, reason }: StatusLine, date: string): boolean {
    return this.#status === status && this.#reason === reason && this.#date === date;
  }

  /** The whole response with this content, or null if it is not cached. */
  cached(content: string): string | null {
    return this.#content === content ? this.#whole : null;
  }

  /** Caches a whole response, if there is none yet and this is not the first one: most first ones are never sent again. */
  cache(content: string, whole: string): void {
    if (this.#used && this.#content === null && content.length <= CACHED_CHARACTERS) {
      this.#content = content;
      this.#whole = whole;
    }
    this.#used = true;
  }
}
