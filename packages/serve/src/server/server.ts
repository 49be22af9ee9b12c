import type { PeerCertificate } from "node:tls";
import type { Limits } from "@mantou/http1";
import { Broker } from "@mantou/pubsub";
import type { Prepared } from "@mantou/websocket";
import type { HeadersInit } from "../api/fetch.ts";
import type { ReloadOptions, Server, SocketAddress } from "../api/server.ts";
import type { MessageData } from "../api/websocket.ts";
import { report } from "../errors/log.ts";
import { platform } from "../fetch/platform.ts";
import { requestURL } from "../fetch/request-url.ts";
import { HttpConnection } from "../http/connection.ts";
import { HEAD_SECONDS } from "../http/limits.ts";
import { PreparedResponse } from "../http/outgoing.ts";
import { type Exchange, exchangeOf } from "../http/request-context.ts";
import { resolveInteger } from "../options/check.ts";
import {
  checkHandlers,
  type ResolvedHandlers,
  type ResolvedOptions,
  resolveHandlers,
} from "../options/serve-options.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import { Dispatcher } from "../routing/dispatcher.ts";
import { Turn } from "../socket/flush-scheduler.ts";
import { runIsolated } from "../socket/isolated.ts";
import { Listener } from "../socket/listener.ts";
import { type Clock, Timeouts } from "../socket/timeouts.ts";
import type { Site } from "../socket/tls-server.ts";
import type { Transport } from "../socket/transport.ts";
import { Congestion } from "../websocket/congestion.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";
import { JoinedMessages } from "../websocket/joined-messages.ts";
import { checkTopic, publishMessage } from "../websocket/message.ts";
import { TAKEN_BYTES } from "../websocket/sender.ts";
import { running } from "./running.ts";
import type { ServerContext } from "./state.ts";

const GOING_AWAY = 1001;
/** RFC 9110 §15.5.20: the client may ask again over a connection that was made for the request's host. */
const MISDIRECTED = new PreparedResponse({ status: 421 }, "");
/** Seconds, the documented maximum. */
const MAX_TIMEOUT = 255;

/**
 * What is published does not wait for the end of the turn beyond this: its memory is bounded by it. And what `publish` has said of
 * a subscriber stays true: so much goes to one that takes everything, whatever its limit is.
 */
const MOST_PUBLISHED_BYTES = TAKEN_BYTES;
/** The longest head of a server's frame. */
const FRAME_HEAD = 10;

/** A running server: what `serve` returns, and what its connections share. */
export class MantouServer implements Server<unknown>, ServerContext {
  readonly limits: Partial<Limits>;
  readonly idleTimeout: number;
  readonly development: boolean;
  readonly id: string;
  readonly timeouts: Timeouts;
  readonly connections: Set<HttpConnection> = new Set();
  readonly webSockets: Set<WebSocketConnection> = new Set();
  readonly turn: Turn;
  readonly broker: Broker<WebSocketConnection, Prepared>;
  readonly congestion: Congestion = new Congestion();
  pendingRequests = 0;
  pendingWebSockets = 0;
  readonly #listener: Listener;
  #handlers: ResolvedHandlers;
  #dispatcher: Dispatcher;
  #stopping: Promise<void> | null = null;
  #resolveStopped: (() => void) | null = null;
  #stoppedAtOnce = false;
  goingAway = false;
  /** Frames made of the messages that were delivered last: the same for everyone who gets the same. */
  #joined: JoinedMessages | null = null;
  /** Of what was published since it was delivered last, heads and all. */
  publishedBytes = 0;

