import type { Buffer } from "node:buffer";
import { ProtocolError, UsageError } from "./errors.ts";
import type { Closed, Data, End, IncomingRequest, Output, ServerEvent } from "./events.ts";
import type { FieldList } from "./fields.ts";
import { type Limits, resolveLimits } from "./limits.ts";
import { CLOSED, MessageReader } from "./message-reader.ts";
import type { OutgoingResponse } from "./outgoing-response.ts";
import { requestSyntax } from "./parse-request.ts";
import { ResponseWriter } from "./response-writer.ts";
import {
  nextState,
  SERVER_REQUEST,
  type ServerRequestState,
  type ServerResponseState,
  type ServerWaitingFor,
} from "./state.ts";

export interface ServerConnectionOptions {
  readonly limits?: Partial<Limits>;
  /** The current time as an IMF-fixdate, for the Date field that a server with a clock must send (RFC 9110 §6.6.1). */
  readonly date?: () => string;
}

/**
 * A server's side of one HTTP/1.1 connection (RFC 9112), without the connection: bytes go in with `receive`,
 * events come out of `next`, and what is to be sent goes to an `Output`. No sockets, timers or promises.
 *
 * ```
 * connection.receive(bytes);
 * for (let event = connection.next(); event !== null; event = connection.next()) …
 * ```
 *
 * Requests are read one at a time: while one is unanswered, `next` gives null and keeps what follows it.
 * state.ts has the rules.
 */
export class ServerConnection {
  readonly #reader: MessageReader<IncomingRequest>;
  readonly #writer: ResponseWriter;
  #request: ServerRequestState = "head";

  /** @throws TypeError, RangeError for a limit that does not exist, is no number, or out of range */
  constructor(output: Output, options: ServerConnectionOptions = {}) {
    const limits = resolveLimits(options.limits);
    this.#reader = new MessageReader(limits, requestSyntax(limits));
    this.#writer = new ResponseWriter(output, options.date ?? null);
  }

  get requestState(): ServerRequestState {
    return this.#request;
  }

  get responseState(): ServerResponseState {
    return this.#writer.state;
  }

  get waitingFor(): ServerWaitingFor {
    const response = this.#writer.state;
    if (response === "closed" || response === "upgraded") return "nothing";
    switch (this.#request) {
      case "head":
        return this.#reader.head.begun ? "rest-of-head" : "request";
      case "body":
        return this.#writer.continueDue ? "response" : "content";
      case "done":
        // Both done: the next `next()` turns to what comes after.
        if (response === "done") return this.#reader.unreadBytes > 0 ? "rest-of-head" : "request";
        return "response";
      default:
        return response === "idle" || response === "done" ? "nothing" : "response";
    }
  }

  /** Whether another request can follow on this connection (RFC 9112 §9.3). */
  get persistent(): boolean {
    return this.#writer.persistent;
  }

  /** Makes the current or next response the last one; it will say so with `Connection: close`. */
  doNotPersist(): void {
    this.#writer.persistent = false;
  }

