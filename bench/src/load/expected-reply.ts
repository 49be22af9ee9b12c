import { constants, inflateRawSync } from "node:zlib";
import { type Frame, frame, frameLength, readFrame } from "./frames.ts";

/** What RFC 7692, section 7.2.2, puts behind a payload before it is inflated. */
const tail = Buffer.from([0, 0, 0xff, 0xff]);

/**
 * Looks at the beginning of what a connection receives: the first frame has to be the message, byte by byte or, as servers
 * compress in different ways, after it was inflated.
 */
export class ExpectedReply {
  readonly #message: Frame;
  /** Uncompressed there is one way to write it. */
  readonly #bytes: Buffer | undefined;

  /** @param message as it was sent, before compression; `compressed` says how it has to come */
  constructor(message: Frame) {
    this.#message = message;
    if (!message.compressed) this.#bytes = frame(message);
  }

  /**
   * @param received everything so far
   * @returns whether the first frame is there and right; false when more has to come
   * @throws Error when it is wrong
   */
  check(received: Buffer): boolean {
    if (this.#bytes === undefined) return this.#checkInflated(received);
    const length = Math.min(received.length, this.#bytes.length);
    if (received.compare(this.#bytes, 0, length, 0, length) !== 0) {
      throw new Error(`a frame differs from the one expected: ${start(received)}`);
    }
    return length === this.#bytes.length;
  }

  #checkInflated(received: Buffer): boolean {
    const length = frameLength(received);
    if (length === undefined || received.length < length) return false;
    const { opcode, compressed, payload } = readFrame(received);
    if (!compressed) throw new Error(`a frame is not compressed: ${start(received)}`);
    const options = { finishFlush: constants.Z_SYNC_FLUSH };
    const message = inflateRawSync(Buffer.concat([payload, tail]), options);
    if (opcode !== this.#message.opcode || !message.equals(this.#message.payload)) {
      throw new Error(`a frame inflates to something else: ${start(received)}`);
    }
    return true;
  }
}

function start(bytes: Buffer): string {
  return bytes.subarray(0, 100).toString("hex");
}
