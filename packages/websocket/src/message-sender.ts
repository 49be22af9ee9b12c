import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import type { EncodedFrame, FrameEncoder } from "./frame-encoder.ts";
import { POOL_BYTES, SENT_AT_ONCE, SENT_AT_ONCE_BYTES } from "./limits.ts";
import { scratch } from "./mask.ts";
import type { MessageCodec } from "./message-codec.ts";
import { BINARY, type DataOpcode, TEXT } from "./opcode.ts";
import type { PreparedFrames } from "./prepared.ts";

/** Functions that send one message each; null for a message that was sent. */
type Queue = ((() => void) | null)[];

/**
 * Turns messages into frames, in order. While a big message is compressed in the thread pool, or the bytes of one are not known yet,
 * the messages behind it wait. Control frames do not come here, since they may stand between messages (RFC 6455 §5.4).
 */
export class MessageSender {
  readonly #encoder: FrameEncoder;
  readonly #codec: MessageCodec;
  readonly #wake: (() => void) | null;
  /** The messages that wait behind such a one; null if there is none. */
  #queue: Queue | null = null;
  /** The index of the first one that has not been sent. */
  #first = 0;
  #queuedBytes = 0;

  /** @param wake called when frames were written in a turn without a call of the host; null if they never may be. */
  constructor(encoder: FrameEncoder, codec: MessageCodec, wake: (() => void) | null) {
    this.#encoder = encoder;
    this.#codec = codec;
    this.#wake = wake;
  }

  /** Bytes of the sent messages that the output has not got. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** How many messages wait behind one that is not ready. */
  get queuedMessages(): number {
    return this.#queue === null ? 0 : this.#queue.length - this.#first;
  }

  /** Whether a message that is sent now has to wait. */
  get waiting(): boolean {
    return this.#queue !== null;
  }

  /** @param length its bytes as UTF-8 */
  text(text: string, compress: boolean, length: number = Buffer.byteLength(text)): void {
    if (this.#queue !== null) {
      this.#enqueue(length, () => this.text(text, compress, length));
      return;
    }
    if (!compress || !this.#codec.rsv1 || !this.#sendEncoded(TEXT, encodeText(text)))
      this.#encoder.text(text, length);
  }

  /** The caller may change the bytes when this returns. */
  binary(bytes: Uint8Array, compress: boolean): void {
    const waits = this.#queue !== null || (compress && this.#isForPool(bytes));
    this.#binary(waits ? Buffer.from(bytes) : bytes, compress);
  }

  /** The bytes do not change. */
  #binary(bytes: Uint8Array, compress: boolean): void {
    if (this.#queue !== null) this.#enqueue(bytes.length, () => this.#binary(bytes, compress));
    else if (!compress || !this.#codec.rsv1 || !this.#sendEncoded(BINARY, bytes))
      this.#encoder.frame(BINARY, bytes);
  }

  prepared(message: PreparedFrames): void {
    const windowBits = this.#codec.preparedWindowBits ?? 0;
    if (this.#queue !== null) {
      this.#enqueue(message.size, () => this.prepared(message));
      return;
    }
    const frame = message.frame(windowBits);
    if (frame !== null) this.#sendPrepared(message, frame);
    else if (this.#wake === null) this.#sendPrepared(message, message.plain);
    else {
      const written = this.#await(message.size);
      message.whenReady(windowBits, (ready) => written(() => this.#sendPrepared(message, ready)));
    }
  }

  /**
   * Keeps the place of a binary message whose bytes are not known yet.
   *
   * @param size the number of bytes, for `queuedBytes`
   * @returns a function to call once: with the bytes, which must not change until they are written, or with null to give the place up
   */
  reserve(size: number, compress: boolean): (bytes: Uint8Array | null) => void {
    let message: Uint8Array | null | undefined;
    let written: ((write: () => void) => void) | null = null;
    const send = (): void => {
      if (message != null) this.#binary(message, compress);
    };
    const turn = (): void => {
      if (message === undefined) written = this.#await(size);
      else send();
    };
    if (this.#queue === null) turn();
    else this.#enqueue(size, turn);
    return (bytes) => {
      message = bytes;
      written?.(send);
    };
  }

  /** Calls `write` behind all messages: at once, unless one is in the pool. */
  behind(write: () => void): void {
    if (this.#queue === null) write();
    else this.#enqueue(0, write);
  }

  /** Drops the waiting messages. */
  drop(): void {
    this.#queue = null;
    this.#first = 0;
    this.#queuedBytes = 0;
  }

  #sendPrepared(message: PreparedFrames, frame: EncodedFrame): void {
    this.#encoder.encoded(frame);
    if (frame !== message.plain) this.#codec.forget?.();
  }

  #isForPool(message: Uint8Array): boolean {
    return message.length >= POOL_BYTES && this.#wake !== null && this.#codec.encodeInPool !== undefined;
  }

  /** False if the message must be sent without compression. */
  #sendEncoded(opcode: DataOpcode, message: Uint8Array): boolean {
    if (this.#isForPool(message)) {
      const written = this.#await(message.length);
      this.#codec.encodeInPool!(message, (payload) =>
        written(() => this.#encoder.frame(opcode, payload ?? message, payload !== null)),
      );
      return true;
    }
    const payload = this.#codec.encode(message);
    if (payload === null) return false;
    this.#encoder.frame(opcode, payload, true);
    return true;
  }

  /** From here on every message waits, until the returned function is called with the one that writes the awaited frame. */
  #await(bytes: number): (write: () => void) => void {
    const queue: Queue = [];
    this.#queue = queue;
    this.#queuedBytes += bytes;
    return (write) => {
      if (this.#queue !== queue) return;
      this.#queue = null;
      this.#queuedBytes -= bytes;
      write();
      this.#run(queue);
      this.#wake?.();
    };
  }

  /** Sends the waiting messages from `first` on, until one of them is not ready, or this turn's share is used up. */
  #run(queue: Queue, first = 0): void {
    // Without a wake the host would not learn of frames in a later turn.
    const shares = this.#wake !== null;
    const end = shares ? Math.min(queue.length, first + SENT_AT_ONCE) : queue.length;
    const leastBytes = shares ? this.#queuedBytes - SENT_AT_ONCE_BYTES : -1;
    let at = first;
    while (this.#queue === null && at < end && this.#queuedBytes > leastBytes) {
      const send = queue[at]!;
      queue[at++] = null;
      send();
    }
    // (Not by shift() and push(...queue): 50,000 messages would take 17 s, and 200,000 are too many arguments.)
    const waiting = this.#queue as Queue | null;
    if (waiting !== null) while (at < queue.length) waiting.push(queue[at++]!);
    else if (at < queue.length) this.#runLater(queue, at);
  }

  #runLater(queue: Queue, first: number): void {
    this.#queue = queue;
    this.#first = first;
    setImmediate(() => {
      if (this.#queue !== queue) return;
      this.#queue = null;
      this.#first = 0;
      this.#run(queue, first);
      this.#wake?.();
    });
  }

  #enqueue(bytes: number, send: () => void): void {
    this.#queuedBytes += bytes;
    this.#queue!.push(() => {
      this.#queuedBytes -= bytes;
      send();
    });
  }
}

/** The text as UTF-8. A small one is in the scratch, and valid until its next use. */
function encodeText(text: string): Uint8Array {
  // A unit has at most three bytes.
  if (text.length * 3 > scratch.length) return Buffer.from(text);
  return scratch.subarray(0, scratch.write(text, 0, "utf8"));
}
