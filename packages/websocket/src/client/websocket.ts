// biome-ignore-all lint/complexity/noArguments: Web IDL counts the arguments, and undefined differs from no argument
import { Buffer } from "node:buffer";
import { MAX_REASON_BYTES } from "../close.ts";
import { MAX_CONTROL_BYTES } from "../opcode.ts";
import { parseAddress } from "./address.ts";
import {
  type BinaryType,
  clampToUnsignedShort,
  fromBytes,
  isBinaryType,
  type SendData,
  sizeOf,
  toScalarString,
  toSendable,
} from "./convert.ts";
import { EventHandlers } from "./event-handlers.ts";
import { type WebSocketEventMap, WebSocketEventTarget } from "./event-target.ts";
import { CloseEvent, errorEvent } from "./events.ts";
import { resolveSettings, type WebSocketOptions } from "./options.ts";
import { Session } from "./session.ts";
import type { Outcome } from "./session-listener.ts";

/** An event handler attribute. */
type Handler<Type extends keyof WebSocketEventMap> =
  | ((this: WebSocket, event: WebSocketEventMap[Type]) => unknown)
  | null;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/**
 * A client's WebSocket by the WHATWG's standard, on `node:net` and `node:tls`, with the additions of Bun and ws. (The file is longer than
 * others: it has the members of the standard's interface, and nothing else.)
 */
export class WebSocket extends WebSocketEventTarget {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  readonly #url: string;
  readonly #origin: string;
  readonly #session: Session;
  readonly #handlers: EventHandlers = new EventHandlers(this);
  #readyState: 0 | 1 | 2 | 3 = CONNECTING;
  #protocol = "";
  #extensions = "";
  #binaryType: BinaryType = "blob";

