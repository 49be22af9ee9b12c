import { Buffer } from "node:buffer";
import { UsageError } from "./errors.ts";
import type { Framing, Output } from "./events.ts";
import type { FieldBlock } from "./fields.ts";

/**
 * Writes the content of one message after another, and enforces the length that the head declared: a peer would read a byte too
 * many as the next message, and with a byte too few lose the beginning of the next one.
 */
export class BodyEncoder {
  readonly #output: Output;
  #framing: Framing = "none";
  #remaining = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** How the end of the current content is found; "none" if there is none. */
  get framing(): Framing {
    return this.#framing;
  }

  /** @param length bytes that will be written, for the framing "length" */
  begin(framing: Framing, length: number): void {
    this.#framing = framing;
    this.#remaining = length;
  }

  /**
   * @returns the bytes of content that it has written
   * @throws UsageError if this is more than the declared length; then it writes nothing
   */
  write(chunk: string | Uint8Array): number {
    const size = contentSize(chunk);
    if (size === 0 || this.#framing === "none") return 0;
    if (this.#framing === "length") {
      if (size > this.#remaining) {
        throw new UsageError(
          `The content is longer than its Content-Length by ${size - this.#remaining} bytes`,
        );
      }
      this.#remaining -= size;
    }
    // A chunk of size 0 would end the body; an empty chunk has returned above.
    if (this.#framing === "chunked") this.#output.text(`${size.toString(16)}\r\n`);
    writeText(this.#output, chunk, size);
    if (this.#framing === "chunked") this.#output.text("\r\n");
    return size;
  }

  /**
   * @param trailers sent only behind a chunked body; other framings have no place for them
   * @throws UsageError if less was written than declared: only the end of the connection can show that
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
 * Bytes of content as it will be written.
 * @throws TypeError for a value that is neither a string nor bytes, or whose length does not count bytes: with a byte more than
 *   declared, the next message begins too early
 */
export function contentSize(content: string | Uint8Array): number {
  if (typeof content === "string") return Buffer.byteLength(content);
  if (!ArrayBuffer.isView(content) || content.BYTES_PER_ELEMENT !== 1) {
    throw new TypeError("Content must be a string or a Uint8Array");
  }
  return content.length;
}

/** @throws TypeError if it is not a number, RangeError if it is not an integer from 0 up */
export function checkLength(length: number): void {
  if (typeof length !== "number") throw new TypeError(`The length must be a number, not ${typeof length}`);
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(`The length must be an integer from 0 up, not ${length}`);
  }
}

/** Strings are UTF-8 on the wire. Of ASCII the bytes are the same as in latin1, so it needs no encoding. */
export function writeText(output: Output, chunk: string | Uint8Array, size: number): void {
  if (typeof chunk !== "string") output.bytes(chunk);
  else if (size === chunk.length) output.text(chunk);
  else output.bytes(Buffer.from(chunk));
}
