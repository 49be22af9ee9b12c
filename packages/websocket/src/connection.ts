import { Buffer } from "node:buffer";
import { encodeClosePayload, parseClosePayload } from "./close.ts";
import type { ConnectionOptions, ReplyListener } from "./connection-options.ts";
import { type ErrorCode, WebSocketError } from "./errors.ts";
import type { Event } from "./events.ts";
import { FrameEncoder } from "./frame-encoder.ts";
import { type Limits, resolveLimits } from "./limits.ts";
import { randomMaskKey } from "./mask.ts";
import { IDENTITY, type MessageCodec } from "./message-codec.ts";
import { type ControlFrame, MessageReceiver } from "./message-receiver.ts";
import { MessageSender } from "./message-sender.ts";
import { CLOSE, MAX_CONTROL_BYTES, PING, PONG } from "./opcode.ts";
import { PingFlood } from "./ping-flood.ts";
import type { PreparedFrames } from "./prepared.ts";
import { isFinal, isReading, nextState, type State, type Transition } from "./state.ts";

/**
 * One side of a WebSocket after the handshake. Bytes go in by `receive`, events come out of `next`; messages go in by `text`,
 * `binary` and so on, bytes come out to the output. It does no IO and knows no time.
 *
 * ```text
 * connection.receive(bytes);
 * for (let event = connection.next(); event !== null; event = connection.next()) handle(event);
 * ```
 *
 * Any method may be called between two calls of `next`. When the state becomes `closed` or `failed`, write what the output has
 * got, then close the transport.
 */
export class Connection {
  readonly #receiver: MessageReceiver;
  readonly #encoder: FrameEncoder;
  readonly #sender: MessageSender;
  readonly #codec: MessageCodec;
  readonly #replies: ReplyListener | null;
  #state: State = "open";
  #closeSent = false;
  #closeReceived = false;
  #limits: Limits;
  /** Made for the first ping: most clients send none. */
  #pings: PingFlood | null = null;

  /** @throws TypeError for a limit that does not exist or is not a number, RangeError for one that is out of its range. */
  constructor(options: ConnectionOptions) {
    const { role, output, codec = IDENTITY, maskKey = randomMaskKey } = options;
    const wake = options.wake ?? null;
    this.#replies = options.replies ?? null;
    const limits = resolveLimits(options.limits);
    this.#codec = codec;
    this.#limits = limits;
    this.#receiver = new MessageReceiver(role, limits, codec, wake);
    this.#encoder = new FrameEncoder(output, role === "server" ? null : maskKey);
    this.#sender = new MessageSender(this.#encoder, codec, wake);
  }

  /**
   * Replaces the limits. They hold from now on, also for the next frames of a message of which a part has come.
   *
   * @throws TypeError and RangeError as the constructor.
   */
  setLimits(limits: Partial<Limits>): void {
    this.#limits = resolveLimits(limits);
    this.#receiver.setLimits(this.#limits);
  }

  /** The connection's state; see state.ts for the rules. */
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

  /** Bytes of sent messages that the output has not got: one of them is not ready, and the others wait behind it. */
  get queuedBytes(): number {
    return this.#sender.queuedBytes;
  }

  /** How many messages wait behind the one that is not ready. They take memory even if they have no bytes. */
  get queuedMessages(): number {
    return this.#sender.queuedMessages;
  }

  /** Whether a sent message is not ready, such as an empty Blob. A message that is sent now waits behind it. */
  get waiting(): boolean {
    return this.#sender.waiting;
  }

  /**
   * Whether a big message is in the thread pool. The connection keeps what it receives now: stop reading until `wake`, or it keeps
   * without a bound what the peer sends meanwhile.
   */
  get decoding(): boolean {
    return this.#receiver.decoding;
  }

