import { Buffer } from "node:buffer";
import type { Transform } from "node:stream";
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from "node:zlib";
import type { ZlibSettings } from "./zlib-stream.ts";

/**
 * A zlib stream of Node's with the synchronous call that `deflateRawSync` is made of, on a stream that lives on. That is not
 * documented API, and this file is the only one that uses it. direct-support.ts tries it out before its first use;
 * zlib-one-shot.ts does the same work without it.
 */
export interface DirectZlib extends Transform {
  readonly _handle: ZlibHandle;
  /** Each write sets it: bytes left of the output's room, bytes left of the input. */
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

export const CHUNK_BYTES: number = 64 * 1024;
const SYNC_FLUSH: number = constants.Z_SYNC_FLUSH;

const NOTHING: Buffer = Buffer.alloc(0);

/** Makes a stream that holds no memory for its own output. */
export function openDirect({ kind, windowBits, memLevel, level }: ZlibSettings): DirectZlib {
  // The smallest chunk: the stream would keep one for its own interface, 16 KiB by default.
  const options = { flush: SYNC_FLUSH, chunkSize: constants.Z_MIN_CHUNK, windowBits };
  const stream: DeflateRaw | InflateRaw =
    kind === "inflate" ? createInflateRaw(options) : createDeflateRaw({ ...options, memLevel, level });
  const direct = stream as unknown as DirectZlib;
  direct._chunkSize = CHUNK_BYTES;
  direct._outBuffer = NOTHING;
  // A failed write destroys the stream, and its caller sees that at once.
  stream.on("error", () => {});
  return direct;
}

/**
 * Runs `input` from `at` on through the stream, until the room in `output` behind `outputAt` is full. {@link roomLeft} and
 * {@link inputLeft} give the result.
 *
 * @returns false if the stream has failed
 */
export function writeSync(
  stream: DirectZlib,
  input: Uint8Array,
  at: number,
  output: Uint8Array,
  outputAt: number,
): boolean {
  const room = output.length - outputAt;
  stream._handle.writeSync(SYNC_FLUSH, input, at, input.length - at, output, outputAt, room);
  return !stream.destroyed;
}

/** Bytes of the output's room that the last write has left. */
export function roomLeft(stream: DirectZlib): number {
  return stream._writeState[0]!;
}

/** Bytes of the input that the last write has left. */
export function inputLeft(stream: DirectZlib): number {
  return stream._writeState[1]!;
}

/** Gives the stream's documented interface room for its output. */
export function lendRoom(stream: DirectZlib): void {
  stream._outBuffer = Buffer.allocUnsafe(CHUNK_BYTES);
}

/** Takes the room back. No thread may be writing to it. */
export function takeRoom(stream: DirectZlib): void {
  stream._outBuffer = NOTHING;
  stream._outOffset = 0;
}
