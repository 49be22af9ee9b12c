import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Connection } from "../connection.ts";
import { sizeOf } from "./convert.ts";
import { Outbox } from "./outbox.ts";
import { type Item, type Ready, SendQueue } from "./send-queue.ts";

/** The sending half of a session: what waits to be read, to be framed and to be written, and how much that is. */
export class Sender {
  /** Where the connection writes its frames; {@link Sender.flush} sends them. */
  readonly outbox: Outbox;
  readonly #queue: SendQueue;
  #connection: Connection | null = null;
  /** `close` was called: nothing more is sent. */
  #closing = false;
  #buffered = 0;
  /** Those among them that the connection has taken and may not have framed yet. */
  #framing = 0;

  /** @param fail is told why a Blob could not be read */
  constructor(socket: Socket, fail: (error: unknown) => void) {
    this.outbox = new Outbox(socket, (payload) => {
      this.#buffered -= payload;
    });
    this.#queue = new SendQueue((item) => this.#transmit(item), fail);
  }

  /** Bytes of application data that were sent and not taken by the operating system. Those that never will be stay in it. */
  get buffered(): number {
    return this.#buffered;
  }

  get closing(): boolean {
    return this.#closing;
  }

  /** From now on things can be sent. */
  open(connection: Connection): void {
    this.#connection = connection;
  }

  /** Sends a message; if that cannot be done, it is only counted. */
  message(data: string | Uint8Array | Blob): void {
    this.#buffered += sizeOf(data);
    this.#push({ type: "message", data } as Item);
  }

  /** Sends a control frame with at most 125 bytes, or nothing if that cannot be done. */
  control(type: "ping" | "pong", data: string | Uint8Array | Blob): void {
    this.#push({ type, data } as Item);
  }

  /** Sends a Close frame behind everything else. */
  close(code: number | undefined, reason: string): void {
    this.#push({ type: "close", code, reason });
    this.#closing = true;
  }

  /** Writes what has been framed. */
  flush(): void {
    this.#countFramed();
    this.outbox.flush();
  }

  /** The same, and closes our sending side behind it. */
  end(): void {
    this.#countFramed();
    this.outbox.end();
  }

  /** Drops what waits for a Blob. */
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
      this.#framing += sizeOf(item.data);
    }
    this.#countFramed();
    this.outbox.schedule();
  }

  #sendMessage(connection: Connection, data: string | Uint8Array): boolean {
    return typeof data === "string" ? connection.text(data) : connection.binary(data);
  }

  /** While something is in the thread pool nobody knows what was framed, and so all of it counts as buffered. */
  #countFramed(): void {
    if (this.#framing === 0 || this.#connection!.queuedBytes > 0) return;
    this.outbox.count(this.#framing);
    this.#framing = 0;
  }
}
