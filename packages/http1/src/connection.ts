import { Buffer } from "node:buffer";
import { BodyDecoder } from "./body-decoder.ts";
import { ProtocolError } from "./errors.ts";
import type { Closed, Data, End, Output, RequestHead, ServerEvent } from "./events.ts";
import { noFields } from "./fields.ts";
import { type Limits, withDefaults } from "./limits.ts";
import { NOT_FOUND, ReceiveBuffer } from "./receive-buffer.ts";
import { diagnoseLines, parseRequestHead } from "./request-head.ts";
import type { ResponseHead } from "./response-head.ts";
import { ResponseWriter } from "./response-writer.ts";
import type { ClientState, ServerState, WaitingFor } from "./state.ts";

export interface ServerConnectionOptions {
  readonly limits?: Partial<Limits>;
  /** The current time as an IMF-fixdate, for the Date field that a server with a clock must send (RFC 9110 §6.6.1). */
  readonly date?: () => string;
}

const END: End = { type: "end", trailers: noFields };
const CLOSED: Closed = { type: "closed" };
const NOTHING = Buffer.alloc(0);
const CR = 0x0d;
const LF = 0x0a;

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
  readonly #limits: Readonly<Limits>;
  readonly #received = new ReceiveBuffer();
  readonly #body: BodyDecoder;
  readonly #writer: ResponseWriter;
  readonly #data: Data = { type: "data", bytes: NOTHING };
  #client: ClientState = "head";
  #emptyLines = 0;
  #ended = false;
  #error: ProtocolError | null = null;

  /** @throws TypeError for a limit that does not exist or is no number from 0 up */
  constructor(output: Output, options: ServerConnectionOptions = {}) {
    this.#limits = withDefaults(options.limits);
    this.#body = new BodyDecoder(this.#limits);
    this.#writer = new ResponseWriter(output, options.date ?? null);
  }

  get clientState(): ClientState {
    return this.#client;
  }

  get serverState(): ServerState {
    return this.#writer.state;
  }

  get waitingFor(): WaitingFor {
    const server = this.#writer.state;
    if (server === "closed" || server === "upgraded") return "nothing";
    switch (this.#client) {
      case "head":
        return this.#received.length > 0 || this.#emptyLines > 0 ? "rest-of-head" : "request";
      case "body":
        return "content";
      case "done":
        return "response";
      default:
        return server === "idle" || server === "done" ? "nothing" : "response";
    }
  }

  /** Whether another request can follow on this connection (RFC 9112 §9.3). Final once the response has begun. */
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
   */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (this.#client === "failed" || this.#client === "closed" || this.#ended) return;
    if (this.#writer.state === "closed") return;
    this.#received.push(bytes, start, end);
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

  #readHead(): RequestHead | Closed | null {
    this.#skipEmptyLines();
    const received = this.#received;
    const end = received.length === 0 ? NOT_FOUND : received.findHeadEnd(this.#limits.headBytes);
    if (end === NOT_FOUND) return this.#awaitHead();
    const { text, textOffset: start } = received;
    const size = end + 4 - start;
    if (text.indexOf("\n", start) - start > this.#limits.requestLineBytes + 1) {
      throw new ProtocolError("REQUEST_LINE_TOO_LONG");
    }
    if (size > this.#limits.headBytes) this.#refuseLargeHead();
    const head = parseRequestHead(text, start, end, this.#limits);
    received.skip(size);
    this.#emptyLines = 0;
    this.#body.begin(head.contentLength);
    this.#client = "body";
    this.#writer.requestReceived(head);
    return head;
  }

  /** RFC 9112 §2.2: empty lines before a request line are to be ignored; some old clients send one. */
  #skipEmptyLines(): void {
    const received = this.#received;
    while (received.length >= 2 && received.byteAt(0) === CR && received.byteAt(1) === LF) {
      if (++this.#emptyLines > this.#limits.leadingEmptyLines) throw new ProtocolError("EMPTY_LINES");
      received.skip(2);
    }
  }

  /** The head is incomplete. Refuses now what more bytes could not mend, in the order a whole head would be. */
  #awaitHead(): Closed | null {
    const received = this.#received;
    const { headBytes, requestLineBytes } = this.#limits;
    if (received.length > 0) {
      const lineLimit = requestLineBytes + 2;
      if (received.length >= lineLimit && received.indexOfLF(0, lineLimit) === NOT_FOUND) {
        throw new ProtocolError("REQUEST_LINE_TOO_LONG");
      }
      const bareLF = received.indexOfBareLF(headBytes);
      if (bareLF !== NOT_FOUND) {
        const text = received.decodeText(bareLF + 1);
        throw diagnoseLines(text, 0, text.length) ?? new ProtocolError("BARE_LF");
      }
      if (received.length >= headBytes) this.#refuseLargeHead();
      if (this.#ended) throw new ProtocolError("PREMATURE_END");
      received.markScanned();
    } else if (this.#ended) {
      this.#client = "closed";
      return CLOSED;
    }
    return null;
  }

  #refuseLargeHead(): never {
    const text = this.#received.decodeText(this.#limits.headBytes);
    throw diagnoseLines(text, 0, text.length) ?? new ProtocolError("HEAD_TOO_LARGE");
  }

  #readBody(): Data | End | null {
    const bytes = this.#body.decode(this.#received);
    if (bytes !== null) {
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
  inform(head: ResponseHead): void {
    this.#writer.inform(head);
  }

  /**
   * Sends a whole response, with its length. Content is left out for HEAD (RFC 9110 §9.3.2).
   * @throws UsageError if no response is due, or for a head or content that HTTP cannot carry; nothing is
   *   written then
   */
  respond(head: ResponseHead, content: string | Uint8Array | null): void {
    this.#writer.respond(head, content);
  }

  /**
   * Begins a response. Its content goes through `write` and `end`: with its length if that is known, else
   * chunked, else, for an HTTP/1.0 client, until the connection is closed.
   * @throws UsageError as `respond` does
   */
  start(head: ResponseHead, length?: number): void {
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
   * @throws UsageError if the client did not ask for it, its content is unread, or a response has begun
   */
  upgrade(fields: ResponseHead["fields"]): void {
    this.#writer.upgrade(fields, this.contentComplete);
    this.#client = "upgraded";
  }

  /** The bytes behind an upgraded request, to be handed to the other protocol; a view on borrowed memory. */
  takeRemaining(): Buffer {
    return this.#received.take(this.#received.length);
  }
}
