import type { Buffer } from "node:buffer";
import { type IncomingRequest, ProtocolError, ServerConnection } from "@mantou/http1";
import { logError } from "../errors/log.ts";
import { targetRefusal } from "../fetch/request-url.ts";
import { BODY_FULL, REQUESTS_AHEAD, RESPONSES_UNREAD, ReadPauser, TURN_USED } from "../socket/read-pauser.ts";
import type { Timed } from "../socket/timeouts.ts";
import type { Transport, TransportHandler } from "../socket/transport.ts";
import { WriteQueue } from "../socket/write-queue.ts";
import type { HttpHost, HttpSettings } from "./host.ts";
import { currentDate } from "./http-date.ts";
import {
  CONGESTED_BYTES,
  DISCARD_BYTES,
  DISCARD_PIECE_BYTES,
  HEAD_SECONDS,
  LINGER_SECONDS,
  LOOK_AHEAD_BYTES,
  LOOK_SECONDS,
  READ_AHEAD_BYTES,
  REQUESTS_A_TURN,
} from "./limits.ts";
import type { Outgoing } from "./outgoing.ts";
import { type BodyHost, IncomingBody } from "./request-body.ts";
import { closedError, type NextProtocol, RequestContext, type RequestHost } from "./request-context.ts";
import { respond } from "./respond.ts";
import { isOver, type ResponseLink } from "./send-stream.ts";

/**
 * What a connection is about. "responding": a request is being received, answered or both; `http.waitingFor` has which. "lingering": we
 * read no more, and the connection ends when our last bytes have been taken. "upgraded": another protocol has it.
 */
type Phase = "idle" | "responding" | "lingering" | "upgraded";

/** A connection that speaks HTTP: carries bytes to its protocol machine, requests to the handlers, answers back. */
export class HttpConnection implements TransportHandler, Timed, RequestHost, BodyHost, ResponseLink {
  readonly http: ServerConnection;
  readonly transport: Transport;
  readonly writeQueue: WriteQueue;
  readonly settings: HttpSettings;
  readonly #host: HttpHost;
  deadline: number;
  /** The request that is being received or answered. */
  #context: RequestContext | null = null;
  /** Content that is being received for somebody; null if there is none, or nobody wants it. */
  #body: IncomingBody | null = null;
  /** Seconds for the current request, in place of the server's. */
  #timeout: number;
  #pumping = false;
  readonly #pauser: ReadPauser;
  /** What the operating system had taken when the deadline last came. */
  #taken = 0;
  #discarded = 0;
  /** Requests since the event loop was last left to others. */
  #requests = 0;
  #phase: Phase = "idle";
  /** What is spoken here after HTTP. */
  #next: NextProtocol | null = null;

