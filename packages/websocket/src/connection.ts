import { encodeClosePayload, parseClosePayload } from "./close.ts";
import { ControlAssembler } from "./control-assembler.ts";
import { type ErrorCode, WebSocketError } from "./errors.ts";
import type { Event } from "./events.ts";
import { FrameDecoder, NEED_MORE, REFUSED } from "./frame-decoder.ts";
import { asBuffer, FrameEncoder, type Output } from "./frame-encoder.ts";
import { type Limits, POOL_BYTES, resolveLimits } from "./limits.ts";
import { randomMaskKey } from "./mask.ts";
import { MessageAssembler } from "./message-assembler.ts";
import { IDENTITY, type MessageCodec } from "./message-codec.ts";
import { MessageSender } from "./message-sender.ts";
import { CLOSE, isControl, PING, PONG, TEXT } from "./opcode.ts";
import type { Prepared } from "./prepared.ts";
import { isReading, nextState, type State, type Transition } from "./state.ts";
import { decodeUtf8 } from "./utf8.ts";

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
  readonly #decoder: FrameDecoder;
  readonly #assembler: MessageAssembler;
  readonly #control = new ControlAssembler();
  readonly #encoder: FrameEncoder;
  readonly #sender: MessageSender;
  readonly #codec: MessageCodec;
  readonly #limits: Limits;
  readonly #wake: (() => void) | null;
  #state: State = "OPEN";
  #closeSent = false;
  #closeReceived = false;
  #pings = 0;
  /** What the last ping of this `receive` said, until it is answered. */
  #unansweredPing: Buffer | null = null;
  /** A message is in the thread pool; nothing behind it is looked at. */
  #decoding = false;
  /** What came out of it. */
  #decoded: Event | null = null;
  /** Copies of what was received behind it. */
  #kept: Buffer[] | null = null;

  /** @throws RangeError if a limit is out of its range. */
  constructor(options: ConnectionOptions) {
    const isServer = options.role === "server";
    this.#limits = resolveLimits(options.limits);
    this.#codec = options.codec ?? IDENTITY;
    const { rsv1 } = this.#codec;
    this.#decoder = new FrameDecoder({ masked: isServer, rsv1, frameBytes: this.#limits.frameBytes });
    this.#assembler = new MessageAssembler(this.#limits);
    this.#encoder = new FrameEncoder(options.output, isServer ? null : (options.maskKey ?? randomMaskKey));
    this.#wake = options.wake ?? null;
    this.#sender = new MessageSender(this.#encoder, this.#codec, this.#wake);
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

  /** Bytes of messages that were sent and wait, behind one in the thread pool, to be written to the output. */
  get queuedBytes(): number {
    return this.#sender.queuedBytes;
  }

  /**
   * Whether a big message is in the thread pool, so that what is received now has to be kept: stop reading until `wake`, or what a
   * peer sends meanwhile is held without a bound.
   */
  get decoding(): boolean {
    return this.#decoding;
  }

  /**
   * Lends the machine what has arrived: `bytes` must stay as they are until `next()` has returned null, and are not written to.
   * Ignored after the peer's Close frame and after a failure.
   *
   * @throws Error if the bytes of the call before have not been read to their end by `next()`.
   */
  receive(bytes: Uint8Array): void {
    if (!isReading(this.#state)) return;
    if (this.#kept !== null) {
      this.#kept.push(Buffer.from(bytes));
      return;
    }
    if (!this.#decoder.drained) throw new Error("receive() was called before next() had returned null");
    this.#pings = 0;
    this.#decoder.push(asBuffer(bytes));
  }

  /** The transport has ended: nothing comes or goes any more. Frees what is held. */
  receiveEnd(): void {
    this.#move("failure");
  }

  /**
   * The next event; null when all that was received has been read. The last ping is answered at that point, so go on until
   * null comes.
   */
  next(): Event | null {
    if (this.#decoded !== null) {
      const event = this.#decoded;
      this.#decoded = null;
      return event;
    }
    while (isReading(this.#state) && !this.#decoding) {
      const found = this.#decoder.next();
      if (found === NEED_MORE) {
        if (this.#kept !== null && this.#readKept()) continue;
        break;
      }
      if (found === REFUSED) return this.#refuse(this.#decoder.error!);
      const event = isControl(this.#decoder.opcode) ? this.#readControl() : this.#readData();
      if (event !== null) return event;
    }
    this.#answerPing();
    return null;
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
   * Sends a binary message. Up to 1 KiB is copied; more may be handed to the output as it is, and must then not be changed until
   * it is written. False, and nothing is sent, unless the state is `OPEN`.
   *
   * @param compress whether the codec, if there is one, may encode it
   */
  binary(bytes: Uint8Array, compress = true): boolean {
    if (this.#state !== "OPEN") return false;
    this.#sender.binary(bytes, compress);
    return true;
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
    if (isReading(this.#state) && !this.#closeSent) this.#writeClose(payload);
    this.#move("failure");
  }

  #readData(): Event | null {
    const message = this.#assembler.push(this.#decoder);
    if (message === null) return null;
    if (message === false) return this.#refuse(this.#assembler.error!);
    if (typeof message === "string") return { type: "text", text: message };
    return this.#assembler.encoded ? this.#decode(message) : { type: "binary", bytes: message };
  }

  #decode(payload: Buffer): Event | null {
    const { messageBytes } = this.#limits;
    if (payload.length < POOL_BYTES || this.#wake === null || this.#codec.decodeInPool === undefined) {
      return this.#decodedEvent(this.#codec.decode(payload, messageBytes));
    }
    this.#decoding = true;
    this.#kept = [this.#decoder.takeRest()];
    this.#codec.decodeInPool(payload, messageBytes, (message) => {
      this.#decoding = false;
      if (!isReading(this.#state)) return;
      this.#decoded = this.#decodedEvent(message);
      this.#wake!();
    });
    return null;
  }

  #decodedEvent(message: Buffer | ErrorCode): Event {
    if (typeof message === "string") return this.#refuse(message);
    // A copy: the codec uses its memory again.
    if (this.#assembler.opcode !== TEXT) return { type: "binary", bytes: Buffer.from(message) };
    const text = decodeUtf8(message, 0, message.length);
    return text === null ? this.#refuse("TEXT_UTF8") : { type: "text", text };
  }

  /** Goes on with what was received while a message was in the pool; false if that was all. */
  #readKept(): boolean {
    const bytes = this.#kept!.shift();
    if (bytes === undefined) {
      this.#kept = null;
      return false;
    }
    this.#pings = 0;
    this.#decoder.push(bytes);
    return true;
  }

  #readControl(): Event | null {
    const { opcode } = this.#decoder;
    const payload = this.#control.push(this.#decoder);
    if (payload === null) return null;
    if (opcode === CLOSE) return this.#readClose(payload);
    if (opcode === PONG) return { type: "pong", bytes: payload };
    if (++this.#pings > this.#limits.pingsPerReceive) return this.#refuse("TOO_MANY_PINGS");
    // §5.5.3: when several pings wait for an answer, it is enough to answer the last.
    // A copy, since the event gives the payload away.
    this.#unansweredPing = Buffer.from(payload);
    return { type: "ping", bytes: payload };
  }

  #readClose(payload: Buffer): Event {
    const status = parseClosePayload(payload);
    if (typeof status === "string") return this.#refuse(status);
    this.#answerPing();
    this.#closeReceived = true;
    this.#move("close-received");
    // §5.5.1: the answer carries the code that it answers. The reason too, as from ws and uWebSockets, since it is what the
    // peer's application hears in the end, although it said it itself.
    if (!this.#closeSent) this.#writeClose(payload);
    return { type: "close", code: status.code, reason: status.reason };
  }

  #refuse(code: ErrorCode): Event {
    const error = new WebSocketError(code);
    this.fail(error.closeCode, error.message);
    return { type: "error", error };
  }

  /** Not after our Close frame: §5.5.2 would let us, but §1.4 promises that nothing follows it. */
  #answerPing(): void {
    if (this.#unansweredPing === null) return;
    if (this.#state === "OPEN") this.#encoder.frame(PONG, this.#unansweredPing);
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
    if (isReading(this.#state)) return;
    this.#decoder.drop();
    this.#assembler.drop();
    this.#kept = null;
    this.#sender.drop();
    this.#codec.close?.();
  }
}

const NO_BYTES = new Uint8Array(0);
