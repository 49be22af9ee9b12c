/** Pieces are joined up to this size. */
const BLOCK_BYTES = 16 * 1024;

/**
 * Bytes of a body that wait for their reader. Pieces are joined, so that the bytes bound the memory: a chunk of one byte as an object
 * of its own takes 250 times its size.
 */
export class BodyQueue {
  /** All but the last one are full: the next piece did not fit. */
  #blocks: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes of the last block that are in use. */
  #used = 0;
  /** The number of bytes that wait. */
  size = 0;

  get empty(): boolean {
    return this.#blocks.length === 0;
  }

  /** Takes a copy. */
  push(bytes: Uint8Array): void {
    const together = this.#used + bytes.length;
    this.size += bytes.length;
    if (this.empty || together > BLOCK_BYTES) {
      this.#trimLast();
      this.#blocks.push(new Uint8Array(bytes));
      this.#used = bytes.length;
      return;
    }
    this.#lastWithRoom(together).set(bytes, this.#used);
    this.#used = together;
  }

  /** @returns the oldest bytes, in memory of their own that the reader may keep, change or transfer; undefined if none wait */
  shift(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#blocks.length === 1) this.#trimLast();
    const block = this.#blocks.shift();
    if (block !== undefined) this.size -= block.length;
    if (this.empty) this.#used = 0;
    return block;
  }

  clear(): void {
    this.#blocks = [];
    this.#used = 0;
    this.size = 0;
  }

  #lastWithRoom(needed: number): Uint8Array<ArrayBuffer> {
    const index = this.#blocks.length - 1;
    const last = this.#blocks[index]!;
    if (needed <= last.length) return last;
    const grown = new Uint8Array(Math.min(needed * 2, BLOCK_BYTES));
    grown.set(last.subarray(0, this.#used));
    this.#blocks[index] = grown;
    return grown;
  }

  #trimLast(): void {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.length > this.#used) {
      this.#blocks[this.#blocks.length - 1] = last.slice(0, this.#used);
    }
  }
}
