import { type Request, type StreamHandle, streamCalls } from "./node-handle.ts";

// Writes and shutdowns on a connection's handle. Each needs a request object, which Node.js gives back when the work is done.

export type Piece = string | Uint8Array;

/** Called when the work is done, with the request as `this`; `status` is 0 or libuv's error. */
export type Done = (this: Request, status: number) => void;

const { WriteRequest, ShutdownRequest, state, isUnderWay } = streamCalls;

/** The request of the next write. The operating system takes most writes at once: those leave their request to the next one. */
let spare = new WriteRequest();

/**
 * Writes latin1 text.
 * @param owner is found again as the request's `owner`
 * @returns the size of the write if the operating system has not taken all of it: then `done` is called. 0 if it has. Libuv's
 *   error, a negative number, if the write failed
 */
export function writeText(handle: StreamHandle, latin1: string, owner: object, done: Done): number {
  return started(handle.writeLatin1String(spare, latin1), latin1.length, null, owner, done);
}

/** The same for bytes, which must stay as they are until they have been written. */
export function writeBytes(handle: StreamHandle, bytes: Uint8Array, owner: object, done: Done): number {
  return started(handle.writeBuffer(spare, bytes), bytes.length, bytes, owner, done);
}

/** The same for several pieces, in one system call. */
export function writePieces(
  handle: StreamHandle,
  pieces: readonly Piece[],
  owner: object,
  done: Done,
): number {
  const error = handle.writev(spare, pieces.flatMap(withEncoding), false);
  return started(error, sizeOf(pieces), pieces, owner, done);
}

/** The same for blocks of bytes. */
export function writeBlocks(
  handle: StreamHandle,
  blocks: readonly Uint8Array[],
  owner: object,
  done: Done,
): number {
  return started(handle.writev(spare, blocks, true), sizeOf(blocks), blocks, owner, done);
}

/** @param pieces the memory of the write, which must not be collected before the write is done */
function started(error: number, size: number, pieces: unknown, owner: object, done: Done): number {
  if (error !== 0) return error;
  if (state[isUnderWay] === 0) return 0;
  spare.owner = owner;
  spare.pieces = pieces;
  spare.oncomplete = done;
  spare = new WriteRequest();
  return size;
}

/**
 * Closes our sending side.
 * @returns false if there is nothing to shut down any more: `done` is not called then
 */
export function shutDown(handle: StreamHandle, owner: object, done: Done): boolean {
  const request = new ShutdownRequest();
  request.owner = owner;
  request.oncomplete = done;
  return handle.shutdown(request) === 0;
}

function sizeOf(pieces: readonly Piece[]): number {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  return size;
}

function withEncoding(piece: Piece): [piece: Piece, encoding: string] {
  return [piece, "latin1"];
}
