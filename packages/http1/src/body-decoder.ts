import type { Buffer } from "node:buffer";
import { ChunkedDecoder } from "./chunked-decoder.ts";
import { CHUNKED } from "./events.ts";
import { type Fields, noFields } from "./fields.ts";
import type { Limits } from "./limits.ts";
import type { ReceiveBuffer } from "./receive-buffer.ts";

/** Reads the content of one message after another, by whichever framing its head declared (RFC 9112 §6.3). */
export class BodyDecoder {
  readonly #limits: Readonly<Limits>;
  #remaining = 0;
  #chunked: ChunkedDecoder | null = null;

  constructor(limits: Readonly<Limits>) {
    this.#limits = limits;
  }

  /** @param contentLength bytes that follow, or CHUNKED */
  begin(contentLength: number): void {
    this.#chunked = contentLength === CHUNKED ? new ChunkedDecoder(this.#limits) : null;
    this.#remaining = contentLength === CHUNKED ? 0 : contentLength;
  }

  get done(): boolean {
    return this.#chunked === null ? this.#remaining === 0 : this.#chunked.done;
  }

  get trailers(): Fields {
    return this.#chunked === null ? noFields : this.#chunked.trailers;
  }

  /**
   * @returns the next stretch of content, or null if it is done or more bytes are needed
   * @throws ProtocolError as the chunked coding demands
   */
  decode(buffer: ReceiveBuffer): Buffer | null {
    if (this.#chunked !== null) return this.#chunked.decode(buffer);
    const count = Math.min(this.#remaining, buffer.length);
    if (count === 0) return null;
    this.#remaining -= count;
    return buffer.take(count);
  }
}
