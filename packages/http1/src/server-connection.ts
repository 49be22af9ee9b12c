import { Buffer } from "node:buffer";
import { BodyDecoder } from "./body-decoder.ts";
import { ProtocolError, UsageError } from "./errors.ts";
import type { Closed, Data, End, IncomingRequest, Output, ServerEvent } from "./events.ts";
import { noFields } from "./fields.ts";
import { HeadReader } from "./head-reader.ts";
import { type Limits, withDefaults } from "./limits.ts";
import type { OutgoingResponse } from "./outgoing-response.ts";
import { requestSyntax } from "./parse-request.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";
import { ResponseWriter } from "./response-writer.ts";
import type { ServerRequestState, ServerResponseState, ServerWaitingFor } from "./state.ts";

export interface ServerConnectionOptions {
  readonly limits?: Partial<Limits>;
  /** The current time as an IMF-fixdate, for the Date field that a server with a clock must send (RFC 9110 §6.6.1). */
  readonly date?: () => string;
}

const END: End = { type: "end", trailers: noFields };
const CLOSED: Closed = { type: "closed" };
const NOTHING = Buffer.alloc(0);

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
  readonly #received = new ReceiveBuffer();
  readonly #head: HeadReader<IncomingRequest>;
  readonly #body: BodyDecoder;
  readonly #writer: ResponseWriter;
  readonly #data: Data = { type: "data", bytes: NOTHING };
  #client: ServerRequestState = "head";
  #ended = false;
  #error: ProtocolError | null = null;

  /** @throws TypeError for a limit that does not exist, or is no whole number from 0 up, or Infinity */
  constructor(output: Output, options: ServerConnectionOptions = {}) {
    const limits = withDefaults(options.limits);
    this.#head = new HeadReader(this.#received, limits, requestSyntax(limits));
    this.#body = new BodyDecoder(limits);
    this.#writer = new ResponseWriter(output, options.date ?? null);
  }

  get requestState(): ServerRequestState {
    return this.#client;
  }

  get responseState(): ServerResponseState {
    return this.#writer.state;
  }

  get waitingFor(): ServerWaitingFor {
    const server = this.#writer.state;
    if (server === "closed" || server === "upgraded") return "nothing";
    switch (this.#client) {
      case "head":
        return this.#head.begun ? "rest-of-head" : "request";
      case "body":
        return this.#writer.continueDue ? "response" : "content";
      case "done":
        // Both done: the next `next()` turns to what comes after.
        if (server === "done") return this.#received.length > 0 ? "rest-of-head" : "request";
        return "response";
      default:
        return server === "idle" || server === "done" ? "nothing" : "response";
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
    if (this.#client === "failed" || this.#client === "closed" || this.#ended) return;
    // The content of a request may be read after its answer, even if that was the last one.
    if (this.#writer.state === "closed" && this.#client !== "body") return;
    this.#received.push(bytes, start, end);
  }

  /** Bytes that were received and not yet read: part of a head, or what follows an unanswered request. */
  get unreadBytes(): number {
    return this.#received.length;
  }

  /** Copies what is unread: for a host that stops before `next` gave null, and wants its memory back. */
  keep(): void {
    this.#received.keep();
  }

  /** The client has closed its sending side. */
  receiveEnd(): void {
    this.#ended = true;
  }

  /**
   * @returns the next event, or null if bytes or the application's answer are needed first
   * @throws ProtocolError if the client broke the protocol, now and whenever it is called again. If no response
   *   has begun, one with the error's `status` may be sent; then the connection has to be closed.
   */
  next(): ServerEvent | null {
    if (this.#error !== null) throw this.#error;
    try {
      const event = this.#read();
      if (event === null) this.#received.keep();
      return event;
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#error = error;
        this.#client = "failed";
        this.#received.clear();
        this.#writer.requestFailed();
      }
      throw error;
    }
  }

  #read(): ServerEvent | null {
    if (this.#client === "done" && this.#writer.state === "done") {
      this.#client = "head";
      this.#writer.reset();
    }
    if (this.#client === "head") return this.#readHead();
    if (this.#client === "body") return this.#readBody();
    return null;
  }

  #readHead(): IncomingRequest | Closed | null {
    const head = this.#head.read();
    if (head !== null) {
      this.#body.begin(head.framing, head.length);
      this.#client = "body";
      this.#writer.requestReceived(head);
      return head;
    }
    if (!this.#ended) return null;
    if (this.#received.length > 0) throw new ProtocolError("PREMATURE_END");
    this.#client = "closed";
    return CLOSED;
  }

  #readBody(): Data | End | null {
    const bytes = this.#body.decode(this.#received);
    if (bytes !== null) {
      this.#writer.contentReceived();
      this.#data.bytes = bytes;
      return this.#data;
    }
    if (this.#body.done) {
      this.#client = "done";
      this.#writer.contentReceived();
      const { trailers } = this.#body;
      return trailers === noFields ? END : { type: "end", trailers };
    }
    if (this.#ended) throw new ProtocolError("PREMATURE_END");
    return null;
  }

  /** The whole of the request's content has arrived. */
  get contentComplete(): boolean {
    return this.#client !== "body" || this.#body.done;
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
    this.#client = "failed";
    this.#received.clear();
  }

  /**
   * Begins a response. Its content goes through `write` and `end`: with its length if that is known, else
   * chunked, else, for an HTTP/1.0 client, until the connection is closed.
   * @throws UsageError as `respond` does
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
   * @param trailers name, value, name, value …, sent if the response is chunked (RFC 9112 §7.1.2)
   * @throws UsageError if no response has begun, or for less than the declared length: close the connection then
   */
  end(trailers?: readonly string[]): void {
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
    this.#client = "upgraded";
  }

  /**
   * The bytes behind an upgraded request, to be handed to the other protocol; a view on borrowed memory.
   * @throws UsageError if the connection was not upgraded: then the bytes are a request
   */
  takeRemaining(): Buffer {
    if (this.#client !== "upgraded") throw new UsageError("The connection still speaks HTTP");
    return this.#received.take(this.#received.length);
  }
}