  /**
   * Takes bytes from the client: those of `bytes` from `start` to `end`. They are borrowed: call `next` until
   * it gives null (or throws) before the memory is used for anything else. Ignored once nothing more is read.
   *
   * What comes while a request is unanswered is copied and kept, without a bound: a host should stop reading
   * while `waitingFor` is "response" and `unreadBytes` is more than it likes.
   */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (this.#request === "failed" || this.#request === "closed") return;
    // The content of a request may be read after its answer, even if that was the last one.
    if (this.#writer.state === "closed" && this.#request !== "body") return;
    this.#reader.receive(bytes, start, end);
  }

  /** Bytes that were received and not yet read: part of a head, or what follows an unanswered request. */
  get unreadBytes(): number {
    return this.#reader.unreadBytes;
  }

  /** Copies what is unread: for a host that stops before `next` gave null, and wants its memory back. */
  keep(): void {
    this.#reader.keep();
  }

  /** The client has closed its sending side. */
  receiveEnd(): void {
    this.#reader.receiveEnd();
  }

  /**
   * @returns the next event, or null if bytes or the application's answer are needed first
   * @throws ProtocolError if the client broke the protocol, now and whenever it is called again. If no response
   *   has begun, one with the error's `status` may be sent; then the connection has to be closed.
   */
  next(): ServerEvent | null {
    try {
      const event = this.#read();
      if (event === null) this.#reader.keep();
      return event;
    } catch (error) {
      if (this.#reader.fail(error)) this.#fail();
      throw error;
    }
  }

  #read(): ServerEvent | null {
    if (this.#request === "done" && this.#writer.state === "done") {
      this.#request = SERVER_REQUEST.next.done;
      this.#writer.next();
    }
    if (this.#request === "head") return this.#readHead();
    if (this.#request === "body") return this.#readContent();
    return this.#request === "failed" ? this.#reader.readFailed() : null;
  }

  #readHead(): IncomingRequest | Closed | null {
    const head = this.#reader.head.read();
    if (head !== null) {
      this.#reader.beginContent(head.framing, head.length);
      this.#request = SERVER_REQUEST.request.head;
      this.#writer.requestReceived(head);
      return head;
    }
    if (!this.#reader.ended) return null;
    if (this.#reader.unreadBytes > 0) throw new ProtocolError("PREMATURE_END");
    this.#request = SERVER_REQUEST.close.head;
    return CLOSED;
  }

  #readContent(): Data | End | null {
    const event = this.#reader.readContent();
    if (event === null) return null;
    this.#writer.contentReceived();
    if (event.type === "end") this.#request = SERVER_REQUEST.end.body;
    return event;
  }

  #fail(): void {
    this.#request = nextState(SERVER_REQUEST.failure, this.#request);
    this.#writer.requestFailed();
  }

  /** The whole of the request's content has arrived. */
  get contentComplete(): boolean {
    return this.#request !== "body" || this.#reader.contentComplete;
  }

  /** Answers `100 Continue` if the client waits for it (RFC 9110 §10.1.1); else does nothing. */
  sendContinue(): void {
    this.#writer.sendContinue();
  }

  /**
   * Sends an interim response, such as 103.
   * @throws UsageError unless `status` is 1xx and not 101, and a final response is due
   */
  inform(head: OutgoingResponse): void {
    this.#writer.inform(head);
  }

  /**
   * Sends a whole response, with its length. Content is left out for HEAD (RFC 9110 §9.3.2).
   * @throws UsageError if no response is due, or for a head or content that HTTP cannot carry; nothing is
   *   written then
   */
  respond(head: OutgoingResponse, content: string | Uint8Array | null): void {
    this.#writer.respond(head, content);
  }

  /**
   * Answers what will not be handled, a request that takes too long (408) for example, without content. It is the
   * last response, and nothing more is read.
   * @throws UsageError if a response has begun or none can be given, or for a status outside 400-599; then nothing
   *   is written and nothing changes
   */
  refuse(status: number): void {
    this.#writer.refuse(status);
    this.#request = nextState(SERVER_REQUEST.failure, this.#request);
    this.#reader.discard();
  }

  /**
   * Begins a response. Its content goes through `write` and `end`: with its length if that is known, else
   * chunked, else, for an HTTP/1.0 client, until the connection is closed.
   * @throws UsageError as `respond` does; TypeError, RangeError for a length that is no whole number from 0 up
   */
  start(head: OutgoingResponse, length?: number): void {
    this.#writer.start(head, length);
  }

  /**
   * Sends content; strings as UTF-8. Bytes must not change until they are written. A no-op for HEAD.
   * @throws UsageError if no response has begun, or for more than the declared length
   */
  write(chunk: string | Uint8Array): void {
    this.#writer.write(chunk);
  }

  /**
   * Ends the response.
   * @param trailers sent if the response is chunked (RFC 9112 §7.1.2)
   * @throws UsageError if no response has begun, or for less than the declared length: close the connection then
   */
  end(trailers?: FieldList): void {
    this.#writer.end(trailers);
  }

  /**
   * Answers `101 Switching Protocols` (RFC 9110 §7.8). Then the connection is no longer HTTP: `takeRemaining`
   * has the bytes that already came for the other protocol.
   * @param fields among them Upgrade, with the protocol, and Connection with `upgrade`
   * @throws UsageError if they are missing, the client did not offer that protocol, its content is unread, or a response
   *   has begun; then nothing is written and nothing changes
   */
  upgrade(fields: OutgoingResponse["fields"]): void {
    this.#writer.upgrade(fields, this.contentComplete);
    this.#request = nextState(SERVER_REQUEST.upgrade, this.#request);
  }

  /**
   * The bytes behind an upgraded request, to be handed to the other protocol; a view on borrowed memory.
   * @throws UsageError if the connection was not upgraded: then the bytes are a request
   */
  takeRemaining(): Buffer {
    if (this.#request !== "upgraded") throw new UsageError("The connection still speaks HTTP");
    return this.#reader.takeRemaining();
  }
}
