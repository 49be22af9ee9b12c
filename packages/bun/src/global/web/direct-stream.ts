/**
 * Bun's direct streams, `new ReadableStream({ type: "direct", pull })`: the source writes bytes and text to a controller. What it writes is
 * collected and given to a read as one chunk.
 */
import { Buffer } from "node:buffer";
import { TAKEN_WHOLE } from "@mantou/serve/hosting";
import { notWritable } from "../../base/argument-error.ts";
import { concatArrayBuffers, viewOf } from "../../base/bytes.ts";

const { queueMicrotask } = globalThis;

/** The source of a direct stream. */
export interface DirectSource {
  readonly type: "direct";
  pull(controller: DirectController): unknown;
  cancel?(reason: unknown): unknown;
}

/** What a direct stream's source writes to. Its functions need no `this`. */
export interface DirectController {
  /**
   * Takes a chunk, in any case.
   * @returns the bytes; a promise of them while `highWaterMark` bytes wait for the reader; 0 once the stream is over
   */
  write(chunk: string | ArrayBufferView | ArrayBufferLike): number | Promise<number>;
  /** Ends the stream behind what has been written. */
  end(): number;
  /** Ends the stream behind what has been written; with an error, the stream fails with it at once. */
  close(error?: unknown): void;
  /** Gives what has been written to the reader. @returns its bytes, once the reader has them if `wait` is set */
  flush(wait?: boolean): number | Promise<number>;
  error(reason: unknown): void;
}

const HIGH_WATER_BYTES = 64 * 1024;

/**
 * Constructs a direct stream.
 * @param newTarget a class that extends ReadableStream, or ReadableStream itself
 * @throws TypeError for a source whose `pull` is not a function
 */
export function constructDirect(
  platform: typeof ReadableStream,
  source: DirectSource,
  strategy: { readonly highWaterMark?: number } | undefined,
  newTarget: new () => object,
): object {
  if (typeof source.pull !== "function") {
    throw new TypeError("The underlying source's 'pull' property must be a function");
  }
  const direct = new DirectStream(source, strategy?.highWaterMark ?? HIGH_WATER_BYTES);
  // The platform's queue stays empty before a read: all bytes that wait are counted in one place.
  const stream = Reflect.construct(platform, [direct, { highWaterMark: 0 }], newTarget) as object;
  Object.defineProperty(stream, TAKEN_WHOLE, { value: () => direct.takeWhole() });
  return stream;
}

/** A direct stream, as a source of the platform's stream. */
class DirectStream {
  readonly #source: DirectSource;
  readonly #highWaterBytes: number;
  readonly #controller: DirectController;
  #queue!: ReadableStreamDefaultController<Uint8Array>;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #written = 0;
  /** Ends the platform's call of `pull`, which lasts until there are bytes for the read that waits; null if none waits. */
  #endRead: (() => void) | null = null;
  /** Those that wait for the reader to take what is buffered. */
  #onDrained: (() => void)[] = [];
  #deliverySoon = false;
  /** The source's `pull` has been called, and its promise is pending. */
  #pulling = false;
  #pulled = false;
  #takenWhole = false;
  #over = false;

  constructor(source: DirectSource, highWaterBytes: number) {
    this.#source = source;
    this.#highWaterBytes = highWaterBytes;
    this.#controller = {
      write: (chunk) => this.#write(chunk),
      end: () => this.#end(),
      close: (error) => (error === undefined || error === null ? void this.#end() : this.#fail(error)),
      flush: (wait) => this.#flush(wait === true),
      error: (reason) => this.#fail(reason),
    };
  }

  /** One consumer takes the stream to its end: `pull` is called once, and the stream ends with the promise that it returns. */
  takeWhole(): void {
    // A stream that has been read from goes on as its reader began.
    this.#takenWhole ||= !this.#pulled;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#queue = controller;
  }

  /** The platform calls it when a read finds nothing, and once at a time. */
  pull(): Promise<void> {
    const read = new Promise<void>((resolve) => {
      this.#endRead = resolve;
    });
    if (this.#buffered > 0) this.#deliver();
    else if (!this.#pulling && !(this.#takenWhole && this.#pulled)) this.#pullSource();
    return read;
  }

  async cancel(reason: unknown): Promise<void> {
    this.#finish();
    await this.#source.cancel?.(reason);
  }

  #pullSource(): void {
    this.#pulling = true;
    this.#pulled = true;
    let pulled: unknown;
    try {
      pulled = this.#source.pull(this.#controller);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (isThenable(pulled)) {
      Promise.resolve(pulled).then(
        () => {
          this.#pulling = false;
          if (this.#takenWhole) this.#end();
        },
        (error: unknown) => this.#fail(error),
      );
    } else {
      this.#pulling = false;
    }
    this.#deliver();
  }

  #write(chunk: unknown): number | Promise<number> {
    const bytes = copyOf(chunk);
    const { length } = bytes;
    if (this.#over || length === 0) return 0;
    this.#chunks.push(bytes);
    this.#buffered += length;
    this.#written += length;
    this.#deliverSoon();
    if (this.#buffered < this.#highWaterBytes) return length;
    return this.#whenDrained(length);
  }

  /** Writes of one turn of the promises become one chunk. */
  #deliverSoon(): void {
    if (this.#deliverySoon) return;
    this.#deliverySoon = true;
    queueMicrotask(() => {
      this.#deliverySoon = false;
      this.#deliver();
    });
  }

  #whenDrained(bytes: number): Promise<number> {
    return new Promise((resolve) => this.#onDrained.push(() => resolve(bytes)));
  }

  /** Gives what is buffered to the read that waits. */
  #deliver(): void {
    if (this.#buffered === 0 || this.#endRead === null) return;
    this.#queue.enqueue(this.#takeBuffered());
    this.#release();
  }

  #takeBuffered(): Uint8Array {
    const [first] = this.#chunks;
    const isWhole = this.#chunks.length === 1 && first !== undefined;
    const bytes = isWhole ? first : concatArrayBuffers(this.#chunks, undefined, true);
    this.#chunks = [];
    this.#buffered = 0;
    return bytes;
  }

  #flush(wait: boolean): number | Promise<number> {
    const flushed = this.#buffered;
    if (flushed > 0) this.#deliverSoon();
    return wait && flushed > 0 ? this.#whenDrained(flushed) : flushed;
  }

  #end(): number {
    if (this.#over) return 0;
    if (this.#buffered > 0) this.#queue.enqueue(this.#takeBuffered());
    this.#queue.close();
    this.#finish();
    return this.#written;
  }

  #fail(reason: unknown): void {
    if (this.#over) return;
    this.#queue.error(reason);
    this.#finish();
  }

  #finish(): void {
    this.#over = true;
    this.#chunks = [];
    this.#buffered = 0;
    this.#release();
  }

  #release(): void {
    this.#endRead?.();
    this.#endRead = null;
    const waiting = this.#onDrained;
    this.#onDrained = [];
    for (const resolve of waiting) resolve();
  }
}

/**
 * The source may change its memory after it has written it.
 * @throws TypeError for a value that is neither text nor bytes
 */
function copyOf(chunk: unknown): Uint8Array {
  const bytes = typeof chunk === "string" ? Buffer.from(chunk) : viewOf(chunk);
  if (bytes === null) throw notWritable(chunk);
  return new Uint8Array(bytes);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
