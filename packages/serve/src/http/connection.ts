import type { Buffer } from "node:buffer";
import type { FieldBlock, IncomingRequest } from "@mantou/http1";
import { requestedHost, targetRefusal } from "../fetch/request-url.ts";
import type { Forwarded, TrustedProxies } from "../proxy/trusted-proxies.ts";
import { UNLISTED } from "../socket/indexed-list.ts";
import type { Transport, TransportHandler } from "../socket/transport.ts";
import { ClosingConnection } from "./closing-connection.ts";
import type { HttpHost } from "./host.ts";
import { CONGESTED_BYTES } from "./limits.ts";
import type { Outgoing } from "./outgoing.ts";
import { reportError, reportFailure } from "./report-error.ts";
import {
  abortedError,
  type BeginProtocol,
  closedError,
  RequestContext,
  type RequestHost,
} from "./request-context.ts";
import { respond } from "./respond.ts";
import { isOver } from "./send-stream.ts";

/** A connection that speaks HTTP/1.1: requests go to the handlers, and their responses back. */
export class HttpConnection extends ClosingConnection implements TransportHandler, RequestHost {
  /** Its place among the connections of the server. */
  place: number = UNLISTED;
  /** Takes the bytes behind an upgrade. */
  #takeRemaining: ((bytes: Buffer) => void) | null = null;
  /** Requests so far, if their number is limited. */
  #handled = 0;
  /** Requests whose responses are written, while much of them waits for the client; null if there are none. */
  #untaken: RequestContext[] | null = null;

  constructor(host: HttpHost, transport: Transport) {
    super(host, transport);
    // A TLS handshake may end when the server has already stopped.
    if (host.stopping) this.http.doNotPersist();
    host.connections.add(this);
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    if (!this.lingering) this.receive(buffer, start, end);
  }

  takeMemory(): Uint8Array | null {
    // Without unread bytes the next ones are the body's.
    if (this.lingering || this.http.unreadBytes > 0) return null;
    try {
      return this.body?.nextMemory() ?? null;
    } catch (error) {
      // There is no memory of this size. Thrown on, the error would end the process.
      this.refuse(error);
      return null;
    }
  }

  onEnd(): void {
    // Our last bytes may still be on their way to a client that has sent its last ones; then the transport closes by itself.
    if (this.lingering) return;
    this.http.receiveEnd();
    // A client that closes while a response is due is gone: browsers and fetch cancel that way. node:http and Bun agree.
    if (this.context !== null && this.http.waitingFor === "response") this.destroy();
    else this.handleEvents();
  }

  onClose(): void {
    this.arrival?.end();
    this.host.timeouts.delete(this);
    this.host.connections.delete(this);
    const { context } = this;
    this.context = null;
    for (const each of this.#untaken ?? []) this.#lose(each);
    this.#untaken = null;
    if (context !== null) this.#lose(context);
    this.body?.fail(closedError);
    this.host.connectionClosed();
    if (context !== null) this.tellEnd(context, false);
  }

  #lose(context: RequestContext): void {
    context.abort();
    this.host.pendingRequests--;
  }

  protected handleRequest(head: IncomingRequest): void {
    const { secure, trustedProxies, maxRequests } = this.settings;
    if (maxRequests !== 0 && ++this.#handled >= maxRequests) this.http.doNotPersist();
    const forwarded = trustedProxies === null ? null : this.#forwardedOf(head, trustedProxies);
    const status = forwarded === "invalid" ? 400 : targetRefusal(head, forwarded?.secure ?? secure);
    if (forwarded === "invalid" || status !== 0) {
      this.refuseAndClose(status, head, forwarded === "invalid" ? null : forwarded);
      return;
    }
    const context = new RequestContext(this, head, this.beginBody(head), forwarded);
    this.context = context;
    this.phase = "responding";
    this.host.pendingRequests++;
    this.host.handle(context);
  }

  /** @returns null also when the connection is closed: its peer is not known then */
  #forwardedOf(head: IncomingRequest, proxies: TrustedProxies): Forwarded | null | "invalid" {
    if (this.transport.closed) return null;
    return proxies.read(head.fields, this.transport.address, requestedHost(head));
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
      this.#written(context);
      return;
    }
    // It takes more than this turn: the request counts as responded to.
    context.responded = true;
    sending.then(
      (complete) => {
        if (complete) this.#written(context);
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
    reportError(error, context);
    this.destroy();
  }

  fail(context: RequestContext, error: unknown): void {
    if (context.failure === null) {
      this.host.handleError(error, context);
      return;
    }
    // The response to an error could not be sent either; another one would fare no better.
    reportFailure(error, context);
    this.refuseAndClose(500);
  }

  sendEarlyHints(context: RequestContext, fields: FieldBlock): boolean {
    // RFC 9110 §15.2: an HTTP/1.0 client does not know interim responses.
    if (!this.awaits(context) || context.head.minor === 0) return false;
    this.http.inform({ status: 103, fields });
    this.writeQueue.flush();
    return true;
  }

  abort(context: RequestContext): boolean {
    if (context !== this.context || this.transport.closed) return false;
    context.abort(abortedError());
    this.destroy();
    return true;
  }

  switchProtocol(context: RequestContext, fields: FieldBlock, begin: BeginProtocol): void {
    this.http.upgrade(fields);
    this.phase = "upgraded";
    this.#release(context);
    this.host.pendingRequests--;
    this.#taken();
    this.arrival?.end();
    this.host.timeouts.delete(this);
    this.host.connections.delete(this);
    if (context.forwarded !== null) this.transport.setAddress(context.forwarded.client);
    // Before the other protocol begins: its handlers may pause the connection for reasons of their own.
    this.pauser.clear();
    this.#takeRemaining = begin(this.transport, this.writeQueue);
    this.afterEvents();
    this.tellEnd(context, true);
  }

  protected receiveBehindHandshake(bytes: Buffer): void {
    this.#takeRemaining?.(bytes);
  }

  /** The response is written, and the connection goes on. */
  #written(context: RequestContext): void {
    this.#release(context);
    if (this.transport.buffered <= CONGESTED_BYTES) this.host.pendingRequests--;
    else this.#awaitTaken(context);
    this.tellEnd(context, true);
    this.goOn();
  }

  /**
   * While much of a response waits for its client the request is pending: a client that goes away then aborts its signal, whether the
   * body is a stream or was there at once.
   */
  #awaitTaken(context: RequestContext): void {
    if (this.#untaken !== null) {
      this.#untaken.push(context);
      return;
    }
    this.#untaken = [context];
    this.transport.whenDrained(() => {
      // A transport that is closed has dropped the bytes: `onClose` comes next.
      if (!this.transport.closed) this.#taken();
    });
  }

  #taken(): void {
    this.host.pendingRequests -= this.#untaken?.length ?? 0;
    this.#untaken = null;
  }

  /** The connection is free for the next request, or for another protocol. */
  #release(context: RequestContext): void {
    context.responded = true;
    this.body?.abandon();
    this.context = null;
    if (this.phase === "responding") this.phase = "idle";
    this.resetTimeout();
    // The server was told to stop when this response had begun without saying that it is the last one.
    if (this.host.stopping && this.http.persistent) {
      this.http.doNotPersist();
      this.awaitOneMore();
    }
  }
}
