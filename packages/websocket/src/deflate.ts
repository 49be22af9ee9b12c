import { Buffer } from "node:buffer";
import { compressorSettings } from "./compressor.ts";
import { type DeflateOptions, type DeflateParams, deflateSettings } from "./deflate-params.ts";
import type { ErrorCode } from "./errors.ts";
import { type Place, runJob } from "./job-pool.ts";
import { AT_ONCE_BYTES, LONG_BYTES, LONG_RATIO } from "./limits.ts";
import type { MessageCodec } from "./message-codec.ts";
import { openStream } from "./open-zlib-stream.ts";
import type { Pause, ZlibSettings, ZlibStream } from "./zlib-stream.ts";

/** How a connection compresses what it sends, besides what was negotiated. */
export interface DeflateCodecOptions extends DeflateOptions {
  /**
   * From 0 (none) to 9 (smallest). Default 3: of JSON it makes 5-9 % more than 6, zlib's own default, in half the time or less
   * (4 KiB: 574 bytes in 3-6 µs against 546 in 12 µs; 64 KiB: 61 µs against 244 µs).
   */
  readonly level?: number;
  /** Messages of fewer bytes are sent as they are. Default 0; an empty message is never compressed. */
  readonly threshold?: number;
}

const DEFAULT_LEVEL = 3;
const MAX_WINDOW_BITS = 15;
/** zlib's default. */
const SHARED_MEM_LEVEL = 8;
/** zlib cannot compress with less; but what it makes with 9 reaches back 250 bytes at most, and so fits a window of 8 bits. */
const MIN_WINDOW_BITS = 9;
const NOTHING: Buffer = Buffer.alloc(0);
const NO_LIMIT = Number.POSITIVE_INFINITY;

/**
 * Compressors and decompressors that remember nothing between two messages, so that one serves all connections with the
 * same settings. They are few, and live as long as the process.
 */
const shared = new Map<string, ZlibStream>();

function sharedStream(settings: ZlibSettings): ZlibStream {
  const key = Object.values(settings).join();
  let stream = shared.get(key);
  if (stream === undefined) {
    stream = openStream(settings);
    shared.set(key, stream);
  }
  return stream;
}

/** One direction of a connection. */
interface Direction {
  readonly settings: ZlibSettings;
  readonly stream: ZlibStream;
}

function direction(settings: ZlibSettings): Direction {
  return { settings, stream: settings.takeover ? openStream(settings) : sharedStream(settings) };
}

/**
 * permessage-deflate (RFC 7692) as a connection's codec, by the parameters that `acceptDeflate` or `agreeDeflate` has found. One
 * for each connection. Its memory, two zlib streams at most, is taken when they are first needed, freed when the connection is
 * over, and none at all where both sides go without context takeover.
 */
export class PerMessageDeflate implements MessageCodec {
  readonly rsv1: boolean = true;
  readonly preparedWindowBits: number;
  /** Null if nothing is to be compressed. */
  readonly #outgoing: Direction | null;
  readonly #incoming: Direction;
  readonly #threshold: number;
  #closed = false;
  /** The message that `decode` has begun is a long one for its size. */
  #decodesLong = false;

