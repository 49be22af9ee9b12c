import type { Buffer } from "node:buffer";
import { type IncomingRequest, ProtocolError } from "@mantou/http1";
import { logError } from "../errors/log.ts";
import { describeRequest } from "../errors/text.ts";
import { targetRefusal } from "../fetch/request-url.ts";
import type { Transport, TransportHandler } from "../socket/transport.ts";
import type { HttpHost } from "./host.ts";
import { LINGER_SECONDS } from "./limits.ts";
import type { Outgoing } from "./outgoing.ts";
import { type BeginProtocol, closedError, RequestContext, type RequestHost } from "./request-context.ts";
import { RequestReader } from "./request-reader.ts";
import { respond } from "./respond.ts";
import { isOver } from "./send-stream.ts";

/** A connection that speaks HTTP/1.1: requests go to the handlers, and their responses back. */
export class HttpConnection extends RequestReader implements TransportHandler, RequestHost {
  /** Takes the bytes behind an upgrade. */
  #takeRemaining: ((bytes: Buffer) => void) | null = null;

  constructor(host: HttpHost, transport: Transport) {
    super(host, transport);
    // A TLS handshake may end when the server has already stopped.
    if (host.stopping) this.http.doNotPersist();
    host.connections.add(this);
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    if (!this.lingering) this.receive(buffer, start, end);
  }

  onEnd(): void {
    // Our last bytes may still be on their way to a client that has sent its last ones; then the transport closes by itself.
    if (this.lingering) return;
    this.http.receiveEnd();
    // A client that closes while a response is due is gone: browsers and fetch cancel that way. node:http and Bun agree.
    if (this.context !== null && this.http.waitingFor === "response") this.transport.destroy();
    else this.handleEvents();
  }

  onClose(): void {
    this.host.timeouts.delete(this);
    this.host.connections.delete(this);
    const { context } = this;
    this.context = null;
    if (context !== null) {
      context.abort();
      this.host.pendingRequests--;
    }
    this.body?.fail(closedError());
    this.host.connectionClosed();
  }

  protected timedOut(status: number): void {
    // Before the response: that of the handler comes too late.
    this.context?.abort();
    this.#refuseAndClose(status);
  }

  /** Makes the current request, or the one that has begun to arrive, the last one. Without one the connection closes at once. */
  closeAfterResponse(): void {
    this.http.doNotPersist();
    // An empty line is not the beginning of a request: some clients send one behind a body.
    if (this.phase === "idle" && this.http.unreadBytes === 0) this.#closeIdle();
  }

  /** Closes the connection unless a request is under way, or has begun to arrive. */
  closeIfIdle(): boolean {
    if (this.phase !== "idle" || this.http.waitingFor !== "request") return false;
    this.#closeIdle();
    return true;
  }

  #closeIdle(): void {
    this.phase = "lingering";
    this.transport.close();
  }

  protected handleRequest(head: IncomingRequest): void {
    const status = targetRefusal(head, this.settings.secure);
    if (status !== 0) {
      this.#refuseAndClose(status);
      return;
    }
    const context = new RequestContext(this, head, this.beginBody(head));
    this.context = context;
    this.phase = "responding";
    this.host.pendingRequests++;
    this.host.handle(context);
  }

  // The members of a request's host.

  setTimeout(context: RequestContext, seconds: number): void {
    if (context === this.context) this.limitTo(seconds);
  }

  awaits(context: RequestContext): boolean {
    return context === this.context && !context.responded && !this.transport.closed;
  }

  get bodyComplete(): boolean {
    return this.http.contentComplete;
  }

  send(context: RequestContext, outgoing: Outgoing): void {
    let sending: true | Promise<boolean>;
    try {
      sending = respond(this, context, outgoing, this.settings.development);
    } catch (error) {
      this.fail(context, error);
      return;
    }
    if (sending === true) {
      this.#finish(context);
      return;
    }
    // It takes more than this turn: the request counts as responded to.
    context.responded = true;
    sending.then(
      (complete) => {
        if (complete) this.#finish(context);
      },
      (error: unknown) => this.#sendingFailed(context, error),
    );
  }

  #sendingFailed(context: RequestContext, error: unknown): void {
    // The end of the connection, or the refusal of the request whose body was to be sent back, has been dealt with there.
    if (isOver(this, context)) return;
    if (this.http.responseState === "pending") {
      context.responded = false;
      this.fail(context, error);
      return;
    }
    logError(error, describeRequest(context.head));
    this.#abort();
  }

  fail(context: RequestContext, error: unknown): void {
    if (!context.failed) {
      this.host.handleError(error, context);
      return;
    }
    // The response to an error could not be sent either; another one would fare no better.
    logError(error, describeRequest(context.head));
    this.#refuseAndClose(500);
  }

  switchProtocol(context: RequestContext, fields: readonly string[], begin: BeginProtocol): void {
    this.http.upgrade(fields);
    this.phase = "upgraded";
    this.#finish(context);
    this.host.timeouts.delete(this);
    this.host.connections.delete(this);
    // Before the other protocol begins: its handlers may pause the connection for reasons of their own.
    this.pauser.clear();
    this.#takeRemaining = begin(this.transport, this.writeQueue);
    this.afterEvents();
  }

  protected receiveBehindHandshake(bytes: Buffer): void {
    this.#takeRemaining?.(bytes);
  }

  /** The response is complete, or another protocol has the connection. */
  #finish(context: RequestContext): void {
    context.responded = true;
    this.body?.abandon();
    this.context = null;
    if (this.phase === "responding") this.phase = "idle";
    this.resetTimeout();
    this.host.pendingRequests--;
    this.handleEvents();
  }

  /** Ends the connection so that the client sees that a response is not whole. */
  #abort(): void {
    this.writeQueue.flush();
    this.transport.destroy();
  }

  protected refuse(error: unknown): void {
    const { context } = this;
    const isResponding = context?.responded === true;
    if (!(error instanceof ProtocolError)) {
      this.body?.fail(error);
      logError(error, context === null ? "" : describeRequest(context.head));
      this.#abort();
      return;
    }
    // A client that ends in the middle has gone, as one that resets the connection.
    this.body?.fail(error.code === "PREMATURE_END" ? closedError() : error);
    // Not the application's fault: its `error` handler does not get what reading the body throws.
    context?.abort();
    // The client of a response that is on its way cannot be trusted to read the rest.
    if (isResponding) this.#abort();
    else this.#refuseAndClose(error.status);
  }

  /** Responds with a status alone, if that is still possible, and ends the connection. */
  #refuseAndClose(status: number): void {
    if (this.context !== null) {
      this.context.responded = true;
      this.context = null;
      this.host.pendingRequests--;
    }
    this.http.doNotPersist();
    if (this.http.responseState === "idle" || this.http.responseState === "pending") {
      this.http.refuse(status);
    }
    this.writeQueue.flush();
    this.close();
  }

  /**
   * Ends our side and gives the client time to read: a connection that is closed with bytes unread is reset, and the
   * reset can overtake our last bytes (RFC 9112 §9.6).
   */
  protected close(): void {
    if (this.lingering) return;
    this.phase = "lingering";
    this.deadline = this.host.timeouts.after(LINGER_SECONDS);
    this.transport.end();
    this.pauser.clear();
  }
}
