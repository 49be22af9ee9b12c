import type { Buffer } from "node:buffer";
import { ProtocolError, UsageError } from "./errors.ts";
import type { ClientEvent, Data, End, IncomingResponse, InterimResponse, Output } from "./events.ts";
import type { FieldList } from "./fields.ts";
import { interpretResponse, type SentRequest, switchesProtocol } from "./interpret-response.ts";
import { type Limits, resolveLimits } from "./limits.ts";
import { CLOSED, MessageReader } from "./message-reader.ts";
import type { CheckedRequest, OutgoingRequest } from "./outgoing-request.ts";
import { type ParsedResponse, responseSyntax } from "./parse-response.ts";
import { RequestWriter } from "./request-writer.ts";
import {
  CLIENT_RESPONSE,
  type ClientRequestState,
  type ClientResponseState,
  type ClientWaitingFor,
  nextState,
} from "./state.ts";

export interface ClientConnectionOptions {
  readonly limits?: Partial<Limits>;
}

/**
 * A client's side of one HTTP/1.1 connection (RFC 9112), without the connection: requests go to an `Output`, bytes
 * go in with `receive`, events come out of `next`. No sockets, timers or promises.
 *
 * ```
 * connection.request({ method: "GET", target: "/", fields: ["Host", "example.org"] }, null);
 * connection.receive(bytes);
 * for (let event = connection.next(); event !== null; event = connection.next()) …
 * ```
 *
 * Requests may be sent before earlier ones are answered; whether they may safely (RFC 9112 §9.3.2) is the
 * application's to know. state.ts has the rules.
 */
export class ClientConnection {
  readonly #limits: Readonly<Limits>;
  readonly #reader: MessageReader<ParsedResponse>;
  readonly #writer: RequestWriter;
  /** Requests without a whole response, the oldest first. */
  readonly #sent: SentRequest[] = [];
  #response: ClientResponseState = "idle";
  #interimResponses = 0;
  /** The server says that this response is its last. */
  #last = false;
  /** Something came while no request was unanswered. */
  #unexpected = false;
  /** How many bytes have come in all. */
  #receivedBytes = 0;

  /** @throws TypeError, RangeError for a limit that does not exist, is no number, or out of range */
  constructor(output: Output, options: ClientConnectionOptions = {}) {
    this.#limits = resolveLimits(options.limits);
    this.#reader = new MessageReader(this.#limits, responseSyntax);
    this.#writer = new RequestWriter(output);
  }

  get requestState(): ClientRequestState {
    return this.#writer.state;
  }

  get responseState(): ClientResponseState {
    return this.#response;
  }

