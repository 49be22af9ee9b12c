import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { runIsolated } from "../errors/log.ts";
import { asBuffer } from "../fetch/bytes.ts";

/** Pieces from this size on are kept as they are: a copy would cost more than an entry of the list. */
const KEPT_BYTES = 16 * 1024;

/** Smaller pieces are copied into blocks. A block's size follows the waiting bytes, so that few bytes hold no large block. */
const SMALLEST_BLOCK = 1024;
const BIGGEST_BLOCK = 64 * 1024;

/** The list drops its taken entries when there are so many of them. */
const COMPACTED_ENTRIES = 64;

/**
 * The bytes that wait behind a write. Their memory follows their number, however small the pieces are: 16 MiB in messages of one
 * byte become 256 blocks. As a list of strings they took 340 MB, and one write of the whole list held the event loop for more
 * than a second.
 */
export class Backlog {
  /** Taken entries are null. */
  #entries: (Uint8Array | null)[] = [];
  /** Index of the first entry that is not taken. */
  #first = 0;
  /** The block that is being filled. Its bytes come after those of all entries. */
  #block: Buffer | null = null;
  #used = 0;
  #size = 0;

  /** The number of waiting bytes. */
  get size(): number {
    return this.#size;
  }

  /** Adds a piece. The memory of a piece of bytes must stay as it is until it has been written. */
  add(piece: string | Uint8Array): void {
    if (piece.length === 0) return;
    if (piece.length >= KEPT_BYTES) {
      // A string that was joined from many would keep all of them.
      this.#keep(typeof piece === "string" ? Buffer.from(piece, "latin1") : piece);
    } else {
      const block = this.#blockFor(piece.length);
      if (typeof piece === "string") block.write(piece, this.#used, "latin1");
      else block.set(piece, this.#used);
      this.#used += piece.length;
    }
    this.#size += piece.length;
  }

  #keep(piece: Uint8Array): void {
    this.#closeBlock();
    this.#entries.push(piece);
  }

  /** The current block, or a new one if that has no room for so many bytes. */
  #blockFor(count: number): Buffer {
    if (this.#block !== null && this.#used + count <= this.#block.length) return this.#block;
    this.#closeBlock();
    const size = Math.max(count, Math.min(Math.max(this.#size, SMALLEST_BLOCK), BIGGEST_BLOCK));
    this.#block = Buffer.allocUnsafeSlow(size);
    return this.#block;
  }

  #closeBlock(): void {
    if (this.#block !== null) this.#entries.push(this.#block.subarray(0, this.#used));
    this.#block = null;
    this.#used = 0;
  }

  /**
   * Takes the oldest bytes.
   * @param most the number of bytes to take at most; a first entry that is larger is taken all the same
   */
  take(most: number): Buffer[] {
    const taken: Buffer[] = [];
    let bytes = 0;
    if (this.#first === this.#entries.length) this.#closeBlock();
    while (this.#first < this.#entries.length) {
      const entry = this.#entries[this.#first]!;
      if (taken.length > 0 && bytes + entry.length > most) break;
      this.#entries[this.#first++] = null;
      bytes += entry.length;
      taken.push(asBuffer(entry));
      if (this.#first === this.#entries.length) this.#closeBlock();
    }
    this.#compact();
    this.#size -= bytes;
    return taken;
  }

  /** Drops taken entries, but not on each call: a list moves its rest when it loses its front. */
  #compact(): void {
    if (this.#first === this.#entries.length) {
      this.#entries = [];
      this.#first = 0;
    } else if (this.#first >= COMPACTED_ENTRIES) {
      this.#entries.splice(0, this.#first);
      this.#first = 0;
    }
  }
}

/** A connection's bytes that wait behind a write, and the callbacks that wait for the last of them: a part of each transport. */
export abstract class WaitingWrites {
  abstract readonly closed: boolean;
  /** Whether new bytes have to wait behind others. */
  protected abstract readonly mustWait: boolean;
  /** Null if no bytes wait. */
  protected waiting: Backlog | null = null;
  #drained: (() => void)[] | null = null;

  protected wait(piece: string | Uint8Array): void {
    if (piece.length === 0) return;
    this.waiting ??= new Backlog();
    this.waiting.add(piece);
  }

  /** Takes up to `most` of the waiting bytes. */
  protected takeWaiting(waiting: Backlog, most: number): Buffer[] {
    const blocks = waiting.take(most);
    if (waiting.size === 0) this.waiting = null;
    return blocks;
  }

  whenDrained(callback: () => void): void {
    // A microtask would not do: a caller that asks again each time would keep the event loop from reporting a closed connection.
    if (this.closed || !this.mustWait) setImmediate(callback);
    else if (this.#drained === null) this.#drained = [callback];
    else this.#drained.push(callback);
  }

  protected callDrained(): void {
    const callbacks = this.#drained;
    this.#drained = null;
    for (const callback of callbacks ?? []) runIsolated(callback);
  }
}
