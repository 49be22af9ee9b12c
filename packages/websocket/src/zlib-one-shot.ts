import { Buffer, constants as bufferConstants } from "node:buffer";
import {
  constants,
  deflateRaw,
  deflateRawSync,
  inflateRaw,
  inflateRawSync,
  type ZlibOptions,
} from "node:zlib";
import { MAX_FINAL_BLOCKS } from "./limits.ts";
import type { ZlibFailure, ZlibSettings, ZlibStream } from "./zlib-stream.ts";

const NOTHING: Buffer = Buffer.alloc(0);
const TAIL_BYTES = 4;
/** The tail that RFC 7692 §7.2.2 puts back, and a final block, by which a whole message differs from one that is cut short. */
const LAST_TAIL: Buffer = Buffer.from([0x00, 0x00, 0xff, 0xff, 0x03, 0x00]);
const NO_BOUND = Number.POSITIVE_INFINITY;

/** The result of Node's functions with the option `info`, which their types lack. */
interface Info {
  readonly buffer: Buffer;
  /** `bytesWritten`: how much of the input zlib took. */
  readonly engine: { readonly bytesWritten: number };
}

/** A message in inflate: the rest of the input, and the output so far. */
interface Inflation {
  rest: Uint8Array;
  room: number;
  readonly output: Buffer[];
}

/**
 * A {@link ZlibStream} on documented API only: each message has a zlib stream of its own, with the window of the messages before as
 * its dictionary. It is ten times slower than zlib-direct.ts, and for a Node.js without those internals.
 */
export class OneShotStream implements ZlibStream {
  readonly #settings: ZlibSettings;
  /** The last bytes of all messages, as many as fit the window. */
  #window: Buffer = NOTHING;
  /** A new object for each `close`: results from the pool behind it are late. */
  #life = {};

  constructor(settings: ZlibSettings) {
    this.#settings = settings;
  }

  run(input: Uint8Array, maxBytes: number): Buffer | ZlibFailure {
    const options = this.#options(NO_BOUND, true);
    if (this.#settings.kind === "deflate") return this.#deflated(input, deflateRawSync(input, options));
    const inflation = begin(input, maxBytes);
    for (let result: Buffer | ZlibFailure | null = null; ; ) {
      try {
        result = this.#inflated(inflation, inflateRawSync(inflation.rest, this.#inflateOptions(inflation)));
      } catch (error) {
        result = this.#failed(error);
      }
      if (result !== null) return result;
    }
  }

  /** A message that is stopped is lost, but for the window: `runInPool` starts again from it. */
  begin(input: Uint8Array, maxBytes: number, atOnce: number): Buffer | ZlibFailure | null {
    if (this.#settings.kind === "deflate" || atOnce >= maxBytes) return this.run(input, maxBytes);
    const window = this.#window;
    const result = this.run(input, atOnce);
    if (result !== "MESSAGE_TOO_BIG") return result;
    this.#window = window;
    return null;
  }

  runInPool(input: Uint8Array, maxBytes: number, done: (output: Buffer | ZlibFailure) => void): void {
    const life = this.#life;
    if (this.#settings.kind === "deflate") {
      deflateRaw(input, this.#options(NO_BOUND, true), (_error, bytes) => {
        done(this.#life === life ? this.#deflated(input, bytes) : "UNDECODABLE");
      });
      return;
    }
    const inflation = begin(input, maxBytes);
    const next = (): void => {
      inflateRaw(inflation.rest, this.#inflateOptions(inflation), (error, info) => {
        if (this.#life !== life) return done("UNDECODABLE");
        const result = error === null ? this.#inflated(inflation, info) : this.#failed(error);
        return result === null ? next() : done(result);
      });
    };
    next();
  }

  reset(): void {
    this.#window = NOTHING;
  }

  close(): void {
    this.#life = {};
    this.reset();
  }

  #deflated(input: Uint8Array, bytes: Buffer): Buffer {
    this.#keepWindow(input);
    return bytes.subarray(0, bytes.length - TAIL_BYTES);
  }

  /** Takes the output of one zlib stream; null if a final block ended it before the message (RFC 7692 §7.2.3.4). */
  #inflated(inflation: Inflation, result: unknown): Buffer | ZlibFailure | null {
    const { buffer, engine } = result as Info;
    inflation.output.push(buffer);
    inflation.room -= buffer.length;
    inflation.rest = inflation.rest.subarray(engine.bytesWritten);
    if (inflation.room < 0) return "MESSAGE_TOO_BIG";
    const left = inflation.rest.length;
    if (left > LAST_TAIL.length) return inflation.output.length > MAX_FINAL_BLOCKS ? "UNDECODABLE" : null;
    // Behind a final block, whole by itself or by the 00 00 FF FF, zlib reads nothing.
    if (left > 0 && left < LAST_TAIL.length && left !== LAST_TAIL.length - TAIL_BYTES) return "UNDECODABLE";
    const message = inflation.output.length === 1 ? buffer : Buffer.concat(inflation.output);
    // A final block ends the context, as in zlib-direct.ts.
    if (inflation.output.length === 1 && left === 0) this.#keepWindow(message);
    else this.reset();
    return message;
  }

  #failed(error: unknown): ZlibFailure {
    this.reset();
    return (error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE" ? "MESSAGE_TOO_BIG" : "UNDECODABLE";
  }

  #inflateOptions({ output, room }: Inflation): ZlibOptions {
    return this.#options(room, output.length === 0);
  }

  #options(maxBytes: number, isFirst: boolean): ZlibOptions {
    const { windowBits, memLevel, level, kind } = this.#settings;
    return {
      windowBits,
      finishFlush: kind === "deflate" ? constants.Z_SYNC_FLUSH : constants.Z_FINISH,
      info: kind === "inflate",
      maxOutputLength: Math.min(Math.max(maxBytes, 1), bufferConstants.MAX_LENGTH),
      ...(kind === "deflate" ? { memLevel, level } : {}),
      ...(isFirst && this.#window.length > 0 ? { dictionary: this.#window } : {}),
    };
  }

  #keepWindow(message: Uint8Array): void {
    if (!this.#settings.takeover) return;
    const size = 2 ** this.#settings.windowBits;
    const kept = message.length >= size ? NOTHING : this.#window;
    this.#window = Buffer.concat([kept, message.subarray(-size)]).subarray(-size);
  }
}

function begin(input: Uint8Array, maxBytes: number): Inflation {
  return { rest: Buffer.concat([input, LAST_TAIL]), room: maxBytes, output: [] };
}
