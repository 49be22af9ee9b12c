import { Buffer } from "node:buffer";
import { cancelStream } from "../fetch/streams.ts";
import { changedError, type OpenFile } from "../http/open-file.ts";
import type { ReadAhead, Reader } from "../http/read-ahead.ts";
import { RestOfStream } from "../http/rest-of-stream.ts";
import type { PieceSource } from "./compressed-stream.ts";

/** Bytes that are compressed before more are read. */
const PIECE_BYTES = 64 * 1024;

/** Bytes that are there as a whole. */
export function bytesSource(bytes: Uint8Array): PieceSource {
  let position = 0;
  return {
    read: async () => {
      if (position >= bytes.length) return null;
      const piece = bytes.subarray(position, position + PIECE_BYTES);
      position += piece.length;
      return piece;
    },
    cancel: () => {},
  };
}

/** A stream of which some has been read ahead. What was ready together is compressed together. */
export function streamSource(reader: Reader, ahead: ReadAhead, declared: number | undefined): PieceSource {
  const rest = new RestOfStream(reader, ahead, declared);
  return { read: () => rest.read(), cancel: (reason) => cancelStream(reader, reason) };
}

/** The bytes of an open file from `start` to `end`. It is closed in any case. */
export function openFileSource(file: OpenFile, start: number, end: number): PieceSource {
  const memory = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let position = start;
  let reading: Promise<number> | null = null;
  return {
    read: async () => {
      if (position === end) {
        if (file.changed) throw changedError();
        return null;
      }
      reading = file.read(memory, Math.min(memory.length, end - position), position);
      const count = await reading;
      reading = null;
      if (count === 0) throw changedError();
      position += count;
      return memory.subarray(0, count);
    },
    cancel: () => closeBehind(file, reading),
    close: () => file.close(),
  };
}

/** A descriptor that is closed under a read may be another file's by then. */
function closeBehind(file: OpenFile, reading: Promise<number> | null): void {
  const close = (): void => file.close();
  if (reading === null) close();
  else reading.then(close, close);
}

/**
 * Reads a file whole, in the thread pool.
 * @throws the operating system's error, or that of a file that has changed meanwhile (rejects). The file stays open
 */
export async function readWholeFile(file: OpenFile, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(end - start);
  const count = await file.readWhole(bytes, start);
  if (count < bytes.length || file.changed) throw changedError();
  return bytes;
}
