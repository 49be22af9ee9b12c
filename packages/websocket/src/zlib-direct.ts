import { Buffer } from "node:buffer";
import type { Transform } from "node:stream";
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from "node:zlib";
import { MAX_FINAL_BLOCKS } from "./limits.ts";
import type { Pause, ZlibFailure, ZlibSettings, ZlibStream } from "./zlib-stream.ts";

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
/**
 * The same, an empty final block, and a byte that must be left over. Only a message that is whole ends so, which cannot be
 * seen otherwise; but a stream that has ended has no context for the next.
 */
const LAST_TAIL: Buffer = Buffer.from([...TAIL, 0x03, 0x00, 0x00]);
/**
 * Where the context is kept: the same, an empty block with fixed codes, and an empty stored one, which change nothing. In a block
 * that is cut short they are read as something else. Of 6,647 payloads that a naive inflate finds cut short, 4,317 went for whole
 * with 00 00 FF FF alone; so 660, and in the pool, where the tail's output cannot be told from the message's, 1,695.
 */
const OPEN_TAIL: Buffer = Buffer.from([...TAIL, 0x02, 0x00, ...TAIL]);

let supported: boolean | null = null;

/** Whether this version of Node.js has the internals, and they do what they are used for here. */
export function isDirectSupported(): boolean {
  supported ??= tryOut();
  return supported;
}

