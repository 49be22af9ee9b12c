import type { Transform } from "node:stream";
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from "node:zlib";
import { MAX_FINAL_BLOCKS } from "./limits.ts";
import type { ZlibFailure, ZlibSettings, ZlibStream } from "./zlib-stream.ts";

/**
 * Node's zlib streams, driven by the synchronous call that Node's own `deflateRawSync` is made of, on a stream that
 * lives on. That is not documented API, so it stands in this file alone; zlib-one-shot.ts does the same without it.
 *
 * Measured for 158 bytes of JSON on Node 20-26: deflate 0.9 µs with context takeover and 3.3 µs with a reset before each
 * message, inflate 1.3 µs; `deflateRawSync`, which makes a stream each time, 14 µs; the stream's own asynchronous
 * interface 100-150 µs.
 */
interface DirectZlib extends Transform {
  readonly _handle: ZlibHandle;
  /** Set by each write: bytes left of the output's room, bytes left of the input. */
  readonly _writeState: Uint32Array;
  _chunkSize: number;
  _outBuffer: Buffer;
  _outOffset: number;
  readonly bytesWritten: number;
  reset(): void;
  close(): void;
}

interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void;
}

/** Where all streams write: what they say is used, or copied, before another says something. */
const CHUNK_BYTES = 64 * 1024;
const chunk: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);

const NOTHING: Buffer = Buffer.alloc(0);
const SYNC_FLUSH = constants.Z_SYNC_FLUSH;
/** What a sync flush ends with, and what RFC 7692 §7.2.1 leaves out. */
const TAIL: Buffer = Buffer.from([0x00, 0x00, 0xff, 0xff]);

let supported: boolean | null = null;

/** Whether this version of Node.js has the internals, and they do what they are used for here. */
export function isDirectSupported(): boolean {
  supported ??= tryOut();
  return supported;
}

function tryOut(): boolean {
  try {
    const settings = { windowBits: 15, memLevel: 8, level: 1 };
    const deflate = new DirectStream({ kind: "deflate", ...settings });
    const inflate = new DirectStream({ kind: "inflate", ...settings });
    const message = Buffer.from("steamed bun, steamed bun");
    const same = [1, 2].every(() => {
      const payload = deflate.run(message, Number.POSITIVE_INFINITY);
      return typeof payload !== "string" && message.equals(inflate.run(Buffer.from(payload), 100) as Buffer);
    });
    deflate.close();
    inflate.close();
    return same;
  } catch {
    return false;
  }
}

/** A {@link ZlibStream} on Node's internals. */
export class DirectStream implements ZlibStream {
  readonly #settings: ZlibSettings;
  readonly #inflates: boolean;
  #stream: DirectZlib | null = null;
  /** Of the current run: how much of `chunk` is filled, the full ones before it, and their bytes. */
  #filled = 0;
  #full: Buffer[] = [];
  #fullBytes = 0;
  /** Final blocks that the current message has had. */
  #finalBlocks = 0;

  constructor(settings: ZlibSettings) {
    this.#settings = settings;
    this.#inflates = settings.kind === "inflate";
  }

