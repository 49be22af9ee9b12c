import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { LOCAL_END_MS, LOCAL_FRAME_BYTES, PIECE_COST } from "../limits.ts";
import { WireReader } from "./wire.ts";

export interface FrameSocketEvents {
  /** A whole frame with its head. It stays as it is. */
  frame(frame: Buffer): void;
  /** The peer has read what was written. */
  drained?(): void;
  /** The last call, once. Never from within a call of the socket. */
  closed(error: Error): void;
}

/** Frames over one Unix socket: what is sent in a turn leaves in one write, and what waits for the peer is counted. */
export class FrameSocket {
  readonly #socket: Socket;
  readonly #events: FrameSocketEvents;
  readonly #reader: WireReader = new WireReader(LOCAL_FRAME_BYTES);
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #isBlocked = false;
  #isEnded = false;
  #reason: Error | null = null;

  constructor(socket: Socket, events: FrameSocketEvents) {
    this.#socket = socket;
    this.#events = events;
    // The engine never keeps a program alive: its server does.
    socket.unref();
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("drain", () => this.#drain());
    // The peer has ended, or died: a half-open connection is of no use.
    socket.on("end", () => socket.destroy());
    socket.on("error", (error) => {
      this.#reason ??= error;
    });
    socket.on("close", () => this.#close());
  }

  /** Bytes that wait, with a cost for each piece. */
  get buffered(): number {
    return this.#partBytes + this.#socket.writableLength;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Adds to the frames of this turn. The memory may change after the next `flush()`. */
  send(part: Uint8Array): void {
    if (this.#isEnded) return;
    // Beyond the turn it may not keep the memory of others: a short view keeps a whole block alive.
    this.#parts.push(this.#isBlocked ? Buffer.from(part) : part);
    this.#partBytes += part.length + PIECE_COST;
  }

  /** The end of a turn: writes, or keeps for later what the peer cannot take now. */
  flush(): void {
    if (this.#isEnded || this.#parts.length === 0 || this.#isBlocked) return;
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partBytes = 0;
    this.#isBlocked = !this.#socket.write(bytes);
  }

  /** Writes what waits, and ends the connection, at the latest after a second. It resolves when that is done. */
  end(): Promise<void> {
    this.flush();
    this.#isEnded = true;
    if (this.#socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#socket.destroy(), LOCAL_END_MS).unref();
      this.#socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      this.#socket.end(Buffer.concat(this.#parts));
    });
  }

  /** Ends the connection at once. `closed` follows in another turn. */
  destroy(reason: Error): void {
    this.#reason ??= reason;
    this.#isEnded = true;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#isEnded) return;
    this.#reader.receive(chunk);
    for (let frame = this.#reader.next(); frame !== null; frame = this.#reader.next()) {
      if (frame === "refused") {
        this.destroy(new Error("the peer sent bytes that are no frame"));
        return;
      }
      this.#events.frame(frame);
      if (this.#isEnded) return;
    }
  }

  #drain(): void {
    this.#isBlocked = false;
    this.flush();
    this.#events.drained?.();
  }

  #close(): void {
    this.#isEnded = true;
    this.#parts = [];
    this.#partBytes = 0;
    this.#events.closed(this.#reason ?? new Error("the peer has closed the connection"));
  }
}
