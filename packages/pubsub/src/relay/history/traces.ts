import { Buffer } from "node:buffer";
import { asBuffer } from "../frame.ts";
import { ID_FROM, ID_TO, RETRY_FRAMES } from "./history-engine.ts";

/** Of a frame: its identity, and its offset. */
const RECORD = ID_TO - ID_FROM + 8;

/** The last frames of a channel that are not kept any more: a retry of one of them is known all the same. */
export class Traces {
  readonly #records = Buffer.alloc(RETRY_FRAMES * RECORD);
  #next = 0;

  add(frame: Uint8Array, offset: number): void {
    const at = this.#next * RECORD;
    asBuffer(frame).copy(this.#records, at, ID_FROM, ID_TO);
    this.#records.writeDoubleBE(offset, at + RECORD - 8);
    this.#next = (this.#next + 1) % RETRY_FRAMES;
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
