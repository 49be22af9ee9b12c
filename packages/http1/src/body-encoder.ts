import { Buffer } from "node:buffer";
import { UsageError } from "./errors.ts";
import type { Output } from "./events.ts";
import { FieldBlock } from "./fields.ts";

/** How the content of a message is delimited (RFC 9112 §6.3). */
export type BodyFraming = "none" | "length" | "chunked" | "close";

/**
 * Writes the content of one message after another and holds it to what its head declared: a byte too many
 * would be read as the next response, a byte too few would swallow it.
 */
export class BodyEncoder {
  readonly #output: Output;
  #framing: BodyFraming = "none";
  #remaining = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** @param length bytes that will be written, for the framing "length" */
  begin(framing: BodyFraming, length: number): void {
    this.#framing = framing;
    this.#remaining = length;
  }

  /** @throws UsageError if this is more than the declared length; nothing of it is written then */
  write(chunk: string | Uint8Array): void {
    const size = typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
    if (size === 0 || this.#framing === "none") return;
    if (this.#framing === "length") {
      if (size > this.#remaining) {
        throw new UsageError(
          `The content is longer than its Content-Length by ${size - this.#remaining} bytes`,
        );
      }
      this.#remaining -= size;
    }
    // A chunk of size 0 would end the body: it was left out above.
    if (this.#framing === "chunked") this.#output.text(`${size.toString(16)}\r\n`);
    writeText(this.#output, chunk, size);
    if (this.#framing === "chunked") this.#output.text("\r\n");
  }

  /**
   * @param trailers sent only behind a chunked body; nothing else has a place for them
   * @throws UsageError if less was written than declared: the connection can only be broken off then
   */
  end(trailers: FieldBlock | null): void {
    if (this.#framing === "length" && this.#remaining > 0) {
      throw new UsageError(`The content is shorter than its Content-Length by ${this.#remaining} bytes`);
    }
    if (this.#framing === "chunked") this.#output.text(`0\r\n${trailers === null ? "" : trailers.text}\r\n`);
    this.#framing = "none";
  }
}

/**
 * Fields that are processed before the content, or decide about message and connection, and so mean nothing, or
 * something dangerous, behind it (RFC 9110 §6.5.1).
 */
const NOT_IN_TRAILERS = new Set([
  "authorization",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "expect",
  "host",
  "max-forwards",
  "proxy-authorization",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** @throws UsageError as FieldBlock does, and for a field that must not be sent behind content */
export function trailerBlock(list: readonly string[]): FieldBlock {
  for (let i = 0; i < list.length; i += 2) {
    if (NOT_IN_TRAILERS.has(list[i]!.toLowerCase())) {
      throw new UsageError(`The field ${list[i]} must not be in a trailer section`);
    }
  }
  return new FieldBlock(list);
}

/** Strings are UTF-8 on the wire; for ASCII that is the same bytes as latin1, and there is nothing to encode. */
export function writeText(output: Output, chunk: string | Uint8Array, size: number): void {
  if (typeof chunk !== "string") output.bytes(chunk);
  else if (size === chunk.length) output.text(chunk);
  else output.bytes(Buffer.from(chunk));
}
