import { Buffer } from "node:buffer";
import { clearImmediate, setImmediate } from "node:timers";
import { bytesOf, isBytes } from "./bytes.ts";

/** Where a sink's bytes go: a file, or the input of a process. */
export interface SinkTarget {
  /**
   * Takes bytes, which stay as they are.
   * @returns a promise while the target has no room; it rejects with the operating system's error
   */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Nothing is written behind it. */
  end(): Promise<void> | undefined;
  /** Whether what is being written keeps the process alive. */
  ref(isAlive: boolean): void;
}

/** The options of `start()` and of `writer()`. */
export interface SinkOptions {
  /** So many bytes are collected before they are written; 16 KiB by default. */
  highWaterMark?: number;
}

const HIGH_WATER_BYTES = 16 * 1024;

/**
 * Bun's `FileSink`: collects text and bytes, and writes them at `flush()`, at `end()`, when `highWaterMark` bytes wait, and at the end of a turn
 * of the event loop.
 */
export class FileSink {
  readonly #target: SinkTarget;
  #highWaterBytes: number;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #timer: NodeJS.Immediate | null = null;
  #isAlive = true;
  /** What the target has no room for yet. */
  #busy: Promise<void> | null = null;
  #busyBytes = 0;
  /** The error of a write to a file for which no call has waited. */
  #lateError: unknown = null;
  #ended = false;

  constructor(target: SinkTarget, options: SinkOptions = {}) {
    this.#target = target;
    this.#highWaterBytes = highWaterBytes(options);
  }

  /** Bun's sinks take the options once more here. */
  start(options: SinkOptions = {}): void {
    this.#highWaterBytes = highWaterBytes(options);
  }

  /**
   * Takes text as UTF-8, or a copy of bytes.
   * @returns the bytes; a promise of them if they were written to a target without room, which rejects with the operating system's error;
   *   0 behind `end()`
   * @throws TypeError for other values
   */
  write(chunk: string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer): number | Promise<number> {
    const bytes = copyOf(chunk);
    if (this.#ended || bytes.length === 0) return 0;
    this.#throwLate();
    this.#chunks.push(bytes);
    this.#buffered += bytes.length;
    if (this.#buffered < this.#highWaterBytes) {
      this.#flushSoon();
      return bytes.length;
    }
    return this.#then(bytes.length, this.#writeBuffered());
  }

  /** Writes what waits. @returns its bytes; a promise of them if the target has no room */
  flush(): number | Promise<number> {
    this.#throwLate();
    const bytes = this.#busyBytes + this.#buffered;
    return this.#then(bytes, this.#writeBuffered());
  }

  /**
   * Writes what waits, and ends. Bun gives an error as an argument no meaning either.
   * @returns the bytes that waited; a promise of them if the target has no room
   */
  end(_error?: Error): number | Promise<number> {
    if (this.#ended) return 0;
    const bytes = this.#busyBytes + this.#buffered;
    let written: Promise<void> | null;
    try {
      this.#throwLate();
      written = this.#writeBuffered();
    } catch (error) {
      this.#ended = true;
      this.#target.end();
      throw error;
    }
    this.#ended = true;
    const ended = written === null ? this.#target.end() : written.finally(() => this.#target.end());
    return this.#then(bytes, ended ?? null);
  }

  /** Ends, as `end()` does. */
  close(): void {
    this.end();
  }

  /** The process lives until all is written. */
  ref(): void {
    this.#setAlive(true);
  }

  /** The process may end before all is written. */
  unref(): void {
    this.#setAlive(false);
  }

  get [Symbol.toStringTag](): string {
    return "FileSink";
  }

  #setAlive(isAlive: boolean): void {
    this.#isAlive = isAlive;
    this.#target.ref(isAlive);
    if (isAlive) this.#timer?.ref();
    else this.#timer?.unref();
  }

  #flushSoon(): void {
    if (this.#timer !== null) return;
    this.#timer = setImmediate(() => {
      this.#timer = null;
      try {
        this.#writeBuffered();
      } catch (error) {
        this.#lateError = error;
      }
    });
    if (!this.#isAlive) this.#timer.unref();
  }

  /**
   * The error of bytes that no call waited for shows at the next call if a file could not take them. That of a process's input is not told: it may
   * end without reading it.
   */
  #throwLate(): void {
    const error = this.#lateError;
    this.#lateError = null;
    if (error !== null) throw error;
  }

  /** @returns null if the target has taken all */
  #writeBuffered(): Promise<void> | null {
    if (this.#timer !== null) clearImmediate(this.#timer);
    this.#timer = null;
    if (this.#buffered > 0) {
      const [first] = this.#chunks;
      const bytes = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
      this.#chunks = [];
      this.#buffered = 0;
      const writing = this.#target.write(bytes);
      if (writing !== undefined) this.#wait(writing, bytes.length);
    }
    return this.#busy;
  }

  #wait(writing: Promise<void>, bytes: number): void {
    this.#busyBytes += bytes;
    const before = this.#busy;
    const busy: Promise<void> = (
      before === null ? writing : Promise.all([before, writing]).then(() => {})
    ).finally(() => {
      if (this.#busy !== busy) return;
      this.#busy = null;
      this.#busyBytes = 0;
    });
    busy.catch(() => {});
    this.#busy = busy;
  }

  #then(bytes: number, busy: Promise<void> | null): number | Promise<number> {
    if (busy === null) return bytes;
    const done = busy.then(() => bytes);
    // A caller that does not await it has no use for the error.
    done.catch(() => {});
    return done;
  }
}

function highWaterBytes({ highWaterMark }: SinkOptions): number {
  return typeof highWaterMark === "number" && highWaterMark > 0 ? highWaterMark : HIGH_WATER_BYTES;
}

/** The caller may change its memory after the call. */
function copyOf(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (isBytes(chunk)) return Uint8Array.from(bytesOf(chunk));
  const code = chunk === null || chunk === undefined ? "ERR_STREAM_NULL_VALUES" : "ERR_INVALID_ARG_TYPE";
  throw Object.assign(new TypeError("write() expects a string, ArrayBufferView, or ArrayBuffer"), { code });
}
