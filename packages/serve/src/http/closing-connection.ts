import { type IncomingRequest, ProtocolError } from "@mantou/http1";
import type { Forwarded } from "../proxy/trusted-proxies.ts";
import { LAST_BODY_SECONDS, LAST_REQUEST_SECONDS, LINGER_SECONDS } from "./limits.ts";
import { reportError } from "./report-error.ts";
import { closedError, type RequestContext, unreadError } from "./request-context.ts";
import { RequestReader } from "./request-reader.ts";

/**
 * The ends of a connection: behind its last response, between two requests, or because its client
 * broke the protocol, came too slowly, or cannot be told.
 */
export abstract class ClosingConnection extends RequestReader {
  /**
   * Makes the current request, or the next one, the last one. Not the current one if its response has begun: that has not said so, and
   * the client may send another request behind it.
   */
  awaitLast(): void {
    if (this.http.responseState !== "body") this.http.doNotPersist();
  }

  /** Makes the current request, or the one that has begun to arrive, the last one. Without one the connection closes at once. */
  closeAfterResponse(): void {
    this.http.doNotPersist();
    if (this.#isUnused) this.#closeIdle();
    else this.awaitOneMore();
  }

  /** Closes the connection unless a request is under way, or has begun to arrive. Not at once if its client still reads: it may send another. */
  closeUnused(): void {
    if (this.#isUnused && this.transport.buffered === 0) this.#closeIdle();
    else this.awaitOneMore();
  }

  get #isUnused(): boolean {
    // An empty line is not the beginning of a request: some clients send one behind a body.
    return this.phase === "idle" && this.http.unreadBytes === 0 && this.body?.isRead !== true;
  }

  /** Gives the client a moment for one more request, when it has read the last response. */
  protected awaitOneMore(): void {
    if (this.transport.buffered === 0) this.limitLast();
    else this.transport.whenDrained(() => this.limitLast());
  }

  /** Limits how long the client may be silent behind the last response, while it is the client for which the server waits. */
  protected limitLast(): void {
    if (!this.isLast || this.http.unreadBytes > 0) return;
    if (this.body?.isFull !== true) this.deadline = this.host.timeouts.after(LAST_REQUEST_SECONDS);
    else if (this.idleSeconds === 0) this.deadline = this.host.timeouts.after(LAST_BODY_SECONDS);
  }

  /** Closes the connection unless a request is under way, or has begun to arrive. */
  closeIfIdle(): boolean {
    if (this.phase !== "idle" || this.http.waitingFor !== "request") return false;
    this.#closeIdle();
    return true;
  }

  #closeIdle(): void {
    if (this.http.waitingFor === "content") {
      // The rest of a body that no handler reads is on its way.
      this.close();
      return;
    }
    this.writeQueue.flush();
    this.phase = "lingering";
    this.transport.close();
  }

  protected timedOut(status: number): void {
    // Before the response: that of the handler comes too late.
    this.context?.abort();
    this.refuseAndClose(status);
  }

  protected refuse(error: unknown): void {
    const { context } = this;
    if (!(error instanceof ProtocolError)) {
      this.body?.fail(() => error);
      reportError(error, context);
      this.destroy();
      return;
    }
    // A client that ends in the middle has gone, as one that resets the connection.
    this.body?.fail(error.code === "PREMATURE_END" ? closedError : () => error);
    // Not the application's fault: its `error` handler does not get what reading the body throws.
    context?.abort();
    // The client of a response that is on its way cannot be trusted to read the rest. It is not on its way before its stream or file has given a part.
    if (this.http.responseState === "body") this.destroy();
    else this.refuseAndClose(error.status);
  }

  /**
   * Responds with a status alone, if that is still possible, and ends the connection.
   * @param head of a request that has no context
   * @param forwarded what proxies tell of it
   */
  protected refuseAndClose(
    status: number,
    head: IncomingRequest | null = null,
    forwarded: Forwarded | null = null,
  ): void {
    const { context } = this;
    this.http.doNotPersist();
    const { responseState } = this.http;
    const isRefused = responseState === "idle" || responseState === "pending";
    if (isRefused) this.http.refuse(status);
    if (context !== null) {
      context.responded = true;
      this.context = null;
      this.host.pendingRequests--;
    }
    this.writeQueue.flush();
    const remoteAddress = forwarded === null ? this.transport.remoteAddress : forwarded.client?.address;
    this.close();
    if (context !== null) this.tellEnd(context, isRefused);
    else if (isRefused) this.settings.refused?.({ head, status, remoteAddress });
  }

  /**
   * Ends our side and gives the client time to read: a connection that is closed with bytes unread is reset, and the
   * reset can overtake our last bytes (RFC 9112 §9.6). Behind a client that sends nothing more the connection is closed at once, as by
   * nginx and `node:http`: there is no end to be read.
   */
  protected close(): void {
    if (this.lingering) return;
    this.writeQueue.flush();
    this.phase = "lingering";
    this.arrival?.end();
    this.body?.fail(unreadError);
    this.#limitLingering();
    if (this.http.clientIsDone) this.transport.close();
    else this.transport.end();
    this.pauser.clear();
  }

  /** A slow client has the usual time for what waits for it. The other limit begins when the system has the last bytes. */
  #limitLingering(): void {
    const limit = (): void => {
      this.deadline = this.host.timeouts.after(LINGER_SECONDS);
    };
    if (this.transport.buffered === 0) limit();
    else {
      this.deadline = this.later();
      this.transport.whenDrained(limit);
    }
  }

  /** The last step: observers run code of the application, which may end the connection. */
  protected tellEnd({ observer }: RequestContext, complete: boolean): void {
    observer?.ended(this.http.responseStatus, this.http.contentSent, complete);
  }
}
