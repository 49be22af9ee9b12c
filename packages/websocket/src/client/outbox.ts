import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Output } from "../frame-encoder.ts";

/** Shorter pieces are copied into the text: a separate piece costs its own entry in a vectored write. */
const INLINE_BYTES = 1024;

/** Beyond this nothing waits for the end of the turn: backpressure must show while it can still matter. */
const EARLY_FLUSH_BYTES = 64 * 1024;

/** Collects what is sent during a turn of the event loop, so that it leaves in one write. */
export class Outbox implements Output {
  readonly #socket: Socket;
  readonly #onTaken: (payload: number) => void;
  /** The newest text, behind everything in `#pieces`. */
  #text = "";
  #pieces: (string | Uint8Array)[] = [];
  #size = 0;
  /** Bytes of application data in what waits. */
  #payload = 0;
  #scheduled = false;

  /** @param onTaken is told how many bytes of application data, as they were counted, the operating system has taken */
  constructor(socket: Socket, onTaken: (payload: number) => void) {
    this.#socket = socket;
    this.#onTaken = onTaken;
  }

  text(latin1: string): void {
    this.#text += latin1;
    this.#size += latin1.length;
  }

  bytes(chunk: Uint8Array): void {
    if (chunk.length <= INLINE_BYTES) {
      this.text(asBuffer(chunk).toString("latin1"));
      return;
    }
    if (this.#text !== "") this.#pieces.push(this.#text);
    this.#text = "";
    this.#pieces.push(chunk);
    this.#size += chunk.length;
  }

  /** Says that what was put in just now carries `bytes` of application data. */
  count(bytes: number): void {
    this.#payload += bytes;
  }

  /** Sees to it that everything is written at the end of the turn, or now if it is much. */
  schedule(): void {
    if (this.#size > EARLY_FLUSH_BYTES) this.flush();
    else if (!this.#scheduled && this.#size > 0) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
  }

  /** Hands everything to the socket. */
  flush(): void {
    if (this.#size === 0) return;
    const pieces = this.#pieces;
    if (this.#text !== "") pieces.push(this.#text);
    const payload = this.#payload;
    this.#text = "";
    this.#pieces = [];
    this.#size = 0;
    this.#payload = 0;
    // What cannot be sent any more is not taken either, and goes on being counted, as the standard has it.
    if (this.#socket.writable) this.#write(pieces, payload);
  }

  #write(pieces: readonly (string | Uint8Array)[], payload: number): void {
    const socket = this.#socket;
    const taken = (error?: Error | null): void => {
      if (error == null && payload > 0) this.#onTaken(payload);
    };
    socket.cork();
    for (const [i, piece] of pieces.entries()) {
      const done = i === pieces.length - 1 ? taken : undefined;
      if (typeof piece === "string") socket.write(piece, "latin1", done);
      else socket.write(piece, done);
    }
    socket.uncork();
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
