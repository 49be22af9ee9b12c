import { Buffer, constants } from "node:buffer";
import { ControlAssembler } from "./control-assembler.ts";
import type { ErrorCode } from "./errors.ts";
import type { BinaryEvent, TextEvent } from "./events.ts";
import { FrameDecoder, NEED_MORE, REFUSED } from "./frame-decoder.ts";
import { asBuffer } from "./frame-encoder.ts";
import { type FrameRules, frameRules } from "./frame-header.ts";
import { AT_ONCE_BYTES, type Limits, POOL_BYTES } from "./limits.ts";
import { unmaskToCopy } from "./mask.ts";
import { MessageAssembler } from "./message-assembler.ts";
import type { MessageCodec } from "./message-codec.ts";
import { isControl, TEXT } from "./opcode.ts";
import { decodeUtf8 } from "./utf8.ts";

/** A whole control frame. */
export interface ControlFrame {
  readonly type: "control";
  readonly opcode: number;
  readonly payload: Buffer;
}

/** The results of {@link MessageReceiver.next}: a message, a control frame, or the reason of a refusal. */
export type Received = TextEvent | BinaryEvent | ControlFrame | ErrorCode;

/**
 * Turns bytes into whole messages and control frames, in order. While a big message is decompressed in the thread pool, it reads
 * nothing behind it.
 */
export class MessageReceiver {
  readonly #decoder: FrameDecoder;
  readonly #assembler: MessageAssembler;
  /** Made for the first control frame. */
  #control: ControlAssembler | null = null;
  readonly #role: "server" | "client";
  readonly #codec: MessageCodec;
  #limits: Limits;
  readonly #wake: (() => void) | null;
  #decoding = false;
  /** How many bytes compressed messages may still become synchronously in this turn. */
  #atOnce = 0;
  /** The result from the pool. */
  #decoded: Received | null = null;
  /** Copies of the bytes behind the message in the pool; null if all have been read. */
  #kept: Buffer[] | null = null;
  #dropped = false;

  /** @param wake as in `ConnectionOptions`; null to do everything at once */
  constructor(role: "server" | "client", limits: Limits, codec: MessageCodec, wake: (() => void) | null) {
    this.#decoder = new FrameDecoder(rulesOf(role, codec, limits));
    this.#assembler = new MessageAssembler(limits);
    this.#role = role;
    this.#codec = codec;
    this.#limits = limits;
    this.#wake = wake;
  }

  setLimits(limits: Limits): void {
    this.#limits = limits;
    this.#decoder.rules = rulesOf(this.#role, this.#codec, limits);
    this.#assembler.limits = limits;
  }

  /** A message is in the pool. */
  get decoding(): boolean {
    return this.#decoding;
  }

  /** @throws Error if `next()` has not read the bytes of the call before to their end. */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (this.#kept !== null) {
      this.#kept.push(Buffer.from(bytes.subarray(start, end)));
      return;
    }
    this.#atOnce = AT_ONCE_BYTES;
    if (!this.#decoder.drained) throw new Error("receive() was called before next() had returned null");
    this.#read(asBuffer(bytes), start, end);
  }

  /** Null until more bytes, or the message in the pool, have come. After a refusal it must not be called again. */
  next(): Received | null {
    if (this.#decoded !== null) {
      const decoded = this.#decoded;
      this.#decoded = null;
      return decoded;
    }
    while (!this.#decoding) {
      const found = this.#decoder.next();
      if (found === REFUSED) return this.#decoder.error;
      if (found === NEED_MORE) {
        const bytes = this.#kept?.shift();
        if (bytes === undefined) {
          this.#kept = null;
          return null;
        }
        this.#read(bytes);
        continue;
      }
      const received = isControl(this.#decoder.opcode) ? this.#readControl() : this.#readData();
      if (received !== null) return received;
    }
    return null;
  }

  /** Whether there are bytes that `next()` has not read. */
  get unread(): boolean {
    return !this.#decoder.drained || (this.#kept !== null && this.#kept.length > 0);
  }

  /** Copies the unread bytes, and gives their memory back to the lender. */
  keep(): void {
    // What is read after the first call is a copy already: a host may stop behind each of ten thousand messages.
    if (this.#decoder.drained || this.#kept !== null) return;
    this.#kept = [this.#decoder.takeRest()];
  }

  /** Drops everything, also the message in the pool. */
  drop(): void {
    this.#decoder.drop();
    this.#assembler.drop();
    this.#kept = null;
    this.#dropped = true;
  }

  #read(bytes: Buffer, start = 0, end: number = bytes.length): void {
    this.#decoder.push(bytes, start, end);
  }

  #readControl(): ControlFrame | null {
    const { opcode } = this.#decoder;
    this.#control ??= new ControlAssembler();
    const payload = this.#control.push(this.#decoder);
    return payload === null ? null : { type: "control", opcode, payload };
  }

  #readData(): Received | null {
    const message = this.#assembler.push(this.#decoder);
    if (message === null) return null;
    if (message === false) return this.#assembler.error;
    if (typeof message === "string") return { type: "text", text: message };
    return this.#assembler.encoded ? this.#decode(message) : { type: "binary", bytes: message };
  }

  #decode(payload: Buffer): Received | null {
    const { messageBytes } = this.#limits;
    if (this.#wake === null || this.#codec.decodeInPool === undefined) {
      return this.#decodedMessage(this.#codec.decode(payload, messageBytes) ?? "UNDECODABLE");
    }
    if (payload.length >= POOL_BYTES) return this.#decodeInPool(payload);
    const message = this.#atOnce > 0 ? this.#codec.decode(payload, messageBytes, this.#atOnce) : null;
    // A copy: a small payload lies in borrowed memory.
    if (message === null) return this.#decodeInPool(Buffer.from(payload));
    if (typeof message !== "string") this.#atOnce -= message.length;
    return this.#decodedMessage(message);
  }

  #decodeInPool(payload: Buffer): null {
    this.#decoding = true;
    // The rest of this chunk stands before those that have come behind it.
    this.#kept ??= [];
    this.#kept.unshift(this.#decoder.takeRest());
    this.#codec.decodeInPool!(payload, this.#limits.messageBytes, (message) => {
      this.#decoding = false;
      this.#atOnce = AT_ONCE_BYTES;
      if (this.#dropped) return;
      this.#decoded = this.#decodedMessage(message);
      this.#wake!();
    });
    return null;
  }

  #decodedMessage(message: Buffer | ErrorCode): Received {
    if (typeof message === "string") return message;
    // A copy: the codec uses its memory again.
    if (this.#assembler.opcode !== TEXT)
      return { type: "binary", bytes: unmaskToCopy(message, 0, message.length, 0) };
    // Node.js makes no longer string.
    if (message.length > constants.MAX_STRING_LENGTH) return "MESSAGE_TOO_BIG";
    const text = decodeUtf8(message, 0, message.length);
    return text === null ? "TEXT_UTF8" : { type: "text", text };
  }
}

function rulesOf(role: "server" | "client", codec: MessageCodec, limits: Limits): FrameRules {
  return frameRules(role === "server", codec.rsv1, limits.frameBytes);
}
