import type { Connection, MessageCodec } from "@mantou/websocket";
import type { JoinedMessages } from "./frames.ts";
import { callHandler } from "./handler-errors.ts";
import { readBlob } from "./message-data.ts";
import type { WebSocketConnection } from "./websocket-connection.ts";

/** What is sent on a WebSocket by the application: in its order, and not without end to a client that does not read. */
export class WebSocketSender {
  readonly #connection: WebSocketConnection;
  readonly #machine: Connection;
  /** Null without compression. */
  readonly #codec: MessageCodec | null;
  #drainPending = false;

  constructor(connection: WebSocketConnection, machine: Connection, codec: MessageCodec | null) {
    this.#connection = connection;
    this.#machine = machine;
    this.#codec = codec;
  }

  /** Bytes that were sent and that the operating system has not taken. */
  get buffered(): number {
    const { transport, outbox } = this.#connection;
    return transport.buffered + outbox.size + this.#machine.queuedBytes;
  }

  /**
   * Sends by `write`, unless the socket is closed or its client is too slow.
   * @returns as `ServerWebSocket.send`
   */
  send(size: number, write: (machine: Connection) => boolean): number {
    const { closed, subscriber } = this.#connection;
    if (closed || this.#overflowing()) return 0;
    // What was published before this has to arrive before it.
    if (subscriber.hasPending) subscriber.flush();
    if (!write(this.#machine)) return 0;
    return this.#sent(size);
  }

  /**
   * Sends a Blob: its bytes are read in a later turn, and what is sent after it goes behind it.
   * @returns as `ServerWebSocket.send`
   */
  sendBlob(blob: Blob, compress: boolean): number {
    const { context, outbox } = this.#connection;
    return this.send(blob.size, (machine) => {
      const fill = machine.reserve(blob.size, compress);
      if (fill === null) return false;
      const write = (bytes: Uint8Array | null): void => {
        fill(bytes);
        if (outbox.size > 0) context.turn.add(outbox);
      };
      readBlob(context, blob, write, () => write(null));
      return true;
    });
  }

  /** Sends what was published, joined once for everyone who gets the same. */
  deliver(joined: JoinedMessages): void {
    const { outbox, options } = this.#connection;
    if (this.#connection.closed) return;
    // What is behind a message in the thread pool has to wait for it, and the machine sees to that.
    const isFree = this.#machine.queuedBytes === 0;
    const frames = isFree ? joined.frames(this.#codec?.preparedWindowBits ?? 0) : null;
    if (frames === null || this.buffered + frames.size > options.backpressureLimit) {
      for (const message of joined.messages) {
        if (this.#overflowing()) break;
        this.#machine.prepared(message);
      }
    } else {
      for (const piece of frames.pieces) {
        if (typeof piece === "string") outbox.text(piece);
        else outbox.bytes(piece);
      }
      if (frames.compressed) this.#codec!.forget!();
    }
    if (!this.#connection.closed) this.#sent(0);
  }

  #sent(size: number): number {
    const { context, outbox, transport } = this.#connection;
    context.turn.add(outbox);
    if (transport.buffered === 0) return size;
    this.#awaitDrain();
    return -1;
  }

  /** Whether so much waits for this client that it gets no more. */
  #overflowing(): boolean {
    const { backpressureLimit, closeOnBackpressureLimit } = this.#connection.options;
    if (this.buffered <= backpressureLimit) return false;
    if (closeOnBackpressureLimit) this.#connection.breakOff("The client is too slow");
    return true;
  }

  #awaitDrain(): void {
    const { options, transport } = this.#connection;
    if (this.#drainPending || options.handler.drain === undefined) return;
    this.#drainPending = true;
    transport.whenDrained(() => {
      this.#drainPending = false;
      // What waited may also have been dropped, because the client is gone.
      if (!this.#connection.closed && !transport.closed) callHandler(this.#connection, "drain");
    });
  }
}
