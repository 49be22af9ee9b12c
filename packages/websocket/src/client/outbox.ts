import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import { asBuffer, type Output } from "../frame-encoder.ts";

/** Shorter pieces are copied into the text: a separate piece costs an entry of its own in a vectored write. */
const INLINE_BYTES = 1024;

/** More bytes do not wait for the end of the turn: backpressure must show early. */
const EARLY_FLUSH_BYTES = 64 * 1024;

/**
 * So much goes to the socket at once, and the next portion when the system has taken it. A socket reports whole writes only: a
 * message of 100 MB on a slow line would look like no progress, and the deadline for closing would cut it off.
 */
const PORTION_BYTES = 256 * 1024;

/** The data of one flush; behind a write that is under way, of several flushes. */
interface Batch {
  /** The rest of it. */
  readonly pieces: (string | Uint8Array)[];
  size: number;
  /** Bytes of application data in it, and how many of them were not yet reported as taken. */
  payload: number;
  payloadLeft: number;
}

/** Collects the data of a turn of the event loop, so that it leaves in one write. */
export class Outbox implements Output {
  readonly #socket: Duplex;
  readonly #onTaken: (payload: number) => void;
  /** The newest text, behind everything in `#pieces`. */
  #text = "";
  #pieces: (string | Uint8Array)[] = [];
  #size = 0;
  /** Bytes of application data in the waiting text and pieces. */
  #payload = 0;
  #scheduled = false;
  #batches: Batch[] = [];
  /** The system has not yet taken the socket's last write. */
  #writing = false;
  #ending = false;
  #taken = 0;
  /** Callbacks that wait until everything has been taken. */
  #drained: (() => unknown)[] = [];

  /** @param onTaken gets the number of counted bytes of application data that the operating system has taken */
  constructor(socket: Duplex, onTaken: (payload: number) => void) {
    this.#socket = socket;
    this.#onTaken = onTaken;
  }

  /** Bytes that the operating system has taken since the start. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether data waits for the operating system. */
  get congested(): boolean {
    return this.#writing;
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

  /** Adds `bytes` to the application data in the waiting text and pieces. */
  count(bytes: number): void {
    this.#payload += bytes;
  }

  /** Schedules the write for the end of the turn; much data is written at once. */
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

  /** Writes everything to the socket, behind its earlier writes. */
  flush(): void {
    if (this.#size === 0) return;
    if (this.#text !== "") this.#pieces.push(this.#text);
    const [pieces, size, payload] = [this.#pieces, this.#size, this.#payload];
    this.#text = "";
    this.#pieces = [];
    this.#size = 0;
    this.#payload = 0;
    // The first batch is being written.
    const last = this.#writing && this.#batches.length > 1 ? this.#batches.at(-1) : undefined;
    if (last === undefined || last.size > EARLY_FLUSH_BYTES) {
      this.#batches.push({ pieces, size, payload, payloadLeft: payload });
    } else {
      join(last.pieces, pieces);
      last.size += size;
      last.payload += payload;
      last.payloadLeft += payload;
    }
    if (this.#writing) flatten(this.#batches.at(-1)!);
    else this.#writeOn();
  }

  /** Closes our sending side behind all data. */
  end(): void {
    this.flush();
    this.#ending = true;
    if (!this.#writing) this.#writeOn();
  }

  /** Calls back once when the system has taken everything, unless the connection ends before. */
  whenDrained(callback: () => unknown): void {
    this.#drained.push(callback);
  }

  #writeOn(): void {
    const batch = this.#batches[0];
    // Data that cannot be sent any more is never taken, and stays in the count, as in the standard.
    if (!this.#socket.writable) this.#batches = [];
    else if (batch !== undefined) this.#write(batch);
    else {
      for (const callback of this.#drained.splice(0)) callback();
      if (this.#ending) this.#socket.end();
    }
  }

  #write(batch: Batch): void {
    const socket = this.#socket;
    const portion = takePortion(batch.pieces);
    let size = 0;
    socket.cork();
    for (const [i, piece] of portion.entries()) {
      size += piece.length;
      const done =
        i < portion.length - 1 ? undefined : (error?: Error | null) => this.#written(batch, size, error);
      if (typeof piece === "string") socket.write(piece, "latin1", done);
      else socket.write(piece, done);
    }
    this.#writing = true;
    socket.uncork();
  }

  #written(batch: Batch, size: number, error: Error | null | undefined): void {
    this.#writing = false;
    // Node.js calls back without an error for data that a destroyed socket could not write.
    if (error != null || this.#socket.destroyed) return;
    this.#taken += size;
    const whole = batch.pieces.length === 0;
    const payload = whole ? batch.payloadLeft : Math.floor((batch.payload * size) / batch.size);
    batch.payloadLeft -= payload;
    if (whole) this.#batches.shift();
    if (payload > 0) this.#onTaken(payload);
    this.#writeOn();
  }
}

/** Joins waiting texts: an entry for each small message would take many times its bytes. */
function join(pieces: (string | Uint8Array)[], more: readonly (string | Uint8Array)[]): void {
  for (const piece of more) {
    const last = pieces.at(-1);
    if (typeof piece === "string" && typeof last === "string") pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  }
}

/** Copies concatenated text once, when nothing is added any more: until then V8 keeps each part, which takes 50 bytes for three. */
function flatten({ pieces, size }: Batch): void {
  if (size <= EARLY_FLUSH_BYTES) return;
  for (const [i, piece] of pieces.entries()) {
    if (typeof piece === "string") pieces[i] = Buffer.from(piece, "latin1");
  }
}

/** Takes about {@link PORTION_BYTES} from the front of `pieces`. */
function takePortion(pieces: (string | Uint8Array)[]): (string | Uint8Array)[] {
  const portion: (string | Uint8Array)[] = [];
  let room = PORTION_BYTES;
  for (let piece = pieces[0]; piece !== undefined && room > 0; piece = pieces[0]) {
    if (typeof piece !== "string" && piece.length > room) {
      portion.push(piece.subarray(0, room));
      pieces[0] = piece.subarray(room);
    } else {
      portion.push(piece);
      pieces.shift();
    }
    room -= piece.length;
  }
  return portion;
}
