import { bytesOf, concatArrayBuffers } from "./bytes.ts";

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

  start(options: ArrayBufferSinkOptions = {}): void {
    this.#options = options;
    this.#chunks = [];
  }

  /**
   * @returns bytes written
   * @throws TypeError for values that are neither text nor bytes
   */
  write(chunk: string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer): number {
    const bytes = Uint8Array.from(view(chunk));
    this.#chunks.push(bytes);
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

function view(chunk: unknown): Uint8Array {
  try {
    return bytesOf(chunk, "chunk");
  } catch (error) {
    const nothing = chunk === null || chunk === undefined;
    (error as Error).message = "write() expects a string, ArrayBufferView, or ArrayBuffer";
    throw nothing ? Object.assign(error as Error, { code: "ERR_STREAM_NULL_VALUES" }) : error;
  }
}
