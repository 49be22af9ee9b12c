import { Buffer } from "node:buffer";

/** As much as an outbox keeps before it writes, and a little. */
const JOINT_BYTES = 72 * 1024;

/** Joints that nobody uses now: who sends much sends it in few turns at a time. */
const MOST_FREE = 16;
const free: Joint[] = [];

/**
 * Memory into which many small pieces of bytes are copied, to be written as one. As text they would be copied three times: to be
 * text, to be one text, to be written. As pieces of a vectored write each costs as much as 2 KiB.
 */
export class Joint {
  readonly #memory: Buffer = Buffer.allocUnsafeSlow(JOINT_BYTES);
  #used = 0;

  static take(): Joint {
    return free.pop() ?? new Joint();
  }

  /** It is empty again. Not for one whose bytes are still to be written. */
  giveBack(): void {
    this.#used = 0;
    if (free.length < MOST_FREE) free.push(this);
  }

  /** Whether so many bytes more have room. */
  hasRoom(bytes: number): boolean {
    return bytes <= JOINT_BYTES - this.#used;
  }

  text(latin1: string): void {
    this.#used += this.#memory.write(latin1, this.#used, "latin1");
  }

  bytes(chunk: Uint8Array): void {
    this.#memory.set(chunk, this.#used);
    this.#used += chunk.length;
  }

  /** All that is in it; not a copy. */
  get content(): Buffer {
    return this.#memory.subarray(0, this.#used);
  }
}