function tryOut(): boolean {
  try {
    const settings = { windowBits: 15, memLevel: 8, level: 1, takeover: true };
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

/** One message on its way through the thread pool. */
interface PoolRun {
  /** What is still to be taken. */
  input: Uint8Array;
  readonly output: Buffer[];
  /** Bytes of `output`. */
  bytes: number;
  readonly maxBytes: number;
  readonly done: (output: Buffer | ZlibFailure) => void;
  /** Null once it has paused. */
  pause: Pause | null;
}

/** A {@link ZlibStream} on Node's internals. */
export class DirectStream implements ZlibStream {
  readonly #settings: ZlibSettings;
  readonly #inflates: boolean;
  readonly #tail: Buffer;
  #stream: DirectZlib | null = null;
  /** Of the current message: how much of `chunk` is filled, the full ones before it, and their bytes. */
  #filled = 0;
  #full: Buffer[] = [];
  #fullBytes = 0;
  #finalBlocks = 0;
  /** How much of it, and of the tail behind it, has been taken. */
  #taken = 0;
  /** The same when `begin` has stopped; -1 if it has not. */
  #stoppedAt = -1;

  constructor(settings: ZlibSettings) {
    this.#settings = settings;
    this.#inflates = settings.kind === "inflate";
    this.#tail = settings.takeover ? OPEN_TAIL : LAST_TAIL;
  }

  run(input: Uint8Array, maxBytes: number): Buffer | ZlibFailure {
    return this.begin(input, maxBytes, maxBytes)!;
  }

  begin(input: Uint8Array, maxBytes: number, atOnce: number): Buffer | ZlibFailure | null {
    if (!this.#settings.takeover) this.reset();
    this.#filled = 0;
    this.#full = [];
    this.#fullBytes = 0;
    this.#finalBlocks = 0;
    this.#taken = 0;
    this.#stoppedAt = -1;
    const failure = this.#runAll(input, this.#inflates ? Math.min(maxBytes, atOnce) : maxBytes);
    if (failure === "MESSAGE_TOO_BIG" && this.#fullBytes + this.#filled <= maxBytes)
      return this.#stop(this.#taken);
    if (failure !== null) this.close();
    // Compressors that can only end their stream forget it too, and zlib could not go on with its window anyway.
    else if (this.#finalBlocks > 0) this.reset();
    return failure ?? this.#takeOutput();
  }

  runInPool(
    input: Uint8Array,
    maxBytes: number,
    done: (output: Buffer | ZlibFailure) => void,
    pause: Pause | null = null,
  ): void {
    const run: PoolRun = { input, output: [], bytes: 0, maxBytes, done, pause };
    if (this.#inflates) run.input = Buffer.concat([input, this.#tail]);
    if (this.#stoppedAt >= 0) {
      // Copies: whoever runs next writes to `chunk`.
      run.output.push(...this.#full);
      run.bytes = this.#fullBytes;
      run.input = run.input.subarray(this.#stoppedAt);
      this.#full = [];
      this.#stoppedAt = -1;
    } else {
      if (!this.#settings.takeover) this.reset();
      this.#finalBlocks = 0;
    }
    this.#pumpInPool(run);
  }

  reset(): void {
    this.#stream?.reset();
  }

  close(): void {
    this.#stream?.close();
    this.#stream = null;
    this.#full = [];
    this.#stoppedAt = -1;
  }

  /** Keeps what has come out so far, if it cannot be made again: another stream knows nothing of the messages before. */
  #stop(taken: number): null {
    if (this.#settings.takeover) {
      this.#stoppedAt = taken;
      this.#full.push(Buffer.from(chunk.subarray(0, this.#filled)));
      this.#fullBytes += this.#filled;
    } else this.#full = [];
    return null;
  }

  #runAll(input: Uint8Array, maxBytes: number): ZlibFailure | null {
    let taken = this.#pump(input, maxBytes);
    for (let rest = input; typeof taken === "number" && taken < rest.length; ) {
      rest = rest.subarray(taken);
      if (++this.#finalBlocks > MAX_FINAL_BLOCKS) return "UNDECODABLE";
      this.reset();
      taken = this.#pump(rest, maxBytes);
    }
    if (typeof taken === "string") return taken;
    if (!this.#inflates) return null;
    const bytes = this.#fullBytes + this.#filled;
    taken = this.#pump(this.#tail, maxBytes);
    if (typeof taken === "string") return taken;
    // A message that is whole has given all its bytes before.
    const isWhole = this.#endsWell(taken) && this.#fullBytes + this.#filled === bytes;
    return isWhole ? null : "UNDECODABLE";
  }

  /** Whether a message is whole of whose tail so many bytes were taken. */
  #endsWell(taken: number): boolean {
    // Of a final block, whole by itself or by the 00 00 FF FF, zlib reads nothing on.
    if (taken === 0 || taken === TAIL.length) {
      this.#finalBlocks++;
      return true;
    }
    return taken === (this.#tail === OPEN_TAIL ? OPEN_TAIL.length : LAST_TAIL.length - 1);
  }

  /** How much of `input` was taken: all, unless a final block has ended the stream (RFC 7692 §7.2.3.4). */
  #pump(input: Uint8Array, maxBytes: number): number | ZlibFailure {
    this.#stream ??= openDirect(this.#settings);
    const stream = this.#stream;
    const state = stream._writeState;
    const before = this.#taken;
    for (let at = 0; ; ) {
      const room = CHUNK_BYTES - this.#filled;
      stream._handle.writeSync(SYNC_FLUSH, input, at, input.length - at, chunk, this.#filled, room);
      if (stream.destroyed) return "UNDECODABLE";
      const [roomLeft, inputLeft] = state as unknown as [number, number];
      this.#filled = CHUNK_BYTES - roomLeft;
      at = input.length - inputLeft;
      this.#taken = before + at;
      if (this.#fullBytes + this.#filled > maxBytes) return "MESSAGE_TOO_BIG";
      if (roomLeft > 0) return at;
      this.#full.push(Buffer.from(chunk));
      this.#fullBytes += CHUNK_BYTES;
      this.#filled = 0;
    }
  }

  #takeOutput(): Buffer {
    const length = this.#inflates ? this.#filled : this.#filled - TAIL.length;
    if (this.#full.length === 0) return chunk.subarray(0, length);
    // The tail may begin in the chunk before.
    const output = Buffer.concat([...this.#full, chunk.subarray(0, this.#filled)], this.#fullBytes + length);
    this.#full = [];
    return output;
  }

  /** By the stream's documented interface; what is not, is the room that it gets only for as long as it works. */
  #pumpInPool(run: PoolRun): void {
    this.#stream ??= openDirect(this.#settings);
    const stream = this.#stream;
    const { input, output, done } = run;
    const takenBefore = stream.bytesWritten;
    const finish = (failure: ZlibFailure | null): void => {
      stream.off("data", onData).off("error", onFailure).off("close", onFailure);
      // Closed meanwhile: a thread may still write to the room, which is memory only as long as the stream refers to it.
      if (this.#stream !== stream) {
        done(failure ?? "UNDECODABLE");
        return;
      }
      stream._outBuffer = NOTHING;
      stream._outOffset = 0;
      const rest = input.subarray(stream.bytesWritten - takenBefore);
      const inTail = rest.length <= this.#tail.length;
      const isWhole = !this.#inflates || (inTail && this.#endsWell(this.#tail.length - rest.length));
      // What has ended or failed cannot be used again; without takeover every message ends.
      const isOver = this.#inflates && (!isWhole || this.#finalBlocks > 0 || !this.#settings.takeover);
      if (failure !== null || isOver) this.close();
      if (failure !== null) done(failure);
      else if (isWhole) done(Buffer.concat(output, this.#inflates ? run.bytes : run.bytes - TAIL.length));
      else if (inTail || ++this.#finalBlocks > MAX_FINAL_BLOCKS) done("UNDECODABLE");
      else {
        run.input = rest;
        this.#pumpInPool(run);
      }
    };
    const onData = (piece: Buffer): void => {
      output.push(piece);
      run.bytes += piece.length;
      const { pause } = run;
      if (run.bytes > run.maxBytes) finish("MESSAGE_TOO_BIG");
      else if (pause !== null && run.bytes > pause.bytes) {
        // One more piece may be made meanwhile, and wait in the stream.
        run.pause = null;
        stream.pause();
        pause.wait(() => stream.resume());
      }
    };
    const onFailure = (): void => finish("UNDECODABLE");
    stream._outBuffer = Buffer.allocUnsafe(CHUNK_BYTES);
    stream.on("data", onData).on("error", onFailure).on("close", onFailure);
    stream.resume();
    stream.write(input, () => {
      // The last piece, if it was made while the stream had paused: reading it is what tells `onData` of it.
      while (stream.readableLength > 0 && stream.read() !== null) {}
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
