import type { IncomingRequest } from "@mantou/http1";
import type { Encoding } from "../api/compress.ts";
import { WholeResponse } from "../http/outgoing.ts";
import type { ResolvedCompress } from "../options/compress-options.ts";
import { type AcceptedEncodings, EncodingNegotiator } from "./accept-encoding.ts";
import { CODECS, type Codec, KEPT_LEVELS, LIVE_LEVELS } from "./codecs.ts";
import { compressedStream, type PieceSource } from "./compressed-stream.ts";
import { compressibleTypes } from "./compressible.ts";
import type { Representation } from "./representation.ts";

/**
 * From here on the thread pool compresses: at the default qualities gzip takes 2 ms for 64 KiB, brotli 1 ms, in which nothing else would happen.
 * Above the defaults it compresses bodies of any length: brotli 9 takes 16 ms for 4 KiB, brotli 11 95 ms for 64 KiB.
 */
const POOL_BYTES = 64 * 1024;

/**
 * What a response is sent as: in a coding, or without one though it could have one (`identity`), or as the application has made it, which no
 * client can change (`as-is`), or not at all, since no coding is acceptable (`refused`).
 */
export type Form = Encoding | "identity" | "as-is" | "refused";

/** How a server compresses. */
export class Compression {
  /** Bytes. */
  readonly threshold: number;
  readonly encodings: readonly Encoding[];
  readonly isCompressible: (contentType: string | null) => boolean;
  /** The response to a client that accepts none of the codings, and no body without one (RFC 9110 §12.5.3, §15.5.7). */
  readonly notAcceptable: WholeResponse;
  readonly #levels: ResolvedCompress["levels"];
  readonly #negotiator: EncodingNegotiator;

  constructor({ encodings, threshold, types, levels }: ResolvedCompress) {
    this.threshold = threshold;
    this.encodings = encodings;
    this.isCompressible = compressibleTypes(types);
    this.#levels = levels;
    this.#negotiator = new EncodingNegotiator(encodings);
    const fields = ["Content-Type", "text/plain;charset=utf-8", "Vary", "Accept-Encoding"];
    const names = [...encodings.filter((name) => this.has(name)), "identity"].join(", ");
    this.notAcceptable = new WholeResponse({ status: 406, fields }, `The content codings are ${names}\n`);
  }

  /** @param field the request's Accept-Encoding; null without it */
  accept(field: string | null): AcceptedEncodings {
    return this.#negotiator.accept(field);
  }

  /** Whether this Node.js has the coding. */
  has(encoding: Encoding): boolean {
    return CODECS.has(encoding);
  }

  /**
   * Chooses the form of a response, whatever its length.
   *
   * A client that refuses a body without a coding gets one for any type, or 406. It gets the body all the same where a 406 would hide what the
   * request has done, or an error: RFC 9110 §12.5.3 leaves both to the server.
   */
  formOf(
    { method }: IncomingRequest,
    status: number,
    { contentType, isFixed }: Representation,
    accepted: AcceptedEncodings,
  ): Form {
    if (isFixed) return "as-is";
    const encoding = accepted.encodings.find((each) => this.has(each));
    if (accepted.refusesIdentity) {
      if (encoding !== undefined) return encoding;
      return status === 200 && (method === "GET" || method === "HEAD") ? "refused" : "identity";
    }
    if (!this.isCompressible(contentType)) return "as-is";
    return encoding ?? "identity";
  }

  /** Compresses a response that is made anew. */
  compress(bytes: Uint8Array, encoding: Encoding): Uint8Array | Promise<Uint8Array> {
    const codec = codecOf(encoding);
    const level = this.#levels[encoding] ?? LIVE_LEVELS[encoding];
    const isQuick = bytes.length < POOL_BYTES && level <= LIVE_LEVELS[encoding];
    return isQuick ? codec.compressSync(bytes, level) : codec.compress(bytes, level);
  }

  /** Compresses what is sent often. */
  compressKept(bytes: Uint8Array, encoding: Encoding): Promise<Uint8Array> {
    return codecOf(encoding).compress(bytes, this.#levels[encoding] ?? KEPT_LEVELS[encoding]);
  }

  /** @param flushes whether a piece comes out at once, for a client that waits for it */
  stream(source: PieceSource, encoding: Encoding, flushes: boolean): ReadableStream<Uint8Array> {
    const level = this.#levels[encoding] ?? LIVE_LEVELS[encoding];
    return compressedStream(source, codecOf(encoding).createStream(level, flushes));
  }
}

function codecOf(encoding: Encoding): Codec {
  return CODECS.get(encoding)!;
}
