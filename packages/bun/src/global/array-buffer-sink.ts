import { Buffer } from "node:buffer";
import { notWritable } from "../base/argument-error.ts";
import { type BytesInput, concatArrayBuffers, viewOf } from "../base/bytes.ts";

/** The options of `start()`. */
export interface ArrayBufferSinkOptions {
  /** `flush()` gives what has been written since the last one. */
  stream?: boolean;
  /** Results are Uint8Arrays. */
  asUint8Array?: boolean;
  /** Bytes for which there is room at first. Memory grows here as it is needed. */
  highWaterMark?: number;
}

/** Bun's `ArrayBufferSink`: joins text and bytes. */
export class ArrayBufferSink {
  #options: ArrayBufferSinkOptions = {};
  #chunks: Uint8Array[] = [];

  start(options?: ArrayBufferSinkOptions | null): void {
    this.#options = options ?? {};
    this.#chunks = [];
  }

  /**
   * @returns bytes written
   * @throws TypeError for values that are neither text nor bytes
   */
  write(chunk: BytesInput): number {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : viewOf(chunk as unknown);
    if (bytes === null) throw notWritable(chunk);
    // The program may change its memory after it has written it.
    this.#chunks.push(new Uint8Array(bytes));
    return bytes.length;
  }

  /** @returns what has been written, with the option `stream`; 0 without it */
  flush(): number | ArrayBuffer | Uint8Array<ArrayBuffer> {
    return this.#options.stream === true ? this.#take() : 0;
  }

  /** @returns what has been written since the last `flush()` with the option `stream`, or since the start */
  end(): ArrayBuffer | Uint8Array<ArrayBuffer> {
    const all = this.#take();
    this.#options = {};
    return all;
  }

  /** Forgets what has been written. */
  close(): void {
    this.#chunks = [];
  }

  get [Symbol.toStringTag](): string {
    return "ArrayBufferSink";
  }

  #take(): ArrayBuffer | Uint8Array<ArrayBuffer> {
    const bytes = concatArrayBuffers(this.#chunks, undefined, true);
    this.#chunks = [];
    return this.#options.asUint8Array === true ? bytes : bytes.buffer;
  }
}
