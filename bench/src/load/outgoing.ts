import { randomBytes } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";
import { type Frame, frame, opcodes } from "./frames.ts";
import { type MessageKind, makeMessage } from "./messages.ts";

/** The message of a scenario. */
export function scenarioMessage(kind: MessageKind, bytes: number, compressed: boolean): Frame {
  const opcode = kind === "binary" ? opcodes.binary : opcodes.text;
  return { opcode, compressed, payload: makeMessage(kind, bytes) };
}

/** The payload as a client sends it that remembers nothing between two messages (RFC 7692, section 7.2.1). */
export function wirePayload({ compressed, payload }: Frame): Buffer {
  if (!compressed) return payload;
  const flushed = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  return flushed.subarray(0, -4);
}

/** Different masks that are prepared, and the bytes that all of them together may take. */
const variants = 16;
const bytesForVariants = 32 * 2 ** 20;

/**
 * Batches of masked frames, each frame with a key of its own, to be sent in turn. All frames have one length, so the first part
 * of a batch is a smaller batch.
 */
export class Outgoing {
  readonly frameLength: number;
  readonly #batches: readonly Buffer[];
  #next = 0;

  constructor(message: Frame, framesPerBatch: number) {
    const sent = { ...message, payload: wirePayload(message) };
    const batch = (): Buffer => {
      return Buffer.concat(Array.from({ length: framesPerBatch }, () => frame(sent, randomBytes(4))));
    };
    const first = batch();
    const count = Math.max(1, Math.min(variants, Math.floor(bytesForVariants / first.length)));
    this.frameLength = first.length / framesPerBatch;
    this.#batches = [first, ...Array.from({ length: count - 1 }, batch)];
  }

  /** @throws RangeError if `count` is more than a batch: fewer frames than asked for would be waited for in vain. */
  frames(count: number): Buffer {
    const batch = this.#batches[this.#next]!;
    if (count * this.frameLength > batch.length)
      throw new RangeError(`${count} frames are more than a batch`);
    this.#next = (this.#next + 1) % this.#batches.length;
    return batch.subarray(0, count * this.frameLength);
  }
}