  get waitingFor(): ClientWaitingFor {
    switch (this.#response) {
      case "idle":
        return this.#writer.state === "body" ? "request-content" : "request";
      case "head":
        if (this.#reader.head.begun) return "rest-of-head";
        if (this.#writer.continueDue) return "continue";
        // Of requests that were sent ahead the first has ended, and is owed its answer.
        return this.#writer.state === "body" && this.#sent.length === 1 ? "request-content" : "response";
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

  /** How many requests have no whole response. If the connection is lost, so are their answers. */
  get unanswered(): number {
    return this.#sent.length;
  }

  /** Bytes that were received and not yet read: part of a head, or the other protocol's. */
  get unreadBytes(): number {
    return this.#reader.unreadBytes;
  }

  /** Makes the next request the last one; it will say so with `Connection: close`. */
  doNotPersist(): void {
    this.#writer.persistent = false;
  }

  /**
   * Sends a whole request. With content, or if the method calls for some, its length is sent too.
   * @throws UsageError if no request can be sent now, or for one that HTTP cannot carry; nothing is written then
   */
  request(request: OutgoingRequest, content: string | Uint8Array | null): void {
    this.#checkOpen();
    this.#expect(request, this.#writer.request(request, content));
  }

  /**
   * Begins a request. Its content goes through `write` and `end`: with its length if that is known, else chunked.
   * With `Expect: 100-continue`, `waitingFor` is "continue" until the server has answered or `write` is called.
   * @throws UsageError as `request` does, and for content without a length to a server that spoke HTTP/1.0
   */
  start(request: OutgoingRequest, length?: number): void {
    this.#checkOpen();
    this.#expect(request, this.#writer.start(request, length));
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
   * Sends no more of the content: the server has refused it, or there is none. Its answer is still read, but nothing can
   * follow (RFC 9112 §9.5).
   * @throws UsageError if no request is being sent
   */
  abandon(): void {
    this.#writer.abandon();
  }

  /**
   * Takes bytes from the server: those of `bytes` from `start` to `end`. They are borrowed: call `next` until it
   * gives null (or throws) before the memory is used for anything else. Ignored once nothing more is read.
   */
  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (this.#response === "failed" || this.#response === "closed" || this.#reader.ended) return;
    this.#reader.receive(bytes, start, end);
    if (this.#response === "idle" && start < end) this.#unexpected = true;
    this.#receivedBytes += Math.max(end - start, 0);
  }

  /** Copies what is unread: for a host that stops before `next` gave null, and wants its memory back. */
  keep(): void {
    this.#reader.keep();
  }

  /**
   * The server has closed its sending side. Not for a connection that was reset, or a TLS one without close_notify:
   * there a response that only the end delimits may be incomplete (RFC 9112 §9.8).
   */
  receiveEnd(): void {
    this.#reader.receiveEnd();
  }

  /**
   * @returns the next event, or null if bytes or a request are needed first
   * @throws ProtocolError if the server broke the protocol, now and whenever it is called again. Close then.
   */
  next(): ClientEvent | null {
    try {
      const event = this.#read();
      if (event === null) this.#reader.keep();
      return event;
    } catch (error) {
      if (this.#reader.fail(error)) this.#fail();
      throw error;
    }
  }

  #read(): ClientEvent | null {
    if (this.#response === "failed") return this.#reader.readFailed();
    if (this.#unexpected) throw new ProtocolError("RESPONSE_UNEXPECTED");
    switch (this.#response) {
      case "idle":
        if (!this.#reader.ended) return null;
        this.#close(CLIENT_RESPONSE.close.idle);
        return CLOSED;
      case "head":
        return this.#readHead();
      case "body":
        return this.#readContent();
      default:
        return null;
    }
  }

  #readHead(): IncomingResponse | InterimResponse | null {
    const sent = this.#sent[0]!;
    const unread = this.#reader.unreadBytes;
    if (unread > 0 && this.#receivedBytes - unread < sent.sentAt) {
      throw new ProtocolError("RESPONSE_UNEXPECTED");
    }
    const head = this.#reader.head.read();
    if (head === null) {
      if (this.#reader.ended) throw new ProtocolError("PREMATURE_END");
      return null;
    }
    const response = interpretResponse(
      head,
      sent,
      this.#writer.state !== "body" || this.#sent.length > 1,
      this.#limits.bodyBytes,
    );
    this.#writer.responseReceived(head.minor);
    if (response.type === "interim") {
      if (++this.#interimResponses > this.#limits.interimResponses) {
        throw new ProtocolError("INTERIM_RESPONSES_TOO_MANY");
      }
      return response;
    }
    this.#interimResponses = 0;
    if (switchesProtocol(response.request.method, response.status)) {
      this.#response = CLIENT_RESPONSE.upgrade.head;
      this.#sent.shift();
      this.#writer.upgraded();
      return response;
    }
    if (!response.keepAlive) {
      this.#last = true;
      this.#writer.close();
    }
    this.#reader.beginContent(response.framing, response.length);
    this.#response = CLIENT_RESPONSE.response.head;
    return response;
  }

  #readContent(): Data | End | null {
    const event = this.#reader.readContent();
    if (event?.type === "end") this.#responseEnded();
    return event;
  }

  #responseEnded(): void {
    this.#sent.shift();
    const none = this.#sent.length === 0;
    // Of requests sent ahead, the one that decides what follows is always the last.
    if (none) this.#writer.declined();
    if (this.#last || (none && this.#writer.state === "closed")) {
      this.#close(CLIENT_RESPONSE["last-end"].body);
      return;
    }
    this.#response = none ? CLIENT_RESPONSE.end.body : CLIENT_RESPONSE["end-of-one"].body;
    if (none && this.#reader.unreadBytes > 0) this.#unexpected = true;
  }

  #close(state: ClientResponseState): void {
    this.#response = state;
    this.#reader.discard();
    this.#writer.close();
  }

  #fail(): void {
    this.#response = nextState(CLIENT_RESPONSE.failure, this.#response);
    this.#writer.close();
  }

  #checkOpen(): void {
    // What came before a request can be no answer to it: the connection is lost, as `next` will say.
    if (this.#unexpected || this.#reader.ended)
      throw new UsageError("No request can follow on this connection");
  }

  #expect(request: OutgoingRequest, { upgrade }: CheckedRequest): void {
    this.#sent.push({ request, upgrade, sentAt: this.#receivedBytes });
    if (this.#response === "idle") this.#response = CLIENT_RESPONSE.request.idle;
  }

  /**
   * The bytes behind a 101 or a 2xx to CONNECT, to be handed to the other protocol; a view on borrowed memory.
   * @throws UsageError if the connection still speaks HTTP
   */
  takeRemaining(): Buffer {
    if (this.#response !== "upgraded") throw new UsageError("The connection still speaks HTTP");
    return this.#reader.takeRemaining();
  }
}
