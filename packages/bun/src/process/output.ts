import type { Readable } from "node:stream";
import { outputStream } from "./output-stream.ts";

/** One of the two outputs of a process: a pipe that is read as a stream, or a descriptor. Its bytes are counted against `maxBuffer`. */
export class Output {
  readonly #pipe: Readable | null;
  readonly #descriptor: number | undefined;
  readonly #limit: number;
  readonly #onTooMuch: () => void;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | null = null;
  #bytes = 0;

  constructor(pipe: Readable | null, descriptor: number | undefined, limit: number, onTooMuch: () => void) {
    this.#pipe = pipe;
    this.#descriptor = descriptor;
    this.#limit = limit;
    this.#onTooMuch = onTooMuch;
  }

  value(): ReadableStream<Uint8Array<ArrayBuffer>> | number | undefined {
    if (this.#pipe === null) return this.#descriptor;
    this.#stream ??= outputStream(this.#pipe, (bytes) => {
      this.#bytes += bytes;
      if (this.#bytes <= this.#limit) return true;
      this.#onTooMuch();
      return false;
    });
    return this.#stream;
  }
}