  run(input: Uint8Array, maxBytes: number): Buffer | ZlibFailure {
    this.#filled = 0;
    this.#finalBlocks = 0;
    const failure = this.#pump(input, maxBytes) ?? (this.#inflates ? this.#pump(TAIL, maxBytes) : null);
    const output = failure ?? this.#takeOutput();
    this.#full = [];
    this.#fullBytes = 0;
    if (failure !== null) this.close();
    // Compressors that can only end their stream forget it too, and zlib could not go on with its window anyway.
    else if (this.#finalBlocks > 0) this.reset();
    return output;
  }

  runInPool(input: Uint8Array, maxBytes: number, done: (output: Buffer | ZlibFailure) => void): void {
    this.#finalBlocks = 0;
    this.#pumpInPool(this.#inflates ? Buffer.concat([input, TAIL]) : input, [], 0, maxBytes, done);
  }

  reset(): void {
    this.#stream?.reset();
  }

  close(): void {
    this.#stream?.close();
    this.#stream = null;
  }

  /** Takes all of `input`; null, or why not. */
  #pump(input: Uint8Array, maxBytes: number): ZlibFailure | null {
    this.#stream ??= openDirect(this.#settings);
    const stream = this.#stream;
    const state = stream._writeState;
    for (let at = 0; ; ) {
      const room = CHUNK_BYTES - this.#filled;
      stream._handle.writeSync(SYNC_FLUSH, input, at, input.length - at, chunk, this.#filled, room);
      if (stream.destroyed) return "UNDECODABLE";
      this.#filled = CHUNK_BYTES - state[0]!;
      if (this.#fullBytes + this.#filled > maxBytes) return "MESSAGE_TOO_BIG";
      at = input.length - state[1]!;
      if (state[0] === 0) {
        this.#full.push(Buffer.from(chunk));
        this.#fullBytes += CHUNK_BYTES;
        this.#filled = 0;
      } else if (at === input.length) {
        return null;
      } else {
        // There is room, and yet not all was taken: a final block has ended (RFC 7692 §7.2.3.4). What follows is a stream of its own.
        if (++this.#finalBlocks > MAX_FINAL_BLOCKS) return "UNDECODABLE";
        stream.reset();
      }
    }
  }

  #takeOutput(): Buffer {
    const length = this.#inflates ? this.#filled : this.#filled - TAIL.length;
    if (this.#full.length === 0) return chunk.subarray(0, length);
    // The tail may begin in the chunk before.
    return Buffer.concat([...this.#full, chunk.subarray(0, this.#filled)], this.#fullBytes + length);
  }

  /** By the stream's documented interface; what is not, is the room that it gets only for as long as it works. */
  #pumpInPool(
    input: Uint8Array,
    output: Buffer[],
    bytes: number,
    maxBytes: number,
    done: (output: Buffer | ZlibFailure) => void,
  ): void {
    this.#stream ??= openDirect(this.#settings);
    const stream = this.#stream;
    const takenBefore = stream.bytesWritten;
    let total = bytes;
    const finish = (failure: ZlibFailure | null): void => {
      stream.off("data", onData).off("error", onFailure).off("close", onFailure);
      stream._outBuffer = NOTHING;
      stream._outOffset = 0;
      const isMine = this.#stream === stream;
      const rest = failure === null ? input.subarray(stream.bytesWritten - takenBefore) : NOTHING;
      // A final block ends the stream; it could not go on with its window.
      if (isMine && (failure !== null || rest.length > 0)) this.close();
      if (failure !== null || !isMine) done(failure ?? "UNDECODABLE");
      else if (rest.length > 0) {
        if (++this.#finalBlocks > MAX_FINAL_BLOCKS) done("UNDECODABLE");
        else this.#pumpInPool(rest, output, total, maxBytes, done);
      } else {
        if (this.#finalBlocks > 0) this.close();
        done(Buffer.concat(output, this.#inflates ? total : total - TAIL.length));
      }
    };
    const onData = (piece: Buffer): void => {
      output.push(piece);
      total += piece.length;
      if (total > maxBytes) finish("MESSAGE_TOO_BIG");
    };
    const onFailure = (): void => finish("UNDECODABLE");
    stream._outBuffer = Buffer.allocUnsafe(CHUNK_BYTES);
    stream.on("data", onData).on("error", onFailure).on("close", onFailure);
    stream.write(input, () => {
      // Whoever has finished already has taken the listener away.
      if (stream.listenerCount("data") > 0 && !stream.destroyed) finish(null);
    });
  }
}

function openDirect({ kind, windowBits, memLevel, level }: ZlibSettings): DirectZlib {
  // The smallest chunk: the stream would keep one for its own interface, 16 KiB by default.
  const options = { flush: SYNC_FLUSH, chunkSize: constants.Z_MIN_CHUNK, windowBits };
  const stream: DeflateRaw | InflateRaw =
    kind === "inflate" ? createInflateRaw(options) : createDeflateRaw({ ...options, memLevel, level });
  const direct = stream as unknown as DirectZlib;
  direct._chunkSize = CHUNK_BYTES;
  direct._outBuffer = NOTHING;
  // What is wrong is seen at once, after each write.
  stream.on("error", () => {});
  return direct;
}
