import type { Buffer } from "node:buffer";
import { FieldBlock, type IncomingRequest, type OutgoingResponse } from "@mantou/http1";
import type { PathParams } from "@mantou/router";
import type { SocketAddress } from "../api/network.ts";
import type { CookieMap } from "../cookies/cookie-map.ts";
import { describeRequest } from "../errors/text.ts";
import { abortDerived, makeRequest, sourceOf } from "../fetch/request.ts";
import type { RequestSource } from "../fetch/request-source.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import type { Forwarded } from "../proxy/trusted-proxies.ts";
import type { Transport } from "../socket/transport.ts";
import type { WriteQueue } from "../socket/write-queue.ts";
import type { RequestObserver } from "./observer.ts";
import { fieldBlock, type Outgoing } from "./outgoing.ts";
import type { IncomingBody } from "./request-body.ts";

/** Begins another protocol on a connection. */
export type BeginProtocol = (transport: Transport, writeQueue: WriteQueue) => (bytes: Buffer) => void;

/** The connection of a request, or the call of `server.fetch` that it came by. */
export interface RequestHost {
  readonly settings: RequestSource["host"]["settings"];
  /** The socket of its connection; null without a connection. */
  readonly transport: Transport | null;
  setTimeout(context: RequestContext, seconds: number): void;
  /** Whether the connection waits for the response to this request: then it can be sent, or the protocol be switched. */
  awaits(context: RequestContext): boolean;
  /** The request's body has arrived whole. */
  readonly bodyComplete: boolean;
  /** Sends the response. Never throws: a response that cannot be sent is an error of the handler. There must have been no response. */
  send(context: RequestContext, outgoing: Outgoing): void;
  /** Responds to an error of the handler, or of a response that could not be sent. Never throws. */
  fail(context: RequestContext, error: unknown): void;
  /**
   * Sends an interim response with these fields (RFC 8297).
   * @returns false if it cannot be sent: the response has been given, the connection has ended, or its client does not know interim responses
   */
  sendEarlyHints(context: RequestContext, fields: FieldBlock): boolean;
  /**
   * Ends the connection of the request, without the rest of its response.
   * @returns false if the response is complete, or the connection has ended
   */
  abort(context: RequestContext): boolean;
  /**
   * Hands the connection to another protocol, with a 101 of these fields. The connection must wait for the response to this request (`awaits`).
   * @param begin sets the transport's new handler, and returns what takes the bytes behind the handshake
   */
  switchProtocol(context: RequestContext, fields: FieldBlock, begin: BeginProtocol): void;
}

/** The other protocol of a request's connection. */
export interface RequestSuccessor {
  /** Aborts the request when the protocol ends: now, if it has ended. */
  abortAtEnd(request: Pick<RequestContext, "abort">): void;
}

/** An error of a request's handler. One that the `error` handler has made a response of is not logged. */
export interface RequestFailure {
  readonly error: unknown;
  isLogged: boolean;
}

/** One request and its response: what a `Request` object refers back to. */
export class RequestContext implements RequestSource {
  readonly host: RequestHost;
  readonly head: IncomingRequest;
  /** Null for a request without a body. */
  readonly body: IncomingBody | null;
  readonly forwarded: Forwarded | null;
  /** A response is being given, or none can be given: that of the handler comes too late. */
  responded = false;
  /** What the handler threw, or why its response could not be sent: the response to that error is being sent. Null before. */
  failure: RequestFailure | null = null;
  #abortReason: DOMException | null = null;
  /** Cancels the response's stream. */
  onAbort: ((reason: unknown) => void) | null = null;
  /** The first request of the platform's class for it; null if there is none. */
  request: object | null = null;
  /** The handlers that its route has for WebSockets; null for the server's. */
  websocket: WebSocketOptions | null = null;
  /** The pattern of its route; null for a request that no route takes. */
  route: string | null = null;
  /** Null if nothing has to know of this request. */
  observer: RequestObserver | null = null;
  /** Null before the first access by `cookiesOf`. The changes made to them are sent with the response. */
  cookies: CookieMap | null = null;
  #controller: AbortController | null = null;
  #successor: RequestSuccessor | null = null;

  constructor(
    host: RequestHost,
    head: IncomingRequest,
    body: IncomingBody | null,
    forwarded: Forwarded | null = null,
  ) {
    this.host = host;
    this.head = head;
    this.body = body;
    this.forwarded = forwarded;
  }

  /** The client's address: what trusted proxies tell, else that of the connection. Null if there is none. */
  get clientAddress(): SocketAddress | null {
    if (this.forwarded !== null) return this.forwarded.client;
    return this.host.transport?.address ?? null;
  }

  /** Made at the first access: few handlers need it. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#abortReason !== null) this.#controller.abort(this.#abortReason);
      else this.#successor?.abortAtEnd(this);
    }
    return this.#controller.signal;
  }

  /**
   * The connection has another protocol from now on. As in Bun, the signal is aborted when that ends. A request without a signal is not
   * kept for it.
   */
  continueAs(successor: RequestSuccessor): void {
    this.#successor = successor;
    if (this.#controller !== null) successor.abortAtEnd(this);
  }

  /** The connection broke before the response was complete, or what it became after a 101 has ended. */
  get aborted(): boolean {
    return this.#abortReason !== null;
  }

  /** Whether the client has a response all the same, though the handler returned none. */
  get needsNone(): boolean {
    return this.responded;
  }

  /** Makes the handler's argument. */
  makeRequest(params: PathParams): Request {
    return makeRequest(this, params);
  }

  /** The head of a response to it, with a Set-Cookie field for each change that its handler has made to the request's cookies. */
  finishHead(head: OutgoingResponse): OutgoingResponse {
    if (this.cookies === null) return head;
    const changes = this.setCookieFields();
    if (changes.length === 0) return head;
    return { ...head, fields: new FieldBlock(changes, fieldBlock(head)) };
  }

  /** Name, value, name, value … */
  setCookieFields(): string[] {
    return this.cookies?.toSetCookieHeaders().flatMap((value) => ["Set-Cookie", value]) ?? [];
  }

  /** Its method, path and route, for the log. */
  get description(): string {
    return describeRequest(this.head, this.route);
  }

  /** The client has gone, or is not to get a response. */
  abort(reason: DOMException = closedError()): void {
    if (this.aborted) return;
    this.#abortReason = reason;
    this.responded = true;
    if (this.observer === null) this.#tellAborted(reason);
    else this.observer.within(() => this.#tellAborted(reason));
  }

  #tellAborted(reason: DOMException): void {
    this.body?.fail(() => reason);
    this.#controller?.abort(reason);
    if (this.request !== null) abortDerived(this.request, reason);
    this.onAbort?.(reason);
    this.onAbort = null;
  }
}

export function closedError(): DOMException {
  return new DOMException("The client closed the connection", "AbortError");
}

/** No more is read behind the last response of a connection. */
export function unreadError(): DOMException {
  return new DOMException("The server closed the connection before the whole body had come", "AbortError");
}

export function abortedError(): DOMException {
  return new DOMException("The server aborted the request", "AbortError");
}

/** The context that a `Request` stands for; null for one that was not received here. */
export function contextOf(request: unknown): RequestContext | null {
  const source = sourceOf(request);
  return source instanceof RequestContext ? source : null;
}
