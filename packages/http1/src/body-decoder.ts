import type { Buffer } from "node:buffer";
import { ChunkedDecoder } from "./chunked-decoder.ts";
import { ProtocolError } from "./errors.ts";
import type { Framing } from "./events.ts";
import { type Fields, noFields } from "./fields.ts";
import type { Limits } from "./limits.ts";
import type { ReceiveBuffer } from "./receive-buffer.ts";

/** Reads the content of one message after another, by the framing that the head declared (RFC 9112 §6.3). */
export class BodyDecoder {
  readonly #limits: Readonly<Limits>;
  #remaining = 0;
  #chunked: ChunkedDecoder | null = null;
  #untilClose = false;

  constructor(limits: Readonly<Limits>) {
    this.#limits = limits;
  }

  /** @param length bytes that follow, for the framing "length"; else 0 */
  begin(framing: Framing, length: number): void {
    this.#chunked = framing === "chunked" ? new ChunkedDecoder(this.#limits) : null;
    this.#untilClose = framing === "until-close";
    this.#remaining = this.#untilClose ? this.#limits.bodyBytes : length;
  }

  get done(): boolean {
    if (this.#chunked !== null) return this.#chunked.done;
    return this.#remaining === 0 && !this.#untilClose;
  }

  /** The end of the connection is the end of the content. */
  get untilClose(): boolean {
    return this.#untilClose;
  }

  get trailers(): Fields {
    return this.#chunked === null ? noFields : this.#chunked.trailers;
  }

  /**
   * @returns the next stretch of content, or null if it is done or more bytes are needed
   * @throws ProtocolError for an invalid chunked coding, and for content without a declared length past its limit
   */
  decode(buffer: ReceiveBuffer): Buffer | null {
    if (this.#chunked !== null) return this.#chunked.decode(buffer);
    const count = Math.min(this.#remaining, buffer.length);
    if (count === 0) {
      if (this.#untilClose && buffer.length > 0) throw new ProtocolError("BODY_TOO_LARGE");
      return null;
    }
    this.#remaining -= count;
    return buffer.take(count);
  }
}
