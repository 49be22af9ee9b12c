import type { Buffer } from "node:buffer";
import { runJob } from "./job-pool.ts";
import { LONG_BYTES } from "./limits.ts";
import { openStream } from "./open-zlib-stream.ts";
import type { Pause, ZlibFailure, ZlibSettings, ZlibStream } from "./zlib-stream.ts";

/** From 0 to 9. It makes 5-9 % more of JSON than 6, zlib's own default, in half the time or less; see `DeflateCodecOptions`. */
export const DEFAULT_LEVEL = 3;
/** zlib's default. */
export const SHARED_MEM_LEVEL = 8;

const NO_LIMIT = Number.POSITIVE_INFINITY;

/**
 * Compressors and decompressors without context takeover. They keep nothing between two messages, so that one serves all
 * connections with the same settings. They are few, and live as long as the process.
 */
const shared = new Map<string, ZlibStream>();

export function sharedStream(settings: ZlibSettings): ZlibStream {
  const key = Object.values(settings).join();
  let stream = shared.get(key);
  if (stream === undefined) {
    stream = openStream(settings);
    shared.set(key, stream);
  }
  return stream;
}

/** Runs one message in the thread pool, in a stream of its own: the shared one must stay free for other connections. */
export function runInOwnStream(
  settings: ZlibSettings,
  input: Uint8Array,
  maxBytes: number,
  done: (output: Buffer | ZlibFailure) => void,
  pause?: Pause,
): void {
  const stream = openStream(settings);
  const closeAndReturn = (output: Buffer | ZlibFailure): void => {
    stream.close();
    done(output);
  };
  stream.runInPool(input, maxBytes, closeAndReturn, pause);
}

/** The shared compressors for published messages, by the bits of the window. */
const publishing: ZlibStream[] = [];

/**
 * Compresses a message without context takeover, for every receiver that can hold a window of `windowBits`.
 *
 * @returns the payload; valid until the next call of any codec
 */
export function compressNoContextTakeover(message: Uint8Array, windowBits: number): Buffer {
  publishing[windowBits] ??= sharedStream(noContextTakeover(windowBits));
  return publishing[windowBits].run(message, NO_LIMIT) as Buffer;
}

/** The owner of all jobs that compress published messages. */
const PUBLISHER = {};

/** The same in the thread pool. */
export function compressNoContextTakeoverInPool(
  message: Uint8Array,
  windowBits: number,
  done: (payload: Buffer) => void,
): void {
  runJob(
    PUBLISHER,
    (place) =>
      runInOwnStream(noContextTakeover(windowBits), message, NO_LIMIT, (payload) => {
        place.leave();
        done(payload as Buffer);
      }),
    message.length > LONG_BYTES,
  );
}

function noContextTakeover(windowBits: number): ZlibSettings {
  return { kind: "deflate", windowBits, memLevel: SHARED_MEM_LEVEL, level: DEFAULT_LEVEL, takeover: false };
}
