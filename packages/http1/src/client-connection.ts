import type { Buffer } from "node:buffer";
import { UsageError } from "./errors.ts";
import type { ClientEvent, Output } from "./events.ts";
import type { FieldList } from "./fields.ts";
import { type Limits, resolveLimits } from "./limits.ts";
import type { OutgoingRequest } from "./outgoing-request.ts";
import { RequestWriter } from "./request-writer.ts";
import { ResponseReader } from "./response-reader.ts";
import type { ClientRequestState, ClientResponseState, ClientWaitingFor } from "./state.ts";

export interface ClientConnectionOptions {
  readonly limits?: Partial<Limits>;
}

/**
 * A client's side of one HTTP/1.1 connection (RFC 9112), without the connection: requests go to an `Output`, bytes
 * go in with `receive`, events come out of `next`. It has no sockets, timers or promises.
 *
 * ```
 * connection.request({ method: "GET", target: "/", fields: ["Host", "example.org"] }, null);
 * connection.receive(bytes);
 * for (let event = connection.next(); event !== null; event = connection.next()) …
 * ```
 *
 * Requests may be sent before the responses to earlier ones. The application decides whether that is safe (RFC 9112 §9.3.2).
 * state.ts has the rules.
 */
export class ClientConnection {
  readonly #reader: ResponseReader;
  readonly #writer: RequestWriter;

  /** @throws TypeError for a limit that does not exist or is not a number, RangeError for one out of range */
  constructor(output: Output, options: ClientConnectionOptions = {}) {
    const limits = resolveLimits(options.limits);
    this.#writer = new RequestWriter(output);
    this.#reader = new ResponseReader(limits, this.#writer);
  }

  get requestState(): ClientRequestState {
    return this.#writer.state;
  }

  get responseState(): ClientResponseState {
    return this.#reader.state;
  }

  get waitingFor(): ClientWaitingFor {
    switch (this.#reader.state) {
      case "idle":
        return this.#writer.state === "body" ? "request-content" : "request";
      case "head":
        if (this.#reader.headBegun) return "rest-of-head";
        if (this.#writer.continueDue) return "continue";
        // If requests were sent ahead, the first one has ended, and its response is due.
        return this.#writer.state === "body" && this.#reader.unanswered === 1
          ? "request-content"
          : "response";
      case "body":
        return "content";
      default:
        return "nothing";
    }
  }

  /** Whether another request can follow on this connection (RFC 9112 §9.3). */
  get persistent(): boolean {
    return this.#writer.persistent;
  }

  /** How many requests have no whole response. If the connection is lost, so are their responses. */
  get unanswered(): number {
    return this.#reader.unanswered;
  }

  /** Bytes that were received and not yet read: a part of a head, or bytes of the other protocol. */
  get unreadBytes(): number {
    return this.#reader.unreadBytes;
  }

  /** Makes the next request the last one; it will have `Connection: close`. */
  doNotPersist(): void {
    this.#writer.persistent = false;
  }

  /**
   * Sends a whole request. With content, or with a method that expects content, it has a Content-Length.
   * @throws UsageError if no request can be sent now, or for one that HTTP cannot carry; then it writes nothing
   */
  request(request: OutgoingRequest, content: string | Uint8Array | null): void {
    this.#checkOpen();
    this.#reader.requestSent(request, this.#writer.request(request, content));
  }

  /**
   * Starts a request. Its content goes through `write` and `end`: with its length if that is known, else chunked.
   * With `Expect: 100-continue`, `waitingFor` is "continue" until the server has responded or `write` is called.
   * @throws UsageError as `request` does, and for content without a length to a server that spoke HTTP/1.0
   */
  start(request: OutgoingRequest, length?: number): void {
    this.#checkOpen();
    this.#reader.requestSent(request, this.#writer.start(request, length));
  }

  /**
   * Sends content; strings as UTF-8. Bytes must not change until they are written.
   * @throws UsageError if no request has begun, or for more than the declared length
   */
  write(chunk: string | Uint8Array): void {
    this.#writer.write(chunk);
  }

  /**
   * Ends the request.
   * @param trailers sent if the request is chunked (RFC 9112 §7.1.2)
   * @throws UsageError if no request has begun, or for less than the declared length: `abandon` it then
   */
  end(trailers?: FieldList): void {
    this.#writer.end(trailers);
  }

  /**
   * Stops sending the content: the server has refused it, or there is none. The connection still reads the response, but sends no
   * further request (RFC 9112 §9.5).
   * @throws UsageError if no request is being sent
   */
  abandon(): void {
    this.#writer.abandon();
  }

  /**
   * Takes bytes from the server: those of `bytes` from `start` to `end`. They are borrowed: call `next` until it
   * gives null (or throws) before the memory is used for anything else. After the last message it ignores them.
   */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.#reader.receive(bytes, start, end);
  }

  /** Copies the unread bytes: for a host that stops before `next` gave null, and needs its memory back. */
  keep(): void {
    this.#reader.keep();
  }

  /**
   * The server has closed its sending side. Do not call it for a connection that was reset, or for TLS without close_notify: a
   * response that only the end delimits may be incomplete there (RFC 9112 §9.8).
   */
  receiveEnd(): void {
    this.#reader.receiveEnd();
  }

  /**
   * @returns the next event, or null if bytes or a request are needed first
   * @throws ProtocolError if the server broke the protocol, at this call and each later one. Close then.
   */
  next(): ClientEvent | null {
    return this.#reader.next();
  }

  /**
   * The bytes behind a 101, or a 2xx to CONNECT, which belong to the other protocol; a view on borrowed memory.
   * @throws UsageError if the connection still speaks HTTP
   */
  takeRemaining(): Buffer {
    return this.#reader.takeRemaining();
  }

  #checkOpen(): void {
    if (!this.#reader.open) throw new UsageError("No request can follow on this connection");
  }
}