  /**
   * Connects to `url`: `ws:` or `wss:`, `http:` or `https:` for the same, or `ws+unix:/path/of/socket:/request/path`. Credentials in
   * it are sent as Basic authentication.
   *
   * @param protocols the subprotocols to offer, one of which the server must choose; or {@link WebSocketOptions}
   * @throws DOMException SyntaxError if the URL has another scheme or a fragment, or the subprotocols are not different tokens.
   * @throws TypeError for options that are not supported or have a wrong type.
   * @throws RangeError for numbers in the options that are out of their range.
   */
  constructor(url: string | URL, protocols: string | Iterable<string> | WebSocketOptions = []) {
    super();
    if (arguments.length === 0) throw new TypeError("the WebSocket constructor needs a URL");
    const address = parseAddress(toScalarString(url));
    this.#url = address.href;
    this.#origin = address.origin;
    this.#session = new Session(address, resolveSettings(protocols), {
      opened: (protocol, extensions) => this.#opened(protocol, extensions),
      message: (data) => this.#received("message", data),
      control: (type, bytes) => this.#received(type, bytes),
      closing: () => {
        this.#readyState = CLOSING;
      },
      closed: (outcome) => this.#closed(outcome),
    });
  }

  /** The URL, with the schemes `ws:` and `wss:` in place of `http:` and `https:`. */
  get url(): string {
    return this.#url;
  }

  /** 0 `CONNECTING`, 1 `OPEN`, 2 `CLOSING`, 3 `CLOSED`. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#readyState;
  }

  /**
   * Bytes of application data that were given to `send` and that the operating system has not taken. Data that can never be sent,
   * since the connection is closing or closed, counts too and stays (WHATWG WebSockets, `bufferedAmount`).
   */
  get bufferedAmount(): number {
    return this.#session.sender.buffered;
  }

  /** The subprotocol that the server chose; "" before `open`, and if none was offered. */
  get protocol(): string {
    return this.#protocol;
  }

  /** The extensions in use, as in the server's response; "" for none. */
  get extensions(): string {
    return this.#extensions;
  }

  /** "blob" until it is set. It ignores other values than {@link BinaryType}'s, as in Web IDL. */
  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    const value = `${type}`;
    if (isBinaryType(value)) this.#binaryType = value;
  }

  get onopen(): Handler<"open"> {
    return this.#handlers.get("open") as Handler<"open">;
  }

  set onopen(handler: Handler<"open">) {
    this.#handlers.set("open", handler);
  }

  get onmessage(): Handler<"message"> {
    return this.#handlers.get("message") as Handler<"message">;
  }

  set onmessage(handler: Handler<"message">) {
    this.#handlers.set("message", handler);
  }

  get onerror(): Handler<"error"> {
    return this.#handlers.get("error") as Handler<"error">;
  }

  set onerror(handler: Handler<"error">) {
    this.#handlers.set("error", handler);
  }

  get onclose(): Handler<"close"> {
    return this.#handlers.get("close") as Handler<"close">;
  }

  set onclose(handler: Handler<"close">) {
    this.#handlers.set("close", handler);
  }

  /**
   * Sends a message: strings as text, other data as bytes, with their present content. Blobs are read first, and messages behind them
   * wait. In the states `CLOSING` and `CLOSED` nothing is sent, and `bufferedAmount` grows.
   *
   * @throws DOMException InvalidStateError in the state `CONNECTING`.
   */
  send(data: SendData): void {
    if (arguments.length === 0) throw new TypeError("send needs the data to be sent");
    const sendable = toSendable(data);
    this.#requireConnected();
    this.#session.sender.message(sendable);
  }

  /**
   * Starts the closing handshake behind all sent data; before `open`, fails the connection. A second call does nothing.
   *
   * @param code 1000 or 3000-4999. Without it the Close frame has no code, or 1000 if there is a reason.
   * @param reason at most 123 bytes of UTF-8.
   * @throws DOMException InvalidAccessError for another code, SyntaxError for a longer reason.
   */
  close(code: number | undefined = undefined, reason: string | undefined = undefined): void {
    const given = code === undefined ? undefined : clampToUnsignedShort(code);
    const text = reason === undefined ? "" : toScalarString(reason);
    if (given !== undefined && given !== 1000 && (given < 3000 || given > 4999)) {
      throw new DOMException(`the code must be 1000 or 3000-4999, not ${given}`, "InvalidAccessError");
    }
    if (Buffer.byteLength(text) > MAX_REASON_BYTES) {
      throw new DOMException(`the reason must have at most ${MAX_REASON_BYTES} bytes`, "SyntaxError");
    }
    if (this.#readyState >= CLOSING) return;
    this.#readyState = CLOSING;
    this.#session.close(text === "" ? given : (given ?? 1000), text);
  }

  /**
   * Sends a ping; the pong comes as a `pong` event. As in Bun and ws, not in browsers. In the states `CLOSING` and `CLOSED`
   * nothing is sent.
   *
   * @throws RangeError for more than 125 bytes (RFC 6455 §5.5).
   * @throws DOMException InvalidStateError in the state `CONNECTING`.
   */
  ping(data: SendData = ""): void {
    this.#control("ping", data);
  }

  /** Sends an unsolicited pong (RFC 6455 §5.5.3); the pong to a ping is sent without it. Otherwise as {@link WebSocket.ping}. */
  pong(data: SendData = ""): void {
    this.#control("pong", data);
  }

  /** Ends the connection at once, without the closing handshake: the `close` event has 1006. As in Bun and ws. */
  terminate(): void {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSING;
    this.#session.terminate();
  }

  /**
   * Stops reading until `resume`, so that the server's sending backs up. There are no events meanwhile: no message, ping, Close frame or
   * end of the connection. As in Bun.
   *
   * @returns whether there is anything to read, now or after `open`.
   */
  pause(): boolean {
    return this.#session.pause();
  }

  /** Undoes {@link WebSocket.pause}, and returns the same. `close` does it too. */
  resume(): boolean {
    return this.#session.resume();
  }

  /** Whether {@link WebSocket.pause} holds. */
  get isPaused(): boolean {
    return this.#session.paused;
  }

  #control(type: "ping" | "pong", data: SendData): void {
    const sendable = toSendable(data);
    if (sizeOf(sendable) > MAX_CONTROL_BYTES) {
      throw new RangeError(`a ${type} has at most ${MAX_CONTROL_BYTES} bytes (RFC 6455 §5.5)`);
    }
    this.#requireConnected();
    this.#session.sender.control(type, sendable);
  }

  #requireConnected(): void {
    if (this.#readyState === CONNECTING) {
      throw new DOMException("the WebSocket is not open yet", "InvalidStateError");
    }
  }

  #opened(protocol: string, extensions: string): void {
    this.#readyState = OPEN;
    this.#protocol = protocol;
    this.#extensions = extensions;
    this.dispatchEvent(new Event("open"));
  }

  #received(type: "message" | "ping" | "pong", received: string | Buffer): void {
    // The standard: messages after close() are dropped.
    if (this.#readyState !== OPEN) return;
    const data = typeof received === "string" ? received : fromBytes(received, this.#binaryType);
    this.dispatchEvent(new globalThis.MessageEvent(type, { data, origin: this.#origin }));
  }

  #closed({ code, reason, wasClean, error }: Outcome): void {
    this.#readyState = CLOSED;
    if (error !== null) this.dispatchEvent(errorEvent(error));
    this.dispatchEvent(new CloseEvent("close", { wasClean, code, reason }));
  }
}

for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED })) {
  const constant: PropertyDescriptor = { value, enumerable: true };
  Object.defineProperty(WebSocket, name, constant);
  Object.defineProperty(WebSocket.prototype, name, constant);
}
// The members of Web IDL's interfaces are enumerable; those of a class are not.
for (const name of Object.getOwnPropertyNames(WebSocket.prototype)) {
  if (name !== "constructor") Object.defineProperty(WebSocket.prototype, name, { enumerable: true });
}
Object.defineProperty(WebSocket.prototype, Symbol.toStringTag, { value: "WebSocket", configurable: true });
