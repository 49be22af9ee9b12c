import type { Buffer } from "node:buffer";
import { ProtocolError, UsageError } from "./errors.ts";
import type { Closed, Data, End, Framing, IncomingRequest, Output, ServerEvent } from "./events.ts";
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
 * events come out of `next`, and responses go to an `Output`. It has no sockets, timers or promises.
 *
 * ```
 * connection.receive(bytes);
 * for (let event = connection.next(); event !== null; event = connection.next()) …
 * ```
 *
 * Requests are read one at a time: until the response to one is whole, `next` gives null and keeps what follows it.
 * state.ts has the rules.
 */
export class ServerConnection {
  readonly #reader: MessageReader<IncomingRequest>;
  readonly #writer: ResponseWriter;
  #request: ServerRequestState = "head";
  /** The client has asked for the end of the connection by a request without content. */
  #clientLeaves = false;

  /** @throws TypeError for a limit that does not exist or is not a number, RangeError for one out of range */
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

  /** The status of the response to the current request, or to the last one, or of a refusal; 0 before it begins. */
  get responseStatus(): number {
    return this.#writer.status;
  }

  /** Bytes of that response's content that have been sent, without framing. */
  get contentSent(): number {
    return this.#writer.contentSent;
  }

  /** How the end of a response that has begun by `start` is found; "none" without content, and behind the end. */
  get responseFraming(): Framing {
    return this.#writer.framing;
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
        // Both done: the next `next()` goes on to the next request.
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

  /**
   * Whether the client sends nothing more: it has asked for the end of the connection (RFC 9112 §9.6), by a request without content,
   * and no byte has come behind that. (Behind content some old clients send an empty line, RFC 9112 §2.2.)
   */
  get clientIsDone(): boolean {
    return this.#clientLeaves && this.#request === "done" && this.#reader.unreadBytes === 0;
  }

  /** Makes the current or next response the last one; it will have `Connection: close`. */
  doNotPersist(): void {
    this.#writer.persistent = false;
  }

  /**
   * Takes bytes from the client: those of `bytes` from `start` to `end`. They are borrowed: call `next` until
   * it gives null (or throws) before the memory is used for anything else. After the last message it ignores them.
   *
   * It copies and keeps, without a bound, what comes while a response is due: a host should stop reading while `waitingFor` is
   * "response" and `unreadBytes` exceeds a bound of its own.
   */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (this.#request === "failed" || this.#request === "closed") return;
    // The content of a request may be read after its response, even if that was the last one.
    if (this.#writer.state === "closed" && this.#request !== "body") return;
    this.#reader.receive(bytes, start, end);
  }

  /** Bytes that were received and not yet read: a part of a head, or what follows a request whose response is due. */
  get unreadBytes(): number {
    return this.#reader.unreadBytes;
  }

  /** Copies the unread bytes: for a host that stops before `next` gave null, and needs its memory back. */
  keep(): void {
    this.#reader.keep();
  }

  /** The client has closed its sending side. */
  receiveEnd(): void {
    this.#reader.receiveEnd();
  }

  /**
   * @returns the next event, or null if bytes or the application's response are needed first
   * @throws ProtocolError if the client broke the protocol, at this call and each later one. If no response
   *   has begun, one with the error's `status` may be sent. The connection must be closed then.
   */
  next(): ServerEvent | null {
    // (The same lines as in response-reader.ts: with callbacks from a shared reader a short request takes 270 ns and not 250.)
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
      this.#clientLeaves = !head.keepAlive && head.framing === "none";
      this.#writer.requestReceived(head);
      return head;
    }
    if (!this.#reader.ended) return null;
    if (this.#reader.unreadBytes > 0) throw new ProtocolError("PREMATURE_END");
    this.#request = SERVER_REQUEST.close.head;
    return CLOSED;
  }

  #readContent(): Data | End | null {
    const unread = this.#reader.unreadBytes;
    const event = this.#reader.readContent();
    // A part of a chunk's size line gives no event, and is content that has begun.
    if (event !== null || this.#reader.unreadBytes < unread) this.#writer.contentReceived();
    if (event?.type === "end") this.#request = SERVER_REQUEST.end.body;
    return event;
  }

  #fail(): void {
    this.#request = nextState(SERVER_REQUEST.failure, this.#request);
    this.#writer.requestFailed();
  }

  /** Whether the whole content of the request has come. */
  get contentComplete(): boolean {
    return this.#request !== "body" || this.#reader.contentComplete;
  }

  /** Sends `100 Continue` if the client waits for it (RFC 9110 §10.1.1); else does nothing. */
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
   * @throws UsageError if no response is due, or for a head or content that HTTP cannot carry; then it writes nothing
   */
  respond(head: OutgoingResponse, content: string | Uint8Array | null): void {
    this.#writer.respond(head, content);
  }

  /**
   * Refuses a request, one that takes too long (408) for example, by a response without content. It is the last response, and
   * nothing more is read.
   * @throws UsageError if a response has begun or cannot be sent, or for a status outside 400-599; then nothing is written
   *   and nothing changes
   */
  refuse(status: number): void {
    this.#writer.refuse(status);
    this.#request = nextState(SERVER_REQUEST.failure, this.#request);
    this.#reader.discard();
  }

  /**
   * Starts a response. Its content goes through `write` and `end`: with its length if that is known, else
   * chunked, else, for an HTTP/1.0 client, until the connection is closed.
   * @throws UsageError as `respond` does; TypeError, RangeError for a length that is not an integer from 0 up
   */
  start(head: OutgoingResponse, length?: number): void {
    this.#writer.start(head, length);
  }

  /**
   * Sends content; strings as UTF-8. Bytes must not change until they are written. A no-op for HEAD.
   * @throws UsageError if no response has begun, for more than the declared length, and for content of a 204 or 304
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
   * Sends `101 Switching Protocols` (RFC 9110 §7.8). The connection no longer speaks HTTP then: `takeRemaining`
   * has the bytes of the other protocol that have come.
   * @param fields with Upgrade, which names the protocol, and Connection with `upgrade`
   * @throws UsageError if they are missing, the client did not offer that protocol, its content is unread, or a response
   *   has begun; then nothing is written and nothing changes
   */
  upgrade(fields: OutgoingResponse["fields"]): void {
    this.#writer.upgrade(fields, this.contentComplete);
    this.#request = nextState(SERVER_REQUEST.upgrade, this.#request);
  }

  /**
   * The bytes behind an upgraded request, which belong to the other protocol; a view on borrowed memory.
   * @throws UsageError if the connection was not upgraded: the bytes are a request then
   */
  takeRemaining(): Buffer {
    if (this.#request !== "upgraded") throw new UsageError("The connection still speaks HTTP");
    return this.#reader.takeRemaining();
  }
}
