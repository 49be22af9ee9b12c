import { Buffer } from "node:buffer";
import { encodeClosePayload, parseClosePayload } from "./close.ts";
import { type ErrorCode, WebSocketError } from "./errors.ts";
import type { Event } from "./events.ts";
import { FrameEncoder, type Output } from "./frame-encoder.ts";
import { type Limits, resolveLimits } from "./limits.ts";
import { randomMaskKey } from "./mask.ts";
import { IDENTITY, type MessageCodec } from "./message-codec.ts";
import { type ControlFrame, MessageReceiver } from "./message-receiver.ts";
import { MessageSender } from "./message-sender.ts";
import { CLOSE, PING, PONG } from "./opcode.ts";
import type { Prepared } from "./prepared.ts";
import { isFinal, isReading, nextState, type State, type Transition } from "./state.ts";

/** How a {@link Connection} is made. */
export interface ConnectionOptions {
  /** Which side we are: a server receives masked frames and sends unmasked ones, a client the reverse (RFC 6455 §5.1). */
  readonly role: "server" | "client";
  /** Where frames are written, from within the calls of the connection's methods. It must not call them back. */
  readonly output: Output;
  /** See {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<Limits>;
  /** The negotiated extension, for this connection alone; none by default. */
  readonly codec?: MessageCodec;
  /**
   * Called in a later turn, when a big message has come out of the thread pool: call `next` until it gives null, and write what the
   * output has been given. Without it nothing is done in the pool, and a message of some megabytes holds up the event loop while
   * it is compressed or decompressed.
   */
  readonly wake?: () => void;
  /** Called when the peer's Close frame has come, before it is answered: what is sent within goes before the answer. */
  readonly closing?: () => void;
  /** Gives each sent frame's 32-bit masking key, in the client's role; unpredictable ones by default, as §5.3 demands. */
  readonly maskKey?: () => number;
}

/**
 * One side of a WebSocket after the handshake. Bytes go in by `receive`, events come out of `next`; messages go in by `text`,
 * `binary` and so on, bytes come out to the {@link Output}. It does no IO and knows no time.
 *
 * ```text
 * connection.receive(bytes);
 * for (let event = connection.next(); event !== null; event = connection.next()) handle(event);
 * ```
 *
 * Any method may be called between two calls of `next`. When the state becomes `CLOSED` or `FAILED`, write what the output has
 * been given, then close the transport.
 */
export class Connection {
  readonly #receiver: MessageReceiver;
  readonly #encoder: FrameEncoder;
  readonly #sender: MessageSender;
  readonly #codec: MessageCodec;
  readonly #closing: (() => void) | null;
  #state: State = "OPEN";
  #closeSent = false;
  #closeReceived = false;
  /** Pings that have come since `next` last gave null, and how many of them get a pong each. */
  #pings = 0;
  readonly #pingsAnswered: number;
  /** What the last of the pings beyond those said, until it is answered. */
  #unansweredPing: Buffer | null = null;

  /** @throws RangeError if a limit is out of its range. */
  constructor(options: ConnectionOptions) {
    const { role, output, codec = IDENTITY, maskKey = randomMaskKey } = options;
    const wake = options.wake ?? null;
    this.#closing = options.closing ?? null;
    const limits = resolveLimits(options.limits);
    this.#codec = codec;
    this.#pingsAnswered = limits.pingsPerReceive;
    this.#receiver = new MessageReceiver(role, limits, codec, wake);
    this.#encoder = new FrameEncoder(output, role === "server" ? null : maskKey);
    this.#sender = new MessageSender(this.#encoder, codec, wake);
  }

  /** Where the connection is in its life; see state.ts for the rules. */
  get state(): State {
    return this.#state;
  }

  /** Whether our Close frame has been written. */
  get closeSent(): boolean {
    return this.#closeSent;
  }

  /** Whether the peer's Close frame has come. With `closeSent`: the connection was closed cleanly (RFC 6455 §7.1.4). */
  get closeReceived(): boolean {
    return this.#closeReceived;
  }

  /** Bytes of messages that were sent and wait, with or behind one that is not ready, to be written to the output. */
  get queuedBytes(): number {
    return this.#sender.queuedBytes;
  }

