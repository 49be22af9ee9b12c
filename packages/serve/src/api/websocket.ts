import type { Buffer } from "node:buffer";
import type { Compressor } from "@mantou/websocket";

/** What can be sent as a message: text, or bytes. */
export type MessageData = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

export type BinaryType = "nodebuffer" | "arraybuffer" | "uint8array" | "blob";

/** The server's end of a WebSocket, after Bun's `ServerWebSocket`. */
export interface ServerWebSocket<T = undefined> {
  /**
   * Sends a message.
   * @param compress whether it is compressed, if the client has agreed to `perMessageDeflate`; false by default
   * @returns its bytes; -1 if it waits behind bytes that the client has not taken, or much that is not compressed yet (`drain`
   *   tells when they are gone);
   *   0 if it was dropped because the socket is closed or `backpressureLimit` is exceeded
   */
  send(data: MessageData | Blob, compress?: boolean): number;
  sendText(data: string, compress?: boolean): number;
  sendBinary(data: Exclude<MessageData, string> | Blob, compress?: boolean): number;
  /**
   * Begins the close handshake; the `close` handler runs at once.
   * @param code 1000 by default. 0, 1005 and 1006 send a Close frame without code.
   * @param reason cut off after 123 bytes of UTF-8
   */
  close(code?: number, reason?: string): void;
  /** Breaks the connection off without a Close frame, once what was sent before is written or the client stops taking it. */
  terminate(): void;
  /** @returns as `send`. Up to 125 bytes. */
  ping(data?: MessageData | Blob): number;
  /** @returns as `send`. Up to 125 bytes. */
  pong(data?: MessageData | Blob): number;
  /**
   * Sends a message to all subscribers of a topic, without this socket unless `publishToSelf` is set.
   * @param data a Blob is read first, and published to whoever is subscribed then
   * @param compress whether those who have agreed to it get it compressed; false by default
   * @returns as `server.publish`
   */
  publish(topic: string, data: MessageData | Blob, compress?: boolean): number;
  publishText(topic: string, data: string, compress?: boolean): number;
  publishBinary(topic: string, data: Exclude<MessageData, string> | Blob, compress?: boolean): number;
  /** @returns whether it is subscribed now: false only for a closed socket */
  subscribe(topic: string): boolean;
  /** @returns whether it was subscribed */
  unsubscribe(topic: string): boolean;
  isSubscribed(topic: string): boolean;
  readonly subscriptions: string[];
  /** Runs `callback`, whose sends leave in one write; so do all sends of one turn of the event loop anyway. */
  cork<R = unknown>(callback: (ws: ServerWebSocket<T>) => R): R;
  /** Of a Unix socket, which has none, `""`. */
  readonly remoteAddress: string;
  /** 1 while open; 3 once `close` or `terminate` was called, or the client is gone. Never 0 or 2. */
  readonly readyState: 1 | 3;
  /**
   * Reads no more from the client until `resume`, so that it is slowed down; what has been read already is still delivered.
   * The idle timeout is suspended meanwhile. Sending goes on; `close` resumes.
   */
  pause(): void;
  resume(): void;
  /** Always false on a closed socket. */
  readonly isPaused: boolean;
  /** As what bytes arrive in `message`, `ping` and `pong`. Default `"nodebuffer"`. */
  binaryType: BinaryType;
  data: T;
  /** Bytes that were sent and that the operating system has not taken yet. */
  getBufferedAmount(): number;
}

/** The handlers of all sockets of a server, and their limits, after Bun's `WebSocketHandler`. */
export interface WebSocketHandler<T = undefined> {
  /** Only its type is used, for `ws.data`. */
  data?: T;
  open?(ws: ServerWebSocket<T>): void | Promise<void>;
  message?(ws: ServerWebSocket<T>, message: string | Buffer): void | Promise<void>;
  /** The code and reason of the side that closed first; 1006 if the connection broke. */
  close?(ws: ServerWebSocket<T>, code: number, reason: string): void | Promise<void>;
  /** What the client had not taken is written: after a `send` that returned -1. */
  drain?(ws: ServerWebSocket<T>): void | Promise<void>;
  ping?(ws: ServerWebSocket<T>, data: Buffer): void | Promise<void>;
  pong?(ws: ServerWebSocket<T>, data: Buffer): void | Promise<void>;
  /** One of the handlers above threw (not: an async one rejected). Without it the error is printed. */
  error?(error: Error, ws: ServerWebSocket<T>): void | Promise<void>;
  /** Bytes of a received message, from 0 up; beyond it the connection closes with 1009. Default 16 MiB. */
  maxPayloadLength?: number;
  /** Bytes that may wait for one client; beyond it messages are dropped. 0: no limit. Default 16 MiB. */
  backpressureLimit?: number;
  /** Closes a connection that exceeds `backpressureLimit`, in place of dropping messages. Default false. */
  closeOnBackpressureLimit?: boolean;
  /**
   * Seconds without a byte from the client, or without `sendPings` also to it, 0 (never) to 960; 1 to 7 count as 8.
   * Default 120.
   */
  idleTimeout?: number;
  /** Pings a client shortly before `idleTimeout`, so that only a dead one runs into it. Default true. */
  sendPings?: boolean;
  /** Whether `ws.publish` also reaches `ws` itself, if it is subscribed. Default false. */
  publishToSelf?: boolean;
  /**
   * Whether clients that offer permessage-deflate (RFC 7692) get it; what is then compressed, the `compress` argument of
   * `send` and `publish` decides. True is `"shared"` both ways: nothing is kept between two messages. Default false.
   */
  perMessageDeflate?:
    | boolean
    | {
        /** For what the server sends. Default `"shared"` if `decompress` is on. */
        compress?: Compressor | boolean | undefined;
        /** For what clients send. Default `"shared"` if `compress` is on; it cannot be off alone. */
        decompress?: Compressor | boolean | undefined;
      };
}
