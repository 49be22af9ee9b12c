import { setImmediate } from "node:timers";
import { WaitingWrites } from "./backlog.ts";
import { type Piece, shutDown, writeBlocks, writeBytes, writePieces, writeText } from "./handle-requests.ts";
import type { Request, StreamHandle } from "./node-handle.ts";

const NOTHING = new Uint8Array(0);

/** The most waiting bytes of one write. */
const BATCH_BYTES = 1024 * 1024;
/** The most waiting bytes of one turn: they take some milliseconds, in which no other connection is served. */
const TURN_BYTES = 8 * 1024 * 1024;

/**
 * The sending half of a connection whose handle we drive ourselves. What the operating system does not take at once waits, and the end of
 * our side comes behind it. It is a base class and not a part, so that a connection has no more objects.
 */
export abstract class HandleWriter extends WaitingWrites {
  protected readonly handle: StreamHandle;
  /** The size of the write that is under way; 0 if there is none. */
  #writing = 0;
  /** Our sending side. Behind "open" nothing more may be written. */
  protected sending: "open" | "ending" | "ended" = "open";

  constructor(handle: StreamHandle) {
    super();
    this.handle = handle;
  }

  abstract destroy(): void;
  /** Called when our sending side is closed: destroys a connection of which nothing is left. */
  protected abstract closeIfOver(): void;

  get buffered(): number {
    return this.waiting === null ? this.#writing : this.#writing + this.waiting.size;
  }

  get congestion(): number {
    return this.buffered;
  }

  get taken(): number {
    return this.handle.bytesWritten - this.handle.writeQueueSize;
  }

  write(latin1: string): void {
    if (this.sending !== "open") return;
    if (this.mustWait) this.wait(latin1);
    else this.#started(writeText(this.handle, latin1, this, onWritten));
  }

  writeBytes(bytes: Uint8Array): void {
    if (this.sending !== "open") return;
    if (this.mustWait) this.wait(bytes);
    else this.#started(writeBytes(this.handle, bytes, this, onWritten));
  }

  writeAll(pieces: readonly Piece[]): void {
    if (this.sending !== "open") return;
    if (this.mustWait) for (const piece of pieces) this.wait(piece);
    else this.#started(writePieces(this.handle, pieces, this, onWritten));
  }

  protected get mustWait(): boolean {
    return this.#writing > 0 || this.waiting !== null;
  }

  /** @param result the size of a write that is under way, 0 for one that is done, or libuv's error */
  #started(result: number): void {
    if (result < 0) this.destroy();
    else this.#writing = result;
  }

  /** The write that was under way is done, or has failed with libuv's error. */
  written(error: number): void {
    this.#writing = 0;
    if (this.closed) return;
    if (error !== 0) {
      this.destroy();
      return;
    }
    this.#writeOn();
  }

  /** Writes the waiting bytes, until the operating system takes no more. */
  #writeOn(): void {
    for (let bytes = 0; this.waiting !== null && this.#writing === 0; ) {
      if (bytes > TURN_BYTES) {
        setImmediate(() => this.#writeOn());
        return;
      }
      const blocks = this.takeWaiting(this.waiting, BATCH_BYTES);
      for (const block of blocks) bytes += block.length;
      this.#started(writeBlocks(this.handle, blocks, this, onWritten));
    }
    if (this.#writing > 0 || this.closed) return;
    // First what waits for the bytes: behind the end this connection may be closed.
    const isEnding = this.sending !== "open";
    this.callDrained();
    if (isEnding && !this.closed) this.#shutDown();
  }

  probe(): void {
    // An empty write fails if the connection has been reset. A write that is under way fails by itself.
    if (!this.mustWait) this.writeBytes(NOTHING);
  }

  end(): void {
    if (this.sending !== "open") return;
    this.sending = "ending";
    if (!this.mustWait) this.#shutDown();
  }

  #shutDown(): void {
    if (!shutDown(this.handle, this, onShutDown)) this.sendingEnded();
  }

  /** Our sending side is closed. */
  sendingEnded(): void {
    this.sending = "ended";
    this.closeIfOver();
  }
}

// All connections share these functions: a closure would take memory for each.

function onWritten(this: Request, status: number): void {
  (this.owner as HandleWriter).written(status);
}

function onShutDown(this: Request): void {
  (this.owner as HandleWriter).sendingEnded();
}
