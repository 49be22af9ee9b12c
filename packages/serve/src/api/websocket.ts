import type { Buffer } from "node:buffer";
import type { Compressor } from "@mantou/websocket";

/** A message: text, or bytes. */
export type MessageData = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/** The form in which handlers get bytes: a `Buffer`, an `ArrayBuffer`, a `Uint8Array` or a `Blob`. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "uint8array" | "blob";

/** What a socket gets besides the messages of a topic. */
export interface SubscribeOptions {
  /**
   * The socket first gets so many of the messages that the topic has kept (0 to 10,000, or all if there are fewer), and then what is published. A
   * client of the protocol `mantou.topics.1` (docs/topics-protocol.md) asks for them if it is new, and otherwise goes on where it was. While the engine cannot be reached, and for a socket that is subscribed already,
   * there are none. A TypeError for a topic without a history.
   */
  readonly last?: number | undefined;
  /**
   * Makes the socket a member of a topic with presence (`topics: { "room": { presence: true } }`), until it unsubscribes or is closed: up to 2,048 bytes of JSON, which
   * others see. Another value replaces it; a call without one (or with null) leaves it as it is. At most 16,384 sockets of an instance are members of one topic, then there is a
   * RangeError. A TypeError for a topic without presence, and for what is no JSON.
   */
  readonly presence?: unknown;
}

/** The server's end of a WebSocket (RFC 6455), after Bun's `ServerWebSocket`. */
export interface ServerWebSocket<T = undefined> {
  /**
   * Sends a message. A Blob is read first; messages behind it wait for it.
   * @param compress compresses the message if the client has agreed to `perMessageDeflate`. Default false
   * @returns the size of the message in bytes; -1 if it waits for a client that does not keep up, or behind more than 64 KiB that are
   *   not compressed yet: then `drain` is called when they are written; 0 if it is dropped, because the socket is closed or more
   *   than `backpressureLimit` bytes wait
   * @throws TypeError for data of another type, and for a `compress` that is not a boolean
   */
  send(data: MessageData | Blob, compress?: boolean): number;
  /** The same as `send`, for text only. */
  sendText(data: string, compress?: boolean): number;
  /** The same as `send`, for bytes only. */
  sendBinary(data: Exclude<MessageData, string> | Blob, compress?: boolean): number;
  /**
   * Begins the close handshake (RFC 6455 §7.1.2). The `close` handler has run when this returns. Has no effect on a closed socket.
   * @param code 1000 to 1003, 1007 to 1014, or 3000 to 4999; default 1000. 0, 1005 and 1006 send a Close frame without a code
   * @param reason is cut to 123 bytes of UTF-8
   * @throws TypeError for a code that is not a number, RangeError for another number (RFC 6455 §7.4)
   */
  close(code?: number, reason?: string): void;
  /**
   * Closes the connection without a Close frame, after the messages that were sent before, or when the client stops reading them. The
   * `close` handler gets 1006.
   */
  terminate(): void;
  /**
   * Sends a Ping frame (RFC 6455 §5.5.2).
   * @param data up to 125 bytes; more are a RangeError
   * @returns the same as `send`
   */
  ping(data?: MessageData | Blob): number;
  /** Sends a Pong frame (RFC 6455 §5.5.3), otherwise as `ping`. The server replies to pings by itself. */
  pong(data?: MessageData | Blob): number;
  /**
   * Sends a message to all subscribers of a topic. This socket is left out unless `publishToSelf` is set.
   * @param data text, bytes, or a Blob. The Blob of a file is read first, and goes to the subscribers of that moment
   * @param compress compresses the message for clients that have agreed to `perMessageDeflate`. Default false
   * @returns the same as `server.publish`
   * @throws TypeError for a topic that is not a non-empty string, for data of another type, and for a `compress` that is not a boolean
   */
  publish(topic: string, data: MessageData | Blob, compress?: boolean): number;
  /** The same as `publish`, for text only. */
  publishText(topic: string, data: string, compress?: boolean): number;
  /** The same as `publish`, for bytes only. */
  publishBinary(topic: string, data: Exclude<MessageData, string> | Blob, compress?: boolean): number;
  /**
   * Subscribes the socket to a topic.
   * @param options not in Bun, which ignores them
   * @returns false for a closed socket, otherwise true
   * @throws TypeError for a topic that is not a non-empty string, as `unsubscribe` and `isSubscribed` do; TypeError or RangeError that
   *   names the option
   */
  subscribe(topic: string, options?: SubscribeOptions): boolean;
  /** @returns whether the socket was subscribed */
  unsubscribe(topic: string): boolean;
  isSubscribed(topic: string): boolean;
  /** The topics of the socket. */
  readonly subscriptions: string[];
  /**
   * Runs `callback`, with the socket as its argument and as `this`. Its messages leave in one write, as all messages of one turn of the event loop do.
   * @returns the result of `callback`
   * @throws TypeError unless `callback` is a function
   */
  cork<R = unknown>(callback: (ws: ServerWebSocket<T>) => R): R;
  /** The client's IP address; an empty string for a Unix socket. */
  readonly remoteAddress: string;
  /** 1 (open), or 3 (closed): after `close` or `terminate`, or when the client is gone. Never 0 or 2. */
  readonly readyState: 1 | 3;
  /**
   * Stops reading from the client until `resume`, so that the client has to wait. Messages that have been read already are still
   * delivered. Meanwhile `idleTimeout` does not count. Sending goes on. `close` resumes.
   */
  pause(): void;
  /** Reads again after `pause`. */
  resume(): void;
  /** False on a closed socket. */
  readonly isPaused: boolean;
  /** The form of bytes in `message`, `ping` and `pong`. Default `"nodebuffer"`. Another value is a TypeError. */
  binaryType: BinaryType;
  /** The `data` of `server.upgrade`. */
  data: T;
  /** The number of sent bytes that wait because the client does not keep up. */
  getBufferedAmount(): number;
}