  /**
   * Lends the machine received bytes: `bytes[start, end)` must not change until `next()` has returned null. The machine does not
   * write to them. It ignores them after the peer's Close frame and after a failure.
   *
   * @throws Error if `next()` has not read the bytes of the call before to their end; RangeError for bytes that do not exist.
   */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (
      !(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= bytes.length)
    ) {
      throw new RangeError(`there are no bytes from ${start} to ${end} in ${bytes.length}`);
    }
    if (isReading(this.#state)) this.#receiver.receive(bytes, start, end);
  }

  /** The transport has ended. Frees the memory. */
  receiveEnd(): void {
    this.#move("failure");
  }

  /** Whether there may be more events in the received bytes. Between two of them a host may run what its handlers have queued. */
  get unread(): boolean {
    return isReading(this.#state) && this.#receiver.unread;
  }

  /** Gives the memory of `receive` back before `next` has returned null: copies the unread bytes. `receive` may be called again. */
  keep(): void {
    this.#receiver.keep();
  }

  /**
   * The next event; null when all received bytes have been read. The pong to a ping has been sent when the ping's event comes. The
   * pong to the last ping of a flood has been sent when null comes, so call it until then.
   */
  next(): Event | null {
    const received = isReading(this.#state) ? this.#receiver.next() : null;
    if (received === null) {
      this.#pongToFlood();
      this.#pings?.reset();
      return null;
    }
    if (typeof received === "string") return this.#refuse(received);
    return received.type === "control" ? this.#readControl(received) : received;
  }

  /**
   * Sends a text message. Lone surrogates become U+FFFD. False, and nothing is sent, unless the state is `open`.
   *
   * @param compress whether the codec, if there is one, may encode it
   * @param length its bytes as UTF-8, for a caller that has counted them: a count costs as much as all else on a short text
   */
  text(text: string, compress = true, length: number = Buffer.byteLength(text)): boolean {
    if (this.#state !== "open") return false;
    this.#sender.text(text, compress, length);
    return true;
  }

  /**
   * Sends a binary message. The bytes are copied, and may change when this returns. False, and nothing is sent, unless the
   * state is `open`.
   *
   * @param compress whether the codec, if there is one, may encode it
   */
  binary(bytes: Uint8Array, compress = true): boolean {
    if (this.#state !== "open") return false;
    this.#sender.binary(bytes, compress);
    return true;
  }

  /**
   * Keeps the place of a binary message whose bytes are not known yet, as those of a Blob: messages that are sent after it wait for it.
   *
   * @param size the number of bytes, for `queuedBytes`
   * @returns a function to call once: with the bytes, which must not change until they are written, or with null to give the place
   *   up. Write what the output has got then. Null, and there is no place, unless the state is `open`.
   */
  reserve(size: number, compress = true): ((bytes: Uint8Array | null) => void) | null {
    return this.#state === "open" ? this.#sender.reserve(size, compress) : null;
  }

  /**
   * Sends a message framed by {@link prepareMessage}. False, and nothing is sent, unless the state is `open`.
   *
   * @throws TypeError in the client's role.
   */
  prepared(message: PreparedFrames): boolean {
    if (this.#state !== "open") return false;
    this.#sender.prepared(message);
    return true;
  }

  /**
   * Sends a ping with up to 125 bytes. False, and nothing is sent, unless the state is `open`.
   *
   * @throws RangeError if there are more bytes (RFC 6455 §5.5).
   */
  ping(bytes?: Uint8Array): boolean {
    return this.#sendControl(PING, bytes);
  }

  /** Sends an unsolicited pong (RFC 6455 §5.5.3: a one-way heartbeat); otherwise as {@link Connection.ping}. */
  pong(bytes?: Uint8Array): boolean {
    return this.#sendControl(PONG, bytes);
  }

  /**
   * Starts the closing handshake. Messages may still arrive until the peer's Close frame comes. False, and nothing is sent, unless
   * the state is `open`.
   *
   * @param code 1000-1003, 1007-1014 or 3000-4999; none if left out.
   * @param reason up to 123 bytes of UTF-8; only with a code.
   * @throws RangeError if the code or the reason may not be sent (RFC 6455 §5.5.1, §7.4).
   */
  close(code?: number, reason?: string): boolean {
    const payload = encodeClosePayload(code, reason);
    if (this.#state !== "open") return false;
    // No message is sent after this, even if the frame has to wait for messages in the pool.
    this.#move("close-sent");
    this.#sender.behind(() => this.#writeClose(payload));
    return true;
  }

  /**
   * Fails the connection (RFC 6455 §7.1.7): writes a Close frame, unless one has been written, and stops reading. Does nothing in a
   * final state.
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
    // At once: the pong goes behind the host's messages about earlier events, and before those about later ones.
    this.#pings ??= new PingFlood();
    if (this.#pings.add(payload, this.#limits.pingsPerReceive)) this.#pong(payload);
    return { type: "ping", bytes: payload };
  }

  #readClose(payload: Buffer): Event {
    const status = parseClosePayload(payload);
    if (typeof status === "string") return this.#refuse(status);
    this.#pongToFlood();
    if (this.#state === "open") this.#replies?.beforeReply();
    this.#closeReceived = true;
    const ownIsQueued = this.#state === "closing-local" && !this.#closeSent;
    // §5.5.1: the response echoes the code. It echoes the reason too, as in ws and uWebSockets, since the peer's application gets
    // it in its close event. The response goes behind what was sent before, as §5.5.1 allows.
    if (ownIsQueued) this.#state = "closing-remote";
    else this.#move("close-received");
    if (!this.#closeSent && !ownIsQueued) this.#sender.behind(() => this.#writeClose(payload));
    return { type: "close", code: status.code, reason: status.reason };
  }

  #refuse(code: ErrorCode): Event {
    const error = new WebSocketError(code);
    if (this.#state === "open") this.#replies?.beforeReply();
    this.fail(error.closeCode, error.message);
    return { type: "error", error };
  }

  /** Sends no pong after our Close frame: §5.5.2 would allow one, but §1.4 promises that nothing follows the Close frame. */
  #pong(payload: Buffer): void {
    if (this.#state === "open") this.#replies?.beforeReply();
    // The listener may have closed the connection.
    if (this.#state === "open") this.#encoder.frame(PONG, payload);
  }

  #pongToFlood(): void {
    const payload = this.#pings?.takeLast();
    if (payload != null) this.#pong(payload);
  }

  #sendControl(opcode: typeof PING | typeof PONG, bytes: Uint8Array = NO_BYTES): boolean {
    if (bytes.length > MAX_CONTROL_BYTES)
      throw new RangeError(`a control frame has at most ${MAX_CONTROL_BYTES} bytes (RFC 6455 §5.5)`);
    if (this.#state !== "open") return false;
    this.#encoder.frame(opcode, bytes);
    return true;
  }

  #writeClose(payload: Uint8Array): void {
    this.#closeSent = true;
    this.#encoder.frame(CLOSE, payload);
    this.#move("close-sent");
  }

  #move(transition: Transition): void {
    this.#state = nextState(transition, this.#state);
    if (!isReading(this.#state)) this.#receiver.drop();
    if (!isFinal(this.#state)) return;
    this.#sender.drop();
    this.#codec.close?.();
  }
}

const NO_BYTES = new Uint8Array(0);