  /**
   * @param role whose side this is
   * @param options those that were negotiated with
   * @throws TypeError for a compressor that there is not
   * @throws RangeError for a level that is no integer from 0 to 9, or a threshold that is no number from 0 up
   */
  constructor(role: "server" | "client", params: DeflateParams, options: DeflateCodecOptions = {}) {
    const { level = DEFAULT_LEVEL, threshold = 0 } = options;
    if (!(Number.isInteger(level) && level >= 0 && level <= 9))
      throw new RangeError(`level must be an integer from 0 to 9, not ${level}`);
    if (!(threshold >= 0)) throw new RangeError(`threshold must be a number from 0 up, not ${threshold}`);
    const server = { bits: params.serverMaxWindowBits, alone: params.serverNoContextTakeover };
    const client = { bits: params.clientMaxWindowBits, alone: params.clientNoContextTakeover };
    const [mine, theirs] = role === "server" ? [server, client] : [client, server];
    const compress = (deflateSettings(options) ?? { compress: compressorSettings("shared") }).compress;
    const takeover = compress?.takeover === true && !mine.alone;
    // A size is what one connection may keep. What keeps nothing is shared, and as good as was agreed.
    const wanted = takeover ? compress.windowBits : MAX_WINDOW_BITS;
    const windowBits = Math.max(Math.min(wanted, mine.bits), MIN_WINDOW_BITS);
    this.#outgoing =
      compress === null
        ? null
        : direction({
            kind: "deflate",
            windowBits,
            memLevel: takeover ? compress.memLevel : SHARED_MEM_LEVEL,
            level,
            takeover,
          });
    this.#incoming = direction({
      kind: "inflate",
      windowBits: theirs.alone ? MAX_WINDOW_BITS : theirs.bits,
      memLevel: 0,
      level: 0,
      takeover: !theirs.alone,
    });
    this.preparedWindowBits = this.#outgoing === null ? 0 : windowBits;
    this.#threshold = Math.max(threshold, 1);
  }

  decode(payload: Buffer, maxBytes: number): Buffer | ErrorCode;
  decode(payload: Buffer, maxBytes: number, atOnce: number): Buffer | ErrorCode | null;
  decode(payload: Buffer, maxBytes: number, atOnce: number = NO_LIMIT): Buffer | ErrorCode | null {
    // RFC 7692 §7.2.3.6 makes the empty message one byte; some send none, which nobody can misunderstand.
    if (payload.length === 0) return NOTHING;
    const message = this.#incoming.stream.begin(payload, maxBytes, atOnce);
    this.#decodesLong = message === null;
    return message;
  }

  encode(message: Uint8Array): Uint8Array | null {
    if (this.#outgoing === null || message.length < this.#threshold) return null;
    const payload = this.#outgoing.stream.run(message, NO_LIMIT) as Buffer;
    return this.#worthSending(message, payload);
  }

  decodeInPool(payload: Buffer, maxBytes: number, done: (message: Buffer | ErrorCode) => void): void {
    const isLong = this.#decodesLong || payload.length > LONG_BYTES;
    this.#decodesLong = false;
    this.#runInPool(this.#incoming, payload, maxBytes, isLong, done);
  }

  encodeInPool(message: Uint8Array, done: (payload: Uint8Array | null) => void): void {
    if (this.#outgoing === null || message.length < this.#threshold) {
      queueMicrotask(() => done(null));
      return;
    }
    this.#runInPool(this.#outgoing, message, NO_LIMIT, message.length > LONG_BYTES, (payload) =>
      done(typeof payload === "string" ? null : this.#worthSending(message, payload)),
    );
  }

  forget(): void {
    if (this.#outgoing?.settings.takeover === true) this.#outgoing.stream.reset();
  }

  close(): void {
    this.#closed = true;
    for (const side of [this.#outgoing, this.#incoming])
      if (side?.settings.takeover === true) side.stream.close();
  }

  /** What refers to nothing may also be left as it was; else the receiver's window must get it. */
  #worthSending(message: Uint8Array, payload: Buffer): Buffer | null {
    return this.#outgoing!.settings.takeover || payload.length < message.length ? payload : null;
  }

  #runInPool(
    { settings, stream }: Direction,
    input: Uint8Array,
    maxBytes: number,
    isLong: boolean,
    done: (output: Buffer | ErrorCode) => void,
  ): void {
    runJob(
      this,
      (place) => {
        const visit = new Visit(place);
        const answer = (output: Buffer | ErrorCode): void => {
          visit.end();
          done(output);
        };
        // How long it takes to compress a message is known before.
        const pause = isLong || settings.kind === "deflate" ? undefined : visit.pauseAt(input.length);
        if (this.#closed) answer("UNDECODABLE");
        else if (settings.takeover) stream.runInPool(input, maxBytes, answer, pause);
        else runAlone(settings, input, maxBytes, answer, pause);
      },
      isLong,
    );
  }
}

/** A job's stay in the pool, with a wait in its middle if it turns out to be long. */
class Visit {
  /** Null while it waits. */
  #place: Place | null;
  #ended = false;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Where inflate has made so much of `inputBytes` that it gives way. */
  pauseAt(inputBytes: number): Pause {
    return {
      bytes: Math.min(Math.max(inputBytes * LONG_RATIO, AT_ONCE_BYTES), LONG_BYTES),
      wait: (goOn) => {
        const place = this.#place!;
        this.#place = null;
        place.moveToLong((other) => {
          if (this.#ended) {
            other.leave();
            return;
          }
          this.#place = other;
          goOn();
        });
      },
    };
  }

  end(): void {
    this.#ended = true;
    this.#place?.leave();
  }
}

/** A shared stream must be free for others, so that a big message has one of its own. */
function runAlone(
  settings: ZlibSettings,
  input: Uint8Array,
  maxBytes: number,
  done: (output: Buffer | ErrorCode) => void,
  pause?: Pause,
): void {
  const stream = openStream(settings);
  const closeAndTell = (output: Buffer | ErrorCode): void => {
    stream.close();
    done(output);
  };
  stream.runInPool(input, maxBytes, closeAndTell, pause);
}

/** Those of the shared ones that compress by no connection's settings, by the bits of the window. */
const alone: ZlibStream[] = [];

/**
 * Compresses a message without reference to any other, for whoever can hold a window of `windowBits`.
 *
 * @returns the payload; good until the next call of any codec
 */
export function compressAlone(message: Uint8Array, windowBits: number): Buffer {
  alone[windowBits] ??= sharedStream(aloneSettings(windowBits));
  return alone[windowBits].run(message, NO_LIMIT) as Buffer;
}

/** Whose jobs the compressing of published messages are. */
const PUBLISHER = {};

/** The same in the thread pool. */
export function compressAloneInPool(
  message: Uint8Array,
  windowBits: number,
  done: (payload: Buffer) => void,
): void {
  runJob(
    PUBLISHER,
    (place) =>
      runAlone(aloneSettings(windowBits), message, NO_LIMIT, (payload) => {
        place.leave();
        done(payload as Buffer);
      }),
    message.length > LONG_BYTES,
  );
}

function aloneSettings(windowBits: number): ZlibSettings {
  return { kind: "deflate", windowBits, memLevel: SHARED_MEM_LEVEL, level: DEFAULT_LEVEL, takeover: false };
}
