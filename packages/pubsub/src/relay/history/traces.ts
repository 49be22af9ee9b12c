import { Buffer } from "node:buffer";
import { asBuffer } from "../frame.ts";
import { ID_FROM, ID_TO, RETRY_FRAMES } from "./history-engine.ts";

/** Of a frame: its identity, and its offset. */
const RECORD = ID_TO - ID_FROM + 8;

/** Memory for so many frames at first: most channels never need all of it. */
const FIRST_FRAMES = 4;

/** The last frames of a channel that are not kept any more: a retry of one of them is known all the same. */
export class Traces {
  #records: Buffer = Buffer.alloc(FIRST_FRAMES * RECORD);
  /** Where the next one is written. */
  #end = 0;

  /** The memory that it takes. */
  get bytes(): number {
    return this.#records.length;
  }

  add(frame: Uint8Array, offset: number): void {
    if (this.#end === this.#records.length) this.#makeRoom();
    const at = this.#end;
    asBuffer(frame).copy(this.#records, at, ID_FROM, ID_TO);
    this.#records.writeDoubleBE(offset, at + RECORD - 8);
    this.#end += RECORD;
  }

  /** Twice the memory; in place of the oldest frame if there is enough for all. */
  #makeRoom(): void {
    const { length } = this.#records;
    if (length === RETRY_FRAMES * RECORD) {
      this.#end = 0;
      return;
    }
    const larger = Buffer.alloc(2 * length);
    this.#records.copy(larger);
    this.#records = larger;
  }

  /** @returns the offset of the frame with the same identity; null if there is none */
  find(frame: Uint8Array): number | null {
    const id = asBuffer(frame).subarray(ID_FROM, ID_TO);
    for (let at = 0; at < this.#records.length; at += RECORD) {
      const offset = this.#records.readDoubleBE(at + RECORD - 8);
      if (offset > 0 && id.equals(this.#records.subarray(at, at + RECORD - 8))) return offset;
    }
    return null;
  }
}