  /** How many messages wait so, without the one that is not ready: what they take beside their bytes, which may be none. */
  get queuedMessages(): number {
    return this.#sender.queuedMessages;
  }

  /** Whether something that was sent is not ready, an empty Blob for example, so that what is sent now goes behind it. */
  get waiting(): boolean {
    return this.#sender.waiting;
  }

  /**
   * Whether a big message is in the thread pool, so that what is received now has to be kept: stop reading until `wake`, or what a
   * peer sends meanwhile is held without a bound.
   */
  get decoding(): boolean {
    return this.#receiver.decoding;
  }

  /**
   * Lends the machine what has arrived: `bytes[start, end)` must stay as they are until `next()` has returned null, and are not
   * written to. Ignored after the peer's Close frame and after a failure.
   *
   * @throws Error if the bytes of the call before have not been read to their end by `next()`; RangeError for bytes that are not
   *   there.
   */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (
      !(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= bytes.length)
    ) {
      throw new RangeError(`there are no bytes from ${start} to ${end} in ${bytes.length}`);
    }
    if (isReading(this.#state)) this.#receiver.receive(bytes, start, end);
  }

  /** The transport has ended: nothing comes or goes any more. Frees what is held. */
  receiveEnd(): void {
    this.#move("failure");
  }

  /** Whether there may be more events in what was received. Between two of them a host may run what its handlers have queued. */
  get unread(): boolean {
    return isReading(this.#state) && this.#receiver.unread;
  }

  /** Gives the memory of `receive` back before `next` has returned null: what has not been read is copied. `receive` may be called again. */
  keep(): void {
    this.#receiver.keep();
  }

  /**
   * The next event; null when all that was received has been read. A ping has been answered when its event comes; the last ping
   * of a flood is answered when null comes, so go on until then.
   */
  next(): Event | null {
    const received = isReading(this.#state) ? this.#receiver.next() : null;
    if (received === null) {
      this.#answerFlood();
      this.#pings = 0;
      return null;
    }
    if (typeof received === "string") return this.#refuse(received);
    return received.type === "control" ? this.#readControl(received) : received;
  }

  /**
   * Sends a text message. Lone surrogates become U+FFFD. False, and nothing is sent, unless the state is `OPEN`.
   *
   * @param compress whether the codec, if there is one, may encode it
   */
  text(text: string, compress = true): boolean {
    if (this.#state !== "OPEN") return false;
    this.#sender.text(text, compress);
    return true;
  }

  /**
   * Sends a binary message. The bytes are copied, and may be changed when this returns. False, and nothing is sent, unless the
   * state is `OPEN`.
   *
   * @param compress whether the codec, if there is one, may encode it
   */
  binary(bytes: Uint8Array, compress = true): boolean {
    if (this.#state !== "OPEN") return false;
    this.#sender.binary(bytes, compress);
    return true;
  }

  /**
   * Keeps the place of a binary message whose bytes are not there yet, as those of a Blob: what is sent after it waits for it.
   *
   * @param size how many bytes there will be, for `queuedBytes`
   * @returns takes the bytes, once, which must not change until they are written, or null to give the place up; write what the
   *   output has been given then. Null, and there is no place, unless the state is `OPEN`.
   */
  reserve(size: number, compress = true): ((bytes: Uint8Array | null) => void) | null {
    return this.#state === "OPEN" ? this.#sender.reserve(size, compress) : null;
  }

  /**
   * Sends a message framed by {@link prepareMessage}. False, and nothing is sent, unless the state is `OPEN`.
   *
   * @throws TypeError in the client's role.
   */
  prepared(message: Prepared): boolean {
    if (this.#state !== "OPEN") return false;
    this.#sender.prepared(message);
    return true;
  }

  /**
   * Sends a ping with up to 125 bytes. False, and nothing is sent, unless the state is `OPEN`.
   *
   * @throws RangeError if there are more bytes (RFC 6455 §5.5).
   */
  ping(bytes?: Uint8Array): boolean {
    return this.#sendControl(PING, bytes);
  }

  /** Sends a pong that answers no ping (RFC 6455 §5.5.3: a one-way heartbeat); otherwise as {@link Connection.ping}. */
  pong(bytes?: Uint8Array): boolean {
    return this.#sendControl(PONG, bytes);
  }

  /**
   * Begins the close handshake. Messages may still arrive until the peer's Close frame comes. False, and nothing is sent, unless
   * the state is `OPEN`.
   *
   * @param code 1000-1003, 1007-1014 or 3000-4999; none if left out.
   * @param reason up to 123 bytes of UTF-8; only with a code.
   * @throws RangeError if the code or the reason may not be sent (RFC 6455 §5.5.1, §7.4).
   */
  close(code?: number, reason?: string): boolean {
    const payload = encodeClosePayload(code, reason);
    if (this.#state !== "OPEN") return false;
    // Nothing else is sent from here on, even if the frame has to wait for messages in the pool.
    this.#move("close-sent");
    this.#sender.behind(() => this.#writeClose(payload));
    return true;
  }

  /**
   * Fails the connection (RFC 6455 §7.1.7): writes a Close frame, unless one has been written, and reads no more. Does nothing
   * in a final state.
   *
   * @throws RangeError as {@link Connection.close}.
   */
  fail(code: number, reason?: string): void {
    const payload = encodeClosePayload(code, reason);
    if (!isFinal(this.#state) && !this.#closeSent) this.#writeClose(payload);
    this.#move("failure");
  }

  #readControl({ opcode, payload }: ControlFrame): Event {
    if (opcode === CLOSE) return this.#readClose(payload);
    if (opcode === PONG) return { type: "pong", bytes: payload };
    // Each ping is answered, at once: behind the answers to what came before it, and before those to what comes after it. Of a
    // flood the last is enough (§5.5.3). It is a copy, since the event gives the payload away.
    if (++this.#pings > this.#pingsAnswered) this.#unansweredPing = Buffer.from(payload);
    else this.#answerPing(payload);
    return { type: "ping", bytes: payload };
  }

  #readClose(payload: Buffer): Event {
    const status = parseClosePayload(payload);
    if (typeof status === "string") return this.#refuse(status);
    this.#answerFlood();
    if (this.#state === "OPEN") this.#closing?.();
    this.#closeReceived = true;
    const ownIsQueued = this.#state === "CLOSING_LOCAL" && !this.#closeSent;
    // §5.5.1: the answer carries the code that it answers. The reason too, as from ws and uWebSockets, since it is what the
    // peer's application hears in the end, although it said it itself. It goes behind what was sent before, as §5.5.1 allows.
    if (ownIsQueued) this.#state = "CLOSING_REMOTE";
    else this.#move("close-received");
    if (!this.#closeSent && !ownIsQueued) this.#sender.behind(() => this.#writeClose(payload));
    return { type: "close", code: status.code, reason: status.reason };
  }

  #refuse(code: ErrorCode): Event {
    const error = new WebSocketError(code);
    this.fail(error.closeCode, error.message);
    return { type: "error", error };
  }

  /** Not after our Close frame: §5.5.2 would let us, but §1.4 promises that nothing follows it. */
  #answerPing(payload: Buffer): void {
    if (this.#state === "OPEN") this.#encoder.frame(PONG, payload);
  }

  #answerFlood(): void {
    if (this.#unansweredPing === null) return;
    this.#answerPing(this.#unansweredPing);
    this.#unansweredPing = null;
  }

  #sendControl(opcode: typeof PING | typeof PONG, bytes: Uint8Array = NO_BYTES): boolean {
    if (bytes.length > 125) throw new RangeError("a control frame has at most 125 bytes (RFC 6455 §5.5)");
    if (this.#state !== "OPEN") return false;
    this.#encoder.frame(opcode, bytes);
    return true;
  }

  #writeClose(payload: Uint8Array): void {
    this.#closeSent = true;
    this.#encoder.frame(CLOSE, payload);
    this.#move("close-sent");
  }

  #move(transition: Transition): void {
    this.#state = nextState(this.#state, transition);
    if (!isReading(this.#state)) this.#receiver.drop();
    if (!isFinal(this.#state)) return;
    this.#sender.drop();
    this.#codec.close?.();
  }
}

const NO_BYTES = new Uint8Array(0);