/**
 * The handlers of all WebSockets of a server or of a route, and their limits, after Bun's `WebSocketHandler`. Handlers get this object as
 * `this`. A wrong type is a TypeError, a number out of range is a RangeError; the message names the option.
 * @example
 * ```ts
 * import { serve } from "@mantou/serve";
 *
 * serve({
 *   fetch: (request, server) => {
 *     const name = new URL(request.url).searchParams.get("name") ?? "guest";
 *     if (server.upgrade(request, { data: { name } })) return;
 *     return new Response(null, { status: 426, headers: { Upgrade: "websocket" } });
 *   },
 *   websocket: {
 *     data: {} as { name: string }, // the type of ws.data
 *     open: (ws) => void ws.subscribe("room"),
 *     message: (ws, text) => void ws.publish("room", `${ws.data.name}: ${text}`),
 *   },
 * });
 * ```
 */
export interface WebSocketHandler<T = undefined> {
  /** Only the type is used, for `ws.data`. */
  data?: T;
  /** The handshake is complete. */
  open?(ws: ServerWebSocket<T>): void | Promise<void>;
  /** A message of the client: text, or bytes in the form of `ws.binaryType`. */
  message?(ws: ServerWebSocket<T>, message: string | Buffer): void | Promise<void>;
  /** The WebSocket is closed, with the code and the reason of the side that closed first; 1006 if the connection broke. */
  close?(ws: ServerWebSocket<T>, code: number, reason: string): void | Promise<void>;
  /** After a `send` or `publish` that returned -1 or 0: all waiting bytes are written. */
  drain?(ws: ServerWebSocket<T>): void | Promise<void>;
  /** A Ping frame of the client, which has got its Pong frame. */
  ping?(ws: ServerWebSocket<T>, data: Buffer): void | Promise<void>;
  /** A Pong frame of the client. */
  pong?(ws: ServerWebSocket<T>, data: Buffer): void | Promise<void>;
  /** One of the handlers above threw. Without this handler the error is logged, as the rejection of an async handler always is. */
  error?(error: Error, ws: ServerWebSocket<T>): void | Promise<void>;
  /**
   * Bytes of a received message, as it comes and decompressed, an integer from 0 up. A larger message closes the connection with 1009, and so
   * does a text of more than 512 MiB. Default 16 MiB.
   */
  maxPayloadLength?: number;
  /** Bytes that may wait for one client, an integer from 0 (no limit) up. Messages beyond it are dropped. Default 16 MiB. */
  backpressureLimit?: number;
  /** Closes a connection that exceeds `backpressureLimit`, with 1006, in place of dropping messages. Default false. */
  closeOnBackpressureLimit?: boolean;
  /**
   * Seconds without a byte from the client before its connection is closed, an integer from 0 (never) to 960; 1 to 7 count as 8. With
   * `sendPings: false` bytes that the client takes count, too. Default 120.
   */
  idleTimeout?: number;
  /**
   * Messages and pings of one client in a second, an integer from 1 up. More close its connection with 1008 (RFC 6455 §7.4.1). The seconds are those of the
   * server's clock. An open WebSocket keeps its limit when the server is reloaded. Default 0: no limit. Not in Bun.
   */
  maxMessagesPerSecond?: number;
  /**
   * The origins (`https://example.com`, or `null`) whose pages may connect: a handshake with another `Origin` gets 403 (RFC 6455 §4.2.2), and `upgrade` returns
   * false. One without that field passes: browsers always send it, and other clients can send any. Default: all. Not in Bun.
   */
  origins?: readonly string[];
  /** Pings a silent client 4 seconds before `idleTimeout`, so that only a dead client is closed. Default true. */
  sendPings?: boolean;
  /** Lets `ws.publish` reach `ws` itself, if it is subscribed. Default false. */
  publishToSelf?: boolean;
  /**
   * Calls the handlers of each WebSocket one after another: the next message, ping, pong or Close frame waits until the promise of an async
   * `open`, `message`, `ping` or `pong` handler is settled. The client is not read meanwhile, so that it has to wait. `close` runs behind the handler that is under
   * way, also after `ws.close` and `ws.terminate`, which end the connection at once; `ws.readyState` is 3 from then on. `drain` waits for
   * nothing. An open WebSocket keeps it when handlers are reloaded. Default false. Not in Bun.
   */
  serial?: boolean;
  /**
   * Accepts the extension permessage-deflate (RFC 7692) of clients that offer it. The `compress` argument of `send` and `publish`
   * decides which messages are compressed. True is `"shared"` both ways: no context is kept between two messages. Default false.
   */
  perMessageDeflate?:
    | boolean
    | {
        /** For messages to clients. Default `"shared"` if `decompress` is on. */
        compress?: Compressor | boolean | undefined;
        /** For messages from clients. Default `"shared"` if `compress` is on; it cannot be off alone. */
        decompress?: Compressor | boolean | undefined;
      };
}
