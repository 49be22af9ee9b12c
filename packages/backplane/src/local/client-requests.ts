import type { Buffer } from "node:buffer";
import { LOCAL_READ_BYTES, LOCAL_READS } from "../limits.ts";
import type { FrameSocket } from "./frame-socket.ts";
import {
  APPEND,
  decodeAppend,
  decodeRead,
  decodeRotate,
  encodeAppended,
  encodeSlice,
  READ,
  type ReadRequest,
  ROTATE,
} from "./history-wire.ts";
import type { HubHistory } from "./hub-history.ts";

/** What another process asks of the hub's histories. Its reads are executed when it has read the answers to those before. */
export class ClientRequests {
  readonly #history: HubHistory;
  readonly #link: FrameSocket;
  readonly #send: (frame: Buffer) => void;
  #reads: ReadRequest[] = [];

  constructor(history: HubHistory, link: FrameSocket, send: (frame: Buffer) => void) {
    this.#history = history;
    this.#link = link;
    this.#send = send;
  }

  /** @returns false for a frame that is none of these, or malformed */
  handle(frame: Buffer): boolean {
    if (frame[4] === READ) return this.#read(frame);
    if (frame[4] === APPEND) {
      const append = decodeAppend(frame);
      if (append === null) return false;
      const { place, duplicate } = this.#history.append(append);
      this.#send(encodeAppended(append.request, place, duplicate));
      return true;
    }
    const rotate = frame[4] === ROTATE ? decodeRotate(frame) : null;
    if (rotate !== null) this.#history.rotate(rotate.channel, rotate.epoch);
    return rotate !== null;
  }

  #read(frame: Buffer): boolean {
    const read = decodeRead(frame);
    if (read === null || this.#reads.length === LOCAL_READS) return false;
    this.#reads.push(read);
    this.pump();
    return true;
  }

  /** Executes reads as long as few bytes wait for the process: all answers together may be more than the hub holds for it. */
  pump(): void {
    if (this.#reads.length === 0) return;
    let count = 0;
    for (const read of this.#reads) {
      if (this.#link.isEnded || this.#link.buffered >= LOCAL_READ_BYTES) break;
      this.#send(encodeSlice(read.request, this.#history.read(read)));
      count++;
    }
    this.#reads = this.#reads.slice(count);
  }
}