  /** @throws Error if it cannot listen; TypeError for handlers or TLS options that are none */
  constructor(options: ResolvedOptions, handlers: ResolvedHandlers, clock: Clock) {
    this.limits = { bodyBytes: options.maxRequestBodySize };
    this.idleTimeout = options.idleTimeout;
    this.development = options.development;
    this.id = options.id;
    this.timeouts = new Timeouts(clock);
    this.broker = new Broker({
      deliver: (connection, messages) => this.#deliver(connection, messages),
      schedule: () => this.turn.schedule(),
      scheduleLeaving: () => this.#leaveLater(),
    });
    this.turn = new Turn(() => this.deliverPublished());
    checkHandlers(handlers);
    this.#handlers = handlers;
    this.#dispatcher = new Dispatcher(handlers, this, this.development);
    this.#listener = new Listener(
      options,
      handlers.tls,
      (transport) => this.#open(transport),
      () => this.connectionClosed(),
    );
    running.add(this);
  }

  #open(transport: Transport): HttpConnection {
    // A TLS handshake may end when all connections have been closed.
    if (this.#stoppedAtOnce) transport.destroy();
    const connection = new HttpConnection(this, transport);
    // One that ends while the server stops has a request behind it, or else must not keep the process alive.
    if (this.stopping && this.idleTimeout === 0) connection.deadline = this.timeouts.after(HEAD_SECONDS);
    return connection;
  }

  get url(): URL {
    return this.#listener.url;
  }

  get address(): SocketAddress | string | null {
    return this.#listener.address;
  }

  get port(): number | undefined {
    return this.#listener.port;
  }

  get hostname(): string | undefined {
    return this.#listener.hostname;
  }

  get protocol(): "http" | "https" | null {
    if (this.port === undefined) return null;
    return this.secure ? "https" : "http";
  }

  get secure(): boolean {
    return this.#listener.secure;
  }

  get authority(): string {
    return this.#listener.authority;
  }

  get pendingWebsockets(): number {
    return this.pendingWebSockets;
  }

  get websocket(): WebSocketOptions | undefined {
    return this.#handlers.websocket;
  }

  get stopping(): boolean {
    return this.#stopping !== null;
  }

  stop(closeActiveConnections = false): Promise<void> {
    running.delete(this);
    this.#stoppedAtOnce ||= closeActiveConnections;
    this.#stopping ??= new Promise((resolve) => {
      this.#resolveStopped = resolve;
      this.#listener.close();
    });
    if (closeActiveConnections) this.#listener.breakOffHandshakes();
    for (const connection of [...this.connections]) {
      runIsolated(() => (closeActiveConnections ? connection.transport.destroy() : connection.retire()));
    }
    if (closeActiveConnections) this.#closeWebSockets();
    this.connectionClosed();
    return this.#stopping;
  }

  /** `stop`, and WebSockets, which that leaves open, are told that the server goes away. */
  stopGracefully(): Promise<void> {
    const stopped = this.stop();
    this.#closeWebSockets();
    return stopped;
  }

  #closeWebSockets(): void {
    this.goingAway = true;
    for (const webSocket of [...this.webSockets]) {
      runIsolated(() => webSocket.shutDown(GOING_AWAY, "Server closed"));
    }
  }

  closeIdleConnections(): number {
    let closed = 0;
    for (const connection of [...this.connections]) if (connection.closeIfIdle()) closed++;
    return closed;
  }

  reload<R extends string>(options: ReloadOptions<never, R>): this {
    const given = resolveHandlers(options as ReloadOptions<never, string>);
    const old = this.#handlers;
    const namesHandlers = [given.fetch, given.routes, given.error, given.websocket].some(
      (each) => each !== undefined,
    );
    if (!namesHandlers && given.tls === undefined) throw new TypeError("reload() needs something to change");
    const fetch = given.fetch ?? old.fetch;
    // As in Bun, routes belong together with the handlers; but there must be something to answer.
    const keepsRoutes = !namesHandlers || fetch === undefined;
    this.replace({
      routes: given.routes ?? (keepsRoutes ? old.routes : undefined),
      fetch,
      error: given.error ?? old.error,
      websocket: given.websocket ?? old.websocket,
      tls: given.tls,
    });
    return this;
  }

  /**
   * Takes these handlers in place of all that it has, and keeps its certificates if there are no others.
   * @throws TypeError for a route that is none; OpenSSL's error for an invalid key or certificate: then nothing has changed
   * @internal
   */
  replace(handlers: ResolvedHandlers): void {
    checkHandlers(handlers);
    const dispatcher = new Dispatcher(handlers, this, this.development);
    if (handlers.tls !== undefined) this.#listener.rotate(handlers.tls);
    this.#dispatcher = dispatcher;
    const { websocket } = this.#handlers;
    if (handlers.websocket !== undefined && handlers.websocket !== websocket) {
      // Not those that were opened by a route with handlers of its own.
      for (const one of this.webSockets) if (one.options === websocket) one.options = handlers.websocket;
    }
    this.#handlers = handlers;
  }

  async fetch(request: Request | string | URL): Promise<Response> {
    if (typeof request === "string" || request instanceof URL) {
      const base =
        this.port === undefined ? `${this.secure ? "https" : "http"}://${this.authority}/` : this.url;
      return this.#dispatcher.answer(new platform.Request(new URL(request, base)));
    }
    if (typeof request?.url !== "string" || typeof request.headers?.get !== "function") {
      throw new TypeError(`server.fetch() takes a Request, a URL or a string, and not ${describe(request)}`);
    }
    return this.#dispatcher.answer(request);
  }

  upgrade(request: Request, options?: { headers?: HeadersInit; data?: unknown }): boolean {
    const exchange = exchangeOf(request);
    return exchange?.host.upgrade(exchange, options?.headers, options?.data) ?? false;
  }

  publish(topic: string, data: MessageData | Blob, compress = true): number {
    checkTopic(topic);
    // A frame is made only for somebody.
    return this.broker.subscriberCount(topic) === 0 ? 0 : publishMessage(this, topic, data, compress);
  }

  subscriberCount(topic: string): number {
    checkTopic(topic);
    return this.broker.subscriberCount(topic);
  }

  requestIP(request: Request): SocketAddress | null {
    return exchangeOf(request)?.host.address ?? null;
  }

  peerCertificate(request: Request): { certificate: PeerCertificate; authorized: boolean } | null {
    return exchangeOf(request)?.host.peerCertificate ?? null;
  }

  timeout(request: Request, seconds: number): void {
    // There is no default: what was left out by mistake must not mean "for ever".
    if (seconds === undefined || seconds === null) throw new TypeError("timeout() needs a number of seconds");
    const checked = resolveInteger(seconds, "seconds", MAX_TIMEOUT, 0);
    const exchange = exchangeOf(request);
    exchange?.host.setTimeout(exchange, checked);
  }

  ref(): void {
    this.#listener.ref();
  }

  unref(): void {
    this.#listener.unref();
  }

  [Symbol.dispose](): void {
    void this.stop(true);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop(true);
  }

  handle(exchange: Exchange): unknown {
    const { site } = exchange.host;
    if (site !== null && this.#isMisdirected(site, exchange)) return MISDIRECTED;
    return this.#dispatcher.handle(exchange);
  }

  /**
   * A client that asked for a public name, or for none, may not reach a name that asks for certificates by its Host field.
   * Applications look at that field, or at the URL.
   */
  #isMisdirected(site: Site, { head }: Exchange): boolean {
    if (!this.#listener.sitesDiffer) return false;
    const url = requestURL(head, true, this.authority);
    // A port that no URL can have (99999) leaves the field, which applications read, with a name all the same.
    const name = head.host?.replace(/:[0-9]*$/, "") ?? "";
    return [url, `https://${name}`].some((each) => {
      const host = URL.canParse(each) ? new URL(each).hostname : "";
      return this.#listener.isMisdirected(site, host);
    });
  }

  handleError(error: unknown, exchange: Exchange): unknown {
    return this.#dispatcher.handleError(error, exchange);
  }

  missingResponse(value: unknown): void {
    this.reportError(new TypeError(`A handler must return a Response, and not ${describe(value)}`));
  }

  reportError(error: unknown): void {
    report(error);
  }

  connectionClosed(): void {
    if (this.#resolveStopped === null || this.#listener.connectionCount > 0) return;
    this.#resolveStopped();
    this.#resolveStopped = null;
  }

  deliverBefore(bytes: number): void {
    const { publishedBytes } = this;
    if (publishedBytes > 0 && publishedBytes + bytes + FRAME_HEAD > MOST_PUBLISHED_BYTES)
      this.deliverPublished();
  }

  published(bytes: number): void {
    // A message without bytes counts, too: 6,553 of those are delivered together.
    this.publishedBytes += bytes + FRAME_HEAD;
    if (this.publishedBytes > MOST_PUBLISHED_BYTES) this.deliverPublished();
  }

  deliverPublished(): void {
    this.publishedBytes = 0;
    this.broker.flush();
    // What was published last would else be kept until something else is.
    this.#joined = null;
    this.congestion.forget();
  }

  /** One client with very many topics has gone. */
  #leaveLater(): void {
    setImmediate(() => {
      if (this.broker.leaveSome()) this.#leaveLater();
    });
  }

  /** Of one whose delivery fails the others know nothing. */
  #deliver(connection: WebSocketConnection, messages: readonly Prepared[]): void {
    try {
      if (this.#joined?.messages !== messages) this.#joined = new JoinedMessages(messages);
      connection.sender.deliver(this.#joined);
    } catch (error) {
      this.reportError(error);
    }
  }
}

function describe(value: unknown): string {
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);
}
