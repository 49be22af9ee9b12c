import { Buffer } from "node:buffer";
import { asBuffer } from "../fetch/bytes.ts";

/** Pieces of bytes from this size on are kept as they are: a copy would cost more than an entry of the list. */
const KEPT_BYTES = 16 * 1024;

/** Smaller pieces and all text are copied into blocks. Blocks grow with what waits, so that a few bytes hold no big block. */
const SMALLEST_BLOCK = 1024;
const BIGGEST_BLOCK = 64 * 1024;

/** Entries that were taken are removed from the list when there are so many. */
const COMPACTED_ENTRIES = 64;

/**
 * What waits behind a write that is under way. Its memory follows its bytes, however small the pieces are: 16 MiB that were sent in
 * messages of one byte are 256 blocks. As a list of strings they took 340 MB, and one write of them all held the event loop for
 * more than a second.
 */
export class Backlog {
  /** Null for those that were taken. */
  #entries: (Uint8Array | null)[] = [];
  /** Index of the first entry that was not taken. */
  #first = 0;
  /** The block that is being filled; behind all entries. */
  #block: Buffer | null = null;
  #used = 0;
  #size = 0;

  /** Bytes that wait. */
  get size(): number {
    return this.#size;
  }

  /** Bytes must stay as they are until they have been written. */
  add(piece: string | Uint8Array): void {
    if (piece.length === 0) return;
    if (piece.length >= KEPT_BYTES) {
      // Text that was put together from many texts would keep them all.
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

  /** A block with room for so many bytes behind what is used. */
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
   * Takes the first bytes away, in the order in which they came.
   *
   * @param most bytes beyond which nothing is added to the first entry, which may be bigger
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

  /** Not each time: to remove the front of a list moves the rest. */
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
