import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Connection } from "../connection.ts";
import { sizeOf } from "./convert.ts";
import { Outbox } from "./outbox.ts";
import { type Item, type Ready, SendQueue } from "./send-queue.ts";

/** The sending half of a session: the data that waits to be read, framed and written, and its size. */
export class Sender {
  /** Gets the connection's frames; {@link Sender.flush} sends them. */
  readonly outbox: Outbox;
  readonly #queue: SendQueue;
  #connection: Connection | null = null;
  /** `close` was called: nothing more is sent. */
  #closing = false;
  #buffered = 0;
  /** The part of them that the connection has taken and may not have framed yet. */
  #framing = 0;

  /** @param fail gets the error if a Blob cannot be read */
  constructor(socket: Duplex, fail: (error: unknown) => void) {
    this.outbox = new Outbox(socket, (payload) => {
      this.#buffered -= payload;
    });
    this.#queue = new SendQueue((item) => this.#transmit(item), fail);
  }

  /** Bytes of application data that were sent and that the operating system has not taken. Data that it never takes stays in the sum. */
  get buffered(): number {
    return this.#buffered;
  }

  get closing(): boolean {
    return this.#closing;
  }

  /** Data can be sent from now on. */
  open(connection: Connection): void {
    this.#connection = connection;
  }

  /** Sends a message. In another state than open it only counts it. */
  message(data: string | Uint8Array | Blob): void {
    if (data instanceof Blob) {
      // The size of a pipe is infinite, and what has no end cannot be counted.
      const { size } = data;
      const counted = Number.isFinite(size) ? size : 0;
      this.#buffered += counted;
      this.#push({ type: "message", data, counted });
      return;
    }
    this.#buffered += sizeOf(data);
    this.#push({ type: "message", data });
  }

  /** Sends a control frame with at most 125 bytes, if the connection is open. */
  control(type: "ping" | "pong", data: string | Uint8Array | Blob): void {
    this.#push({ type, data } as Item);
  }

  /** Sends a Close frame behind all other data. */
  close(code: number | undefined, reason: string): void {
    this.#push({ type: "close", code, reason });
    this.#closing = true;
  }

  /** Writes the frames. */
  flush(): void {
    this.#countFramed();
    this.outbox.flush();
  }

  /** The same, and closes our sending side behind it. */
  end(): void {
    this.#countFramed();
    this.outbox.end();
  }

  /** Drops the data that waits for a Blob. */
  drop(): void {
    this.#queue.clear();
  }

  #push(item: Item): void {
    if (this.#connection?.state === "open" && !this.#closing) this.#queue.push(item);
  }

  #transmit(item: Ready): void {
    const connection = this.#connection!;
    if (item.type === "close") connection.close(item.code, item.reason);
    else if (item.type !== "message") {
      connection[item.type](typeof item.data === "string" ? Buffer.from(item.data) : item.data);
    } else if (this.#sendMessage(connection, item.data)) {
      this.#framing += item.counted ?? sizeOf(item.data);
    }
    this.#countFramed();
    this.outbox.schedule();
  }

  #sendMessage(connection: Connection, data: string | Uint8Array): boolean {
    return typeof data === "string" ? connection.text(data) : connection.binary(data);
  }

  /** While a message is in the thread pool it is unknown which messages were framed, so all count as buffered. */
  #countFramed(): void {
    if (this.#framing === 0 || this.#connection!.queuedBytes > 0) return;
    this.outbox.count(this.#framing);
    this.#framing = 0;
  }
}