  constructor(host: HttpHost, transport: Transport) {
    this.#host = host;
    this.settings = host.settings;
    this.transport = transport;
    this.writeQueue = new WriteQueue(transport);
    this.#pauser = new ReadPauser(transport);
    this.http = new ServerConnection(this.writeQueue, { limits: host.settings.limits, date: currentDate });
    // A TLS handshake may end when the server has already stopped.
    if (host.stopping) this.http.doNotPersist();
    this.#timeout = host.settings.idleTimeout;
    this.deadline = host.timeouts.after(this.#timeout);
    host.connections.add(this);
    host.timeouts.add(this);
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    if (this.#isLingering) return;
    // A head that has begun keeps its deadline: one byte every nine seconds is not progress.
    if (this.http.waitingFor !== "rest-of-head") this.deadline = this.#host.timeouts.after(this.#timeout);
    this.http.receive(buffer, start, end);
    this.#pump();
  }

  onEnd(): void {
    // Our last words may still be on their way to a client that has said all it had to say; then the transport closes by itself.
    if (this.#isLingering) return;
    this.http.receiveEnd();
    // Whoever closes while an answer is due is gone: that is how browsers and fetch cancel. node:http and Bun agree.
    if (this.#context !== null && this.http.waitingFor === "response") this.transport.destroy();
    else this.#pump();
  }

  onClose(): void {
    this.#host.timeouts.delete(this);
    this.#host.connections.delete(this);
    const context = this.#context;
    this.#context = null;
    if (context !== null) {
      context.abort();
      this.#host.pendingRequests--;
    }
    this.#body?.fail(closedError());
    this.#host.connectionClosed();
  }

  onTimeout(): void {
    const { waitingFor } = this.http;
    // No time is limited but that of heads and of closing.
    if (
      this.#timeout === 0 &&
      !this.#isLingering &&
      (waitingFor === "content" || waitingFor === "response")
    ) {
      this.#look();
      return;
    }
    // A slow reader is not an idle one.
    const { buffered, taken } = this.transport;
    const progress = buffered > 0 && taken !== this.#taken;
    this.#taken = taken;
    if (progress) {
      this.deadline = this.#later();
      return;
    }
    if (this.#isLingering || this.http.waitingFor === "request") {
      this.transport.destroy();
      return;
    }
    const status = this.#timeoutStatus();
    if (status === 0) {
      this.transport.destroy();
      return;
    }
    // Before anything is said: what the handler makes of it comes too late.
    this.#context?.abort();
    this.refuseAndClose(status);
  }

  /** Looks whether the client of a paused connection is still there. */
  #look(): void {
    if (this.#pauser.paused) this.transport.probe();
    const room = this.#body !== null && this.#body.unreadBytes < LOOK_AHEAD_BYTES;
    // What is read pauses it again.
    if (room) this.#pauser.set(BODY_FULL, false);
    this.deadline = this.#later();
  }

  /** When something has to be done if nothing happens until then. */
  #later(): number {
    const seconds = this.#timeout === 0 && this.#pauser.paused ? LOOK_SECONDS : this.#timeout;
    return this.#host.timeouts.after(seconds);
  }

  /** The answer to what takes too long; 0 if there is none to give. */
  #timeoutStatus(): number {
    if (this.http.responseState === "body") return 0;
    // The client has sent what it could: the handler has not read it (RFC 9110 §15.6.4).
    if (this.#pauser.has(BODY_FULL)) return 503;
    const { waitingFor } = this.http;
    // Nothing is owed by a client that is not read. RFC 9110 §15.5.9: the others took too long.
    return !this.#pauser.paused && (waitingFor === "rest-of-head" || waitingFor === "content") ? 408 : 0;
  }

  /** Lets the current request, or the one that has begun to arrive, be the last one; closes at once if there is none. */
  closeAfterResponse(): void {
    this.http.doNotPersist();
    // An empty line is no request that has begun: some clients send one behind content.
    if (this.#phase === "idle" && this.http.unreadBytes === 0) {
      this.#phase = "lingering";
      this.transport.close();
    }
  }

  /** Closes if no request is under way, nor one that has begun to arrive. */
  closeIfIdle(): boolean {
    if (this.#phase !== "idle" || this.http.waitingFor !== "request") return false;
    this.#phase = "lingering";
    this.transport.close();
    return true;
  }

  // What a request's context may do with its connection.

  setTimeout(context: RequestContext, seconds: number): void {
    if (context !== this.#context) return;
    this.#timeout = seconds;
    this.deadline = this.#later();
  }

  awaits(context: RequestContext): boolean {
    return context === this.#context && !context.responded && !this.transport.closed;
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
      this.finish(context);
      return;
    }
    // It takes more than this turn: the request counts as responded to.
    context.responded = true;
    sending.then(
      (complete) => {
        if (complete) this.finish(context);
      },
      (error: unknown) => this.#sendingFailed(context, error),
    );
  }

  #sendingFailed(context: RequestContext, error: unknown): void {
    // What ended the connection, or refused the request whose body was to be sent back, has been dealt with there.
    if (isOver(this, context)) return;
    if (this.http.responseState === "pending") {
      context.responded = false;
      this.fail(context, error);
      return;
    }
    logError(error);
    this.abort();
  }

  fail(context: RequestContext, error: unknown): void {
    if (!context.failed) {
      this.#host.handleError(error, context);
      return;
    }
    // The response to an error could not be sent either; another one would fare no better.
    logError(error);
    this.refuseAndClose(500);
  }

  switchProtocol(
    context: RequestContext,
    fields: readonly string[],
    makeHandler: (transport: Transport, writeQueue: WriteQueue) => NextProtocol,
  ): void {
    this.http.upgrade(fields);
    const next = makeHandler(this.transport, this.writeQueue);
    this.#next = next;
    this.#phase = "upgraded";
    this.finish(context);
    this.#host.timeouts.delete(this);
    this.#host.connections.delete(this);
    this.transport.handler = next;
    // Before it opens: an `open` handler may pause it for reasons of its own.
    this.#pauser.clear();
    next.open();
    if (!this.#pumping) this.#afterEvent();
  }

  contentWanted(): void {
    // Who has begun to send does not wait (RFC 9110 §10.1.1).
    if (this.http.unreadBytes === 0) this.http.sendContinue();
    if (!this.#pumping) this.writeQueue.flush();
  }

  contentTaken(): void {
    this.#pauser.set(BODY_FULL, false);
  }

  // What a response needs of its connection.

  flush(): void {
    this.deadline = this.#later();
    this.writeQueue.flush();
  }

  get closed(): boolean {
    return this.transport.closed;
  }

  get buffered(): number {
    return this.transport.buffered;
  }

  whenDrained(callback: () => void): void {
    this.transport.whenDrained(callback);
  }

  get #isLingering(): boolean {
    return this.#phase === "lingering";
  }

  /** Handles everything that has been received, as far as it goes without waiting for anyone. */
  #pump(): void {
    // An answer that is given while this runs is seen by the loop below.
    if (this.#pumping || this.#isLingering || this.#phase === "upgraded") return;
    this.#pumping = true;
    try {
      // Nothing is handled that could not be answered any more.
      while (!this.#isLingering && !this.#isCongested() && !this.#hasUsedTurn()) {
        const event = this.http.next();
        if (event === null) break;
        if (event.type === "request") this.#receiveRequest(event);
        else if (event.type === "data") this.#receiveContent(event.bytes);
        else if (event.type === "end") this.#body?.end();
        else break;
      }
    } catch (error) {
      this.#refuse(error);
    } finally {
      this.#pumping = false;
    }
    this.#afterEvent();
  }

  /** Answers pile up: the client sends requests, and does not read. Goes on when what waits has been written. */
  #isCongested(): boolean {
    if (this.#pauser.has(RESPONSES_UNREAD)) return true;
    if (this.#context !== null || this.transport.buffered <= CONGESTED_BYTES) return false;
    this.#pauser.set(RESPONSES_UNREAD, true);
    this.http.keep();
    this.transport.whenDrained(() => {
      this.#pauser.set(RESPONSES_UNREAD, false);
      if (!this.transport.closed) this.#pump();
    });
    return true;
  }

  /** Many requests have come in one packet: other connections are served before the rest. */
  #hasUsedTurn(): boolean {
    if (this.#requests < REQUESTS_A_TURN) return false;
    if (this.#pauser.has(TURN_USED)) return true;
    if (this.http.unreadBytes === 0 || this.#context !== null) {
      // The next request comes in another turn, most likely.
      if (this.#context === null) this.#requests = 0;
      return false;
    }
    this.#pauser.set(TURN_USED, true);
    this.http.keep();
    setImmediate(() => {
      this.#requests = 0;
      this.#pauser.set(TURN_USED, false);
      if (!this.transport.closed) this.#pump();
    });
    return true;
  }

  #receiveRequest(head: IncomingRequest): void {
    const { framing, length } = head;
    const status = targetRefusal(head, this.settings.secure);
    if (status !== 0) {
      this.refuseAndClose(status);
      return;
    }
    const body =
      framing === "none" ? null : new IncomingBody(framing === "length" ? length : undefined, this);
    const context = new RequestContext(this, head, body);
    this.#context = context;
    this.#phase = "responding";
    this.#body = body;
    this.#discarded = 0;
    this.#requests++;
    this.#host.pendingRequests++;
    this.#host.handle(context);
  }

  #receiveContent(bytes: Buffer): void {
    if (this.#body !== null) {
      if (!this.#body.push(bytes)) {
        this.#pauser.set(BODY_FULL, true);
        this.deadline = this.#later();
      }
      return;
    }
    this.#discarded += bytes.length + DISCARD_PIECE_BYTES;
    if (this.#discarded > DISCARD_BYTES) this.#close();
  }

  /** The answer is complete, or the connection is no longer ours. */
  finish(context: RequestContext): void {
    context.responded = true;
    if (this.#body?.abandon() === true) this.#body = null;
    this.#context = null;
    if (this.#phase === "responding") this.#phase = "idle";
    this.#pauser.set(BODY_FULL, false);
    this.#timeout = this.#host.settings.idleTimeout;
    this.deadline = this.#host.timeouts.after(this.#timeout);
    this.#host.pendingRequests--;
    this.#pump();
  }

  abort(): void {
    this.writeQueue.flush();
    this.transport.destroy();
  }

  /** The client broke the protocol: it is told, if it can still be, and the connection ends. */
  #refuse(error: unknown): void {
    const context = this.#context;
    const answering = context?.responded === true;
    if (error instanceof ProtocolError) {
      // A client that ends in the middle has gone, as one that resets the connection.
      this.#body?.fail(error.code === "PREMATURE_END" ? closedError() : error);
      // Not the application's fault: its `error` handler is not asked what its readers throw of it.
      context?.abort();
    } else {
      this.#body?.fail(error);
    }
    // Of an answer that is on its way the rest cannot be trusted to be read.
    if (!(error instanceof ProtocolError) || answering) {
      if (!(error instanceof ProtocolError)) logError(error);
      this.abort();
      return;
    }
    this.refuseAndClose(error.status);
  }

  refuseAndClose(status: number): void {
    if (this.#context !== null) {
      this.#context.responded = true;
      this.#context = null;
      this.#host.pendingRequests--;
    }
    this.http.doNotPersist();
    if (this.http.responseState === "idle" || this.http.responseState === "pending") {
      this.http.refuse(status);
    }
    this.writeQueue.flush();
    this.#close();
  }

  /** After anything happened: write, read on or not, and close if that is what is left. */
  #afterEvent(): void {
    this.writeQueue.flush();
    if (this.#next !== null) {
      // What came behind the handshake belongs to the other protocol (RFC 6455 §4.2.2).
      const remaining = this.http.takeRemaining();
      if (remaining.length > 0) this.#next.receiveBehindHandshake(remaining);
      return;
    }
    if (this.#isLingering) return;
    const { waitingFor } = this.http;
    if (waitingFor === "nothing") {
      this.#close();
      return;
    }
    if (waitingFor === "rest-of-head" && this.deadline === Number.POSITIVE_INFINITY) {
      this.deadline = this.#host.timeouts.after(HEAD_SECONDS);
    }
    const ahead = this.http.unreadBytes > READ_AHEAD_BYTES;
    this.#pauser.set(REQUESTS_AHEAD, ahead);
    if (ahead && this.deadline === Number.POSITIVE_INFINITY) this.deadline = this.#later();
  }

  /**
   * Ends our side and gives the client time to read: a connection that is closed with bytes unread is reset, and the
   * reset can overtake our last words (RFC 9112 §9.6).
   */
  #close(): void {
    if (this.#isLingering) return;
    this.#phase = "lingering";
    this.deadline = this.#host.timeouts.after(LINGER_SECONDS);
    this.transport.end();
    this.#pauser.clear();
  }
}
