import { Buffer } from "node:buffer";
import { compressorSettings } from "./compressor.ts";
import { type DeflateOptions, type DeflateParams, deflateSettings } from "./deflate-negotiation.ts";
import { MAX_WINDOW_BITS } from "./deflate-parameters.ts";
import type { ErrorCode } from "./errors.ts";
import { type Place, runJob } from "./job-pool.ts";
import { AT_ONCE_BYTES, LONG_BYTES, LONG_RATIO } from "./limits.ts";
import type { MessageCodec } from "./message-codec.ts";
import { openStream } from "./open-zlib-stream.ts";
import { DEFAULT_LEVEL, runInOwnStream, SHARED_MEM_LEVEL, sharedStream } from "./shared-streams.ts";
import type { Pause, ZlibSettings, ZlibStream } from "./zlib-stream.ts";

const { queueMicrotask } = globalThis;

/** How a connection compresses its messages, besides what was negotiated. */
export interface DeflateCodecOptions extends DeflateOptions {
  /**
   * From 0 (none) to 9 (smallest). Default 3: of JSON it makes 5-9 % more than 6, zlib's own default, in half the time or less
   * (4 KiB: 574 bytes in 3-6 µs against 546 in 12 µs; 64 KiB: 61 µs against 244 µs).
   */
  readonly level?: number;
  /** Messages of fewer bytes are not compressed. Default 0; an empty message is never compressed. */
  readonly threshold?: number;
}

/** zlib cannot compress with less. With 9 it refers 250 bytes back at most, which fits a window of 8 bits. */
const MIN_WINDOW_BITS = 9;
const NOTHING: Buffer = Buffer.alloc(0);
const NO_LIMIT = Number.POSITIVE_INFINITY;

/** One direction of a connection. */
interface Direction {
  readonly settings: ZlibSettings;
  readonly stream: ZlibStream;
}

function direction(settings: ZlibSettings): Direction {
  return { settings, stream: settings.takeover ? openStream(settings) : sharedStream(settings) };
}

/**
 * permessage-deflate (RFC 7692) as a connection's codec, by the parameters that `acceptDeflate` or `agreeDeflate` returned. Each
 * connection has one. Its memory is two zlib streams at most: they are made at their first use and freed at the end of the
 * connection. A direction without context takeover has none.
 */
export class PerMessageDeflate implements MessageCodec {
  readonly rsv1: boolean = true;
  readonly preparedWindowBits: number;
  /** Null if nothing is to be compressed. */
  readonly #outgoing: Direction | null;
  readonly #incoming: Direction;
  readonly #threshold: number;
  #closed = false;
  /** `decode` has begun a message that is long for its size. */
  #decodingLong = false;

  /**
   * @param role our side
   * @param options the options that `params` were negotiated with
   * @throws TypeError for a compressor that does not exist, or a level or threshold that is not a number
   * @throws RangeError for a level that is not an integer from 0 to 9, or a threshold that is not a number from 0 up
   */
  constructor(role: "server" | "client", params: DeflateParams, options: DeflateCodecOptions = {}) {
    const { level = DEFAULT_LEVEL, threshold = 0 } = options;
    checkNumber("level", level);
    checkNumber("threshold", threshold);
    if (!(Number.isInteger(level) && level >= 0 && level <= 9))
      throw new RangeError(`perMessageDeflate.level must be an integer from 0 to 9, not ${level}`);
    if (!(threshold >= 0))
      throw new RangeError(`perMessageDeflate.threshold must be a number from 0 up, not ${threshold}`);
    const server = {
      bits: params.serverMaxWindowBits,
      noContextTakeover: params.serverNoContextTakeover,
    };
    const client = {
      bits: params.clientMaxWindowBits,
      noContextTakeover: params.clientNoContextTakeover,
    };
    const [mine, theirs] = role === "server" ? [server, client] : [client, server];
    const compress = (deflateSettings(options) ?? { compress: compressorSettings("shared") }).compress;
    const takeover = compress?.takeover === true && !mine.noContextTakeover;
    // A compressor's size is the memory of one connection. A shared stream keeps nothing, and uses all that was agreed.
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
      windowBits: theirs.noContextTakeover ? MAX_WINDOW_BITS : theirs.bits,
      memLevel: 0,
      level: 0,
      takeover: !theirs.noContextTakeover,
    });
    this.preparedWindowBits = this.#outgoing === null ? 0 : windowBits;
    this.#threshold = Math.max(threshold, 1);
  }

  decode(payload: Buffer, maxBytes: number): Buffer | ErrorCode;
  decode(payload: Buffer, maxBytes: number, atOnce: number): Buffer | ErrorCode | null;
  decode(payload: Buffer, maxBytes: number, atOnce: number = NO_LIMIT): Buffer | ErrorCode | null {
    // RFC 7692 §7.2.3.6 makes the empty message one byte. Some peers send none, which has only one meaning.
    if (payload.length === 0) return NOTHING;
    const message = this.#incoming.stream.begin(payload, maxBytes, atOnce);
    this.#decodingLong = message === null;
    return message;
  }

  encode(message: Uint8Array): Uint8Array | null {
    if (this.#outgoing === null || message.length < this.#threshold) return null;
    const payload = this.#outgoing.stream.run(message, NO_LIMIT) as Buffer;
    return this.#worthSending(message, payload);
  }

  decodeInPool(payload: Buffer, maxBytes: number, done: (message: Buffer | ErrorCode) => void): void {
    const isLong = this.#decodingLong || payload.length > LONG_BYTES;
    this.#decodingLong = false;
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

  /** A payload without context takeover may be dropped if it is no shorter. Others must be sent: the receiver's window needs them. */
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
        const visit = new PoolVisit(place);
        const finish = (output: Buffer | ErrorCode): void => {
          visit.end();
          done(output);
        };
        // The time that a message takes to compress is known before.
        const pause = isLong || settings.kind === "deflate" ? undefined : visit.pauseAt(input.length);
        if (this.#closed) finish("UNDECODABLE");
        else if (settings.takeover) stream.runInPool(input, maxBytes, finish, pause);
        else runInOwnStream(settings, input, maxBytes, finish, pause);
      },
      isLong,
    );
  }
}

/** The time of a job in the pool. If the job turns out to be long, it leaves the pool in the middle and waits. */
class PoolVisit {
  /** Null while it waits. */
  #place: Place | null;
  #ended = false;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Inflate gives way to other jobs when it has made so much of `inputBytes`. */
  pauseAt(inputBytes: number): Pause {
    return {
      bytes: Math.min(Math.max(inputBytes * LONG_RATIO, AT_ONCE_BYTES), LONG_BYTES),
      wait: (resume) => {
        const place = this.#place!;
        this.#place = null;
        place.moveToLong((other) => {
          if (this.#ended) {
            other.leave();
            return;
          }
          this.#place = other;
          resume();
        });
      },
    };
  }

  end(): void {
    this.#ended = true;
    this.#place?.leave();
  }
}

function checkNumber(name: string, value: unknown): void {
  if (typeof value !== "number")
    throw new TypeError(`perMessageDeflate.${name} must be a number, not ${typeof value}`);
}
