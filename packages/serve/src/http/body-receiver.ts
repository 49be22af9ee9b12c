import type { Buffer } from "node:buffer";
import type { IncomingRequest } from "@mantou/http1";
import { BODY_FULL, type ReadPauser } from "../socket/read-pauser.ts";
import { DISCARD_BYTES, DISCARD_PIECE_BYTES, LOOK_AHEAD_BYTES } from "./limits.ts";
import { type BodySource, IncomingBody } from "./request-body.ts";

/** Takes the bodies of a connection's requests, one after the other, and pauses the client of one that is not read. */
export class BodyReceiver implements BodySource {
  readonly #pauser: ReadPauser;
  readonly wanted: () => void;
  /** Null if no body is being received, or if no handler wants it. */
  #body: IncomingBody | null = null;
  /** The bytes of an unwanted body, and what its pieces count. */
  #discarded = 0;

  constructor(pauser: ReadPauser, wanted: () => void) {
    this.#pauser = pauser;
    this.wanted = wanted;
  }

  /** @returns the body of the request; null if it has none */
  begin({ framing, length }: IncomingRequest): IncomingBody | null {
    this.#discarded = 0;
    this.#body =
      framing === "none" ? null : new IncomingBody(framing === "length" ? length : undefined, this);
    return this.#body;
  }

  /**
   * Takes borrowed bytes.
   * @returns false if so much of a body is unwanted that the rest is not worth being received
   */
  push(bytes: Buffer): boolean {
    if (this.#body !== null) {
      if (!this.#body.push(bytes)) this.#pauser.set(BODY_FULL, true);
      return true;
    }
    this.#discarded += bytes.length + DISCARD_PIECE_BYTES;
    return this.#discarded <= DISCARD_BYTES;
  }

  /** The memory of the next bytes, which `push` does not copy then; null if there is none. */
  nextMemory(): Uint8Array | null {
    return this.#body?.nextMemory() ?? null;
  }

  end(): void {
    this.#body?.end();
  }

  /** @param makeError is called for a body that is not whole */
  fail(makeError: () => unknown): void {
    this.#body?.fail(makeError);
  }

  /** The response has been given. A handler that has begun to read the body may read on. */
  abandon(): void {
    if (this.#body?.abandon() === true) this.#body = null;
    this.#resume();
  }

  /** The client is read, unless a later body is full: this one may be read behind its response. */
  resume(body: IncomingBody): void {
    if (body === this.#body) this.#resume();
  }

  #resume(): void {
    this.#pauser.set(BODY_FULL, false);
  }

  /** Whether the body waits for the handler, and not for the client. */
  get isFull(): boolean {
    return this.#body?.isFull === true;
  }

  /** Whether a handler reads the body, and more is to come. */
  get isRead(): boolean {
    return this.#body?.isRead === true;
  }

  /** Reads a piece more than there is room for, so that a client's departure shows. Its bytes pause the client again. */
  readAhead(): void {
    if (this.#body !== null && this.#body.unreadBytes < LOOK_AHEAD_BYTES) this.#resume();
  }
}
