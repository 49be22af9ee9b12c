import { diagnoseLines, type StartLineError } from "./diagnosis.ts";
import { ProtocolError } from "./errors.ts";
import type { Limits } from "./limits.ts";
import { NOT_FOUND, type ReceiveBuffer } from "./receive-buffer.ts";

/** Longer text is not cached: a waiting connection must not hold a whole pipeline. */
const CACHED_HEAD_CHARACTERS = 4096;

const CR = 0x0d;
const LF = 0x0a;

/** A cache of the last head: clients mostly send the same head again on one connection. The application owns the heads that it gets. */
export interface HeadCache<Head> {
  /** Returns the head to compare the next one with. It may change and return `cached`, the one before. */
  readonly cache: (head: Head, cached: Head | null) => Head;
  /** A new head, equal to the cached one. */
  readonly repeat: (cached: Head) => Head;
  /** Whether content follows the head. */
  readonly hasContent: (head: Head) => boolean;
}

/** The differences between the heads of requests and of responses. */
export interface HeadSyntax<Head> {
  /** @see parseRequest */
  readonly parse: (
    text: string,
    start: number,
    end: number,
    limits: Readonly<Limits>,
    previous: Head | null,
  ) => Head;
  /** Null if heads do not repeat. */
  readonly cache: HeadCache<Head> | null;
  readonly startLineError: StartLineError;
  /**
   * The beginning of every start line, or "". With it, another protocol is refused at its first bytes, and an invalid start line as
   * soon as it has come: no end of a head may ever follow.
   */
  readonly prefix: string;
  /** Whether empty lines may stand before it. */
  readonly emptyLines: boolean;
  /** Bytes of the start line without its CRLF; a longer one is REQUEST_LINE_TOO_LONG. */
  readonly startLineBytes: number;
}

/**
 * Waits for the end of a head and parses it. It refuses an incomplete head that no further bytes can make valid, with the code of
 * the whole head: the result must not depend on packets.
 */
export class HeadReader<Head> {
  readonly #received: ReceiveBuffer;
  readonly #limits: Readonly<Limits>;
  readonly #syntax: HeadSyntax<Head>;
  #emptyLines = 0;
  /** The start line of an incomplete head is valid. */
  #startLineValid = false;
  /** The last head: clients mostly send the same head again on one connection. */
  #previous: Head | null = null;
  /** The text of `#previous`, if it came by itself or with its content; else "". */
  #previousText = "";
  #hasContent = false;

  constructor(received: ReceiveBuffer, limits: Readonly<Limits>, syntax: HeadSyntax<Head>) {
    this.#received = received;
    this.#limits = limits;
    this.#syntax = syntax;
  }

  /** Whether a part of a head has come. Empty lines before it are none: some old clients send one behind content (RFC 9112 §2.2). */
  get begun(): boolean {
    return this.#received.length > 0;
  }

  /**
   * @returns the head, taken out of the buffer, or null if more bytes are needed
   * @throws ProtocolError for the first thing that is wrong with it
   */
  read(): Head | null {
    const received = this.#received;
    if (this.#syntax.emptyLines) this.#skipEmptyLines();
    if (received.length === 0) return null;
    this.#checkPrefix();
    const { parse, cache } = this.#syntax;
    // The same text is the same head. That saves a quarter of `serve`'s whole work on a small request, sockets aside.
    // (Content, or another request behind the head, is not decoded with the head's text then.)
    if (cache !== null && this.#previous !== null && this.#isRepeated()) {
      received.skip(this.#previousText.length);
      this.#emptyLines = 0;
      return cache.repeat(this.#previous);
    }
    const end = received.findHeadEnd(this.#limits.headBytes);
    if (end === NOT_FOUND) {
      this.#checkIncomplete();
      return null;
    }
    const { text, textOffset: start } = received;
    const size = end + 4 - start;
    if (text.indexOf("\n", start) - start > this.#syntax.startLineBytes + 1) {
      throw new ProtocolError("REQUEST_LINE_TOO_LONG");
    }
    if (size > this.#limits.headBytes) this.#refuseLargeHead();
    const head = parse(text, start, end, this.#limits, this.#previous);
    if (cache !== null && text.length <= CACHED_HEAD_CHARACTERS) {
      this.#previous = cache.cache(head, this.#previous);
      this.#hasContent = cache.hasContent(head);
      // It needs a text of its own: a part of a text keeps the whole in memory.
      this.#previousText = size === text.length ? text : this.#hasContent ? received.decodeText(size) : "";
    }
    received.skip(size);
    this.#emptyLines = 0;
    this.#startLineValid = false;
    return head;
  }

  #isRepeated(): boolean {
    const text = this.#previousText;
    if (text === "") return false;
    return this.#hasContent ? this.#received.startsWith(text) : this.#received.isText(text);
  }

  /** RFC 9112 §2.2: a server ignores empty lines before a request line; some old clients send one. */
  #skipEmptyLines(): void {
    const received = this.#received;
    while (received.length >= 2 && received.byteAt(0) === CR && received.byteAt(1) === LF) {
      if (++this.#emptyLines > this.#limits.leadingEmptyLines) throw new ProtocolError("EMPTY_LINES");
      received.skip(2);
    }
  }

  #checkPrefix(): void {
    const { prefix, startLineError } = this.#syntax;
    const received = this.#received;
    // Not beyond the limit: else the result for a longer head would depend on packets.
    const length = Math.min(prefix.length, received.length, this.#limits.headBytes);
    for (let i = 0; i < length; i++) {
      if (received.byteAt(i) === prefix.charCodeAt(i)) continue;
      throw startLineError(received.decodeText(i + 1)) ?? new ProtocolError("VERSION_INVALID");
    }
  }

  #checkStartLine(): void {
    // The scanned bytes have none.
    const lf = this.#received.indexOfLF(this.#received.scanned, this.#limits.headBytes);
    if (lf === NOT_FOUND) return;
    const error = this.#diagnose(this.#received.decodeText(lf + 1));
    if (error !== null) throw error;
    this.#startLineValid = true;
  }

  /** Checks in the order of the checks of a whole head: the length of its first line, its syntax, its size. */
  #checkIncomplete(): void {
    const received = this.#received;
    const { headBytes } = this.#limits;
    const lineLimit = this.#syntax.startLineBytes + 2;
    // Only once, when the limit is passed: after that a single byte must not cost a scan of the whole line.
    if (received.scanned < lineLimit && received.length >= lineLimit) {
      if (received.indexOfLF(0, lineLimit) === NOT_FOUND) throw new ProtocolError("REQUEST_LINE_TOO_LONG");
    }
    if (this.#syntax.prefix !== "" && !this.#startLineValid) this.#checkStartLine();
    const bareLF = received.indexOfBareLF(headBytes);
    if (bareLF !== NOT_FOUND) {
      const text = received.decodeText(bareLF + 1);
      throw this.#diagnose(text) ?? new ProtocolError("BARE_LF");
    }
    if (received.length >= headBytes) this.#refuseLargeHead();
    received.markScanned();
  }

  #refuseLargeHead(): never {
    const text = this.#received.decodeText(this.#limits.headBytes);
    throw this.#diagnose(text) ?? new ProtocolError("HEAD_TOO_LARGE");
  }

  #diagnose(text: string): ProtocolError | null {
    return diagnoseLines(text, 0, text.length, this.#syntax.startLineError);
  }
}
