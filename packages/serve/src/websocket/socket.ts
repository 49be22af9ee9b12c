import { Buffer } from "node:buffer";
import { MAX_CONTROL_BYTES, MAX_REASON_BYTES } from "@mantou/websocket";
import type { BinaryType, MessageData, ServerWebSocket, SubscribeOptions } from "../api/websocket.ts";
import { resolveSubscribe } from "../options/subscribe-options.ts";
import { traced, tracePublish } from "../trace/channels.ts";
import type { WebSocketConnection } from "./connection.ts";
import {
  bytesOf,
  checkMessage,
  isBinary,
  messageSize,
  ownBytes,
  primitiveText,
  readBlob,
  textOf,
  topicOf,
} from "./message.ts";

type BinaryData = Exclude<MessageData, string>;

/** With the spellings that Bun takes, too. */
const BINARY_TYPES: ReadonlyMap<string, BinaryType> = new Map([
  ["nodebuffer", "nodebuffer"],
  ["buffer", "nodebuffer"],
  ["Buffer", "nodebuffer"],
  ["arraybuffer", "arraybuffer"],
  ["ArrayBuffer", "arraybuffer"],
  ["uint8array", "uint8array"],
  ["Uint8Array", "uint8array"],
  ["blob", "blob"],
]);

/** The object that handlers get as `ws`: a facade, whose state is the connection's. */
export class MantouWebSocket implements ServerWebSocket<unknown> {
  readonly #connection: WebSocketConnection;
  data: unknown;

  constructor(connection: WebSocketConnection, data: unknown) {
    this.#connection = connection;
    this.data = data;
  }

  send(data: MessageData | Blob, compress = false): number {
    if (typeof data === "string") return this.sendText(data, compress);
    const text = textOf(data);
    return text === null ? this.sendBinary(data, compress) : this.sendText(text, compress);
  }

  sendText(data: string, compress = false): number {
    const text = primitiveText(data);
    if (typeof text !== "string") throw new TypeError("sendText() takes a string");
    checkCompress(compress);
    return this.#connection.sender.text(text, compress);
  }

  sendBinary(data: BinaryData | Blob, compress = false): number {
    checkCompress(compress);
    if (data instanceof Blob) return this.#connection.sender.blob(data, compress);
    return this.#connection.sender.binary(bytesOf(data), compress);
  }

  ping(data?: MessageData | Blob | null): number {
    return this.#sendControl("ping", primitiveText(data ?? ""));
  }

  pong(data?: MessageData | Blob | null): number {
    return this.#sendControl("pong", primitiveText(data ?? ""));
  }

  #sendControl(name: "ping" | "pong", data: MessageData | Blob): number {
    const size = messageSize(data);
    if (size > MAX_CONTROL_BYTES) throw new RangeError(`${name}() takes up to ${MAX_CONTROL_BYTES} bytes`);
    if (data instanceof Blob) {
      if (this.#connection.closed) return 0;
      readBlob(data, (bytes) => this.#sendControl(name, bytes));
      return size;
    }
    const bytes = typeof data === "string" ? Buffer.from(data) : ownBytes(data);
    return this.#connection.sender.control(name, bytes);
  }

  publish(topic: string, data: MessageData | Blob, compress = false): number {
    const name = topicOf(topic);
    checkCompress(compress);
    // A closed socket publishes, too: its `close` handler tells the others that it has left.
    const { publisher, options, sender } = this.#connection;
    const except = options.publishToSelf ? undefined : sender.subscriber;
    if (traced.publications) {
      const event = { server: this.#connection.server, topic: name, data, socket: this };
      return tracePublish(event, () => publisher.publish(name, data, compress, except));
    }
    if (!publisher.isUnheard(name, except)) return publisher.publish(name, data, compress, except);
    checkMessage(data);
    return 0;
  }

  publishText(topic: string, data: string, compress?: boolean): number {
    const text = primitiveText(data);
    if (typeof text !== "string") throw new TypeError("publishText() takes a string");
    return this.publish(topic, text, compress);
  }

  publishBinary(topic: string, data: BinaryData | Blob, compress?: boolean): number {
    // `publish` would make a text of a number or a list.
    if (!isBinary(data)) throw new TypeError("publishBinary() takes bytes");
    return this.publish(topic, data, compress);
  }

  subscribe(topic: string, options?: SubscribeOptions): boolean {
    const name = topicOf(topic);
    const { publisher, sender, closed } = this.#connection;
    const { last, presence } = resolveSubscribe(options);
    if (last > 0) publisher.checkHistory(name);
    if (presence !== null) publisher.presences.check(name);
    if (closed) return false;
    const wasSubscribed = sender.subscriber.isSubscribed(name);
    // It ends by itself.
    if (last > 0 && sender.filter === null && !wasSubscribed)
      sender.filter = publisher.lastMessages?.(sender) ?? null;
    sender.subscribe(name, last);
    if (presence === null) return true;
    try {
      publisher.presences.enter(name, sender.subscriber, presence);
    } catch (error) {
      if (!wasSubscribed) sender.unsubscribe(name);
      throw error;
    }
    return true;
  }

  unsubscribe(topic: string): boolean {
    const name = topicOf(topic);
    const { publisher, sender } = this.#connection;
    publisher.presences.leave(name, sender);
    return sender.unsubscribe(name);
  }

  isSubscribed(topic: string): boolean {
    return this.#connection.sender.subscriber.isSubscribed(topicOf(topic));
  }

  get subscriptions(): string[] {
    return this.#connection.sender.subscriber.subscriptions;
  }

  cork<R = unknown>(callback: (ws: this) => R): R {
    if (typeof callback !== "function") throw new TypeError("cork() takes a function");
    return callback.call(this, this);
  }

  /**
   * @throws TypeError for a code that is not a number, and for a reason that has no text
   * @throws RangeError for a code that must not be sent (RFC 6455 §7.4)
   */
  close(code = 1000, reason = ""): void {
    if (typeof code !== "number") throw new TypeError("close() takes a number as its code");
    this.#connection.close(code, truncate(`${reason}`));
  }

  terminate(): void {
    this.#connection.terminate();
  }

  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  get isPaused(): boolean {
    return this.#connection.paused;
  }

  get remoteAddress(): string {
    return this.#connection.transport.remoteAddress ?? "";
  }

  get readyState(): 1 | 3 {
    return this.#connection.closed ? 3 : 1;
  }

  get binaryType(): BinaryType {
    return this.#connection.binaryType;
  }

  set binaryType(type: BinaryType) {
    const known = BINARY_TYPES.get(type);
    if (known === undefined) {
      throw new TypeError('binaryType must be "nodebuffer", "arraybuffer", "uint8array" or "blob"');
    }
    this.#connection.binaryType = known;
  }

  getBufferedAmount(): number {
    return this.#connection.sender.buffered;
  }

  get [Symbol.toStringTag](): string {
    return "ServerWebSocket";
  }
}

/** A close reason as the client gets it, with U+FFFD for a lone surrogate. It is cut to the size of its frame, between two characters. */
function truncate(reason: string): string {
  const bytes = Buffer.from(reason);
  let end = Math.min(bytes.length, MAX_REASON_BYTES);
  // A character's bytes behind the first one begin with the bits 10.
  if (end < bytes.length) while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}

/** As in Bun. Its `server.publish`, unlike this, converts any value to a boolean. */
function checkCompress(compress: unknown): void {
  if (typeof compress !== "boolean") throw new TypeError("compress must be a boolean");
}
