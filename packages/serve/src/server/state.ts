import { AsyncResource } from "node:async_hooks";
import { setTimeout } from "node:timers";
import type { HeadersInit } from "../api/fetch.ts";
import type { LogEntry } from "../api/log.ts";
import type { MountHost } from "../api/mount.ts";
import type { Server } from "../api/server.ts";
import { runIsolated } from "../errors/log.ts";
import { HttpConnection } from "../http/connection.ts";
import { detach } from "../http/detached-request.ts";
import type { HttpHost, HttpSettings } from "../http/host.ts";
import { HEAD_SECONDS } from "../http/limits.ts";
import { runObserved } from "../http/observer.ts";
import type { RequestContext } from "../http/request-context.ts";
import { checkHandlers, type ResolvedHandlers, type ResolvedOptions } from "../options/serve-options.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import { TrustedProxies } from "../proxy/trusted-proxies.ts";
import { Dispatcher } from "../routing/dispatcher.ts";
import { IndexedList } from "../socket/indexed-list.ts";
import { type Listen, listen, type ServerListener } from "../socket/listener.ts";
import { type Clock, Timeouts } from "../socket/timeouts.ts";
import type { Transport } from "../socket/transport.ts";
import type { MantouTopics } from "../topics/topics.ts";
import { makeAccessLog } from "../trace/access-log.ts";
import { traced } from "../trace/channels.ts";
import { observeRequest } from "../trace/request-trace.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";
import type { WebSocketHost } from "../websocket/host.ts";
import type { Publisher } from "../websocket/publisher.ts";
import type { TopicClients } from "../websocket/topic-session.ts";
import { upgradeConnection } from "../websocket/upgrade.ts";
import { connectTopics, type TopicsConnection } from "./connect-topics.ts";
import { Ending } from "./ending.ts";
import { httpSettings } from "./http-settings.ts";
import { makeGate } from "./make-gate.ts";
import { isMisdirected, MISDIRECTED } from "./misdirected.ts";
import { requestOf } from "./own-request.ts";
import { isProcessEnding } from "./readiness.ts";
import { closeWebSockets } from "./stop.ts";

/** Servers of this process that have not been told to stop. */
export const running: Set<ServerState> = new Set();

/** The state that the connections of a running server share. Users hold a facade of it. */
export class ServerState implements HttpHost, WebSocketHost {
  readonly facade: Server<unknown>;
  readonly settings: HttpSettings;
  readonly listener: ServerListener;
  readonly id: string;
  readonly timeouts: Timeouts;
  readonly connections: IndexedList<"place", HttpConnection> = new IndexedList("place");
  readonly webSockets: IndexedList<"place", WebSocketConnection> = new IndexedList("place");
  readonly publisher: Publisher;
  readonly topics: MantouTopics;
  readonly topicClients: TopicClients | null;
  readonly #topicsConnection: TopicsConnection | null;
  pendingRequests = 0;
  pendingWebSockets = 0;
  readonly #mountHost: MountHost;
  readonly #ending = new Ending();
  /** Null for none. */
  readonly #accessLog: ((entry: LogEntry) => void) | null;
  /** The async context of `serve()`. */
  readonly #scope = new AsyncResource("mantou.server");
  #handlers: ResolvedHandlers;
  #dispatcher: Dispatcher;
  #stoppedAtOnce = false;
  goingAway = false;
  /** It has been told to stop, and listens on for a while. */
  withdrawn = false;

  /**
   * @param makeFacade makes the object that handlers get as `server`
   * @param begin begins to listen: on a socket, unless a test client has no need of one
   * @throws Error if it cannot listen; TypeError for invalid handlers or TLS options
   */
  constructor(
    options: ResolvedOptions,
    handlers: ResolvedHandlers,
    clock: Clock,
    makeFacade: (state: ServerState) => Server<unknown>,
    begin: Listen = listen,
  ) {
    this.id = options.id;
    // The first connection starts the clock, in the context of its request for example.
    this.timeouts = new Timeouts({
      everySecond: (callback) => clock.everySecond(() => this.outside(callback)),
    });
    const { publisher, topics, topicClients, connection } = connectTopics(options, () => this.facade);
    this.publisher = publisher;
    this.topics = topics;
    this.topicClients = topicClients;
    this.#topicsConnection = connection;
    this.facade = makeFacade(this);
    this.#mountHost = {
      server: this.facade,
      development: options.development,
      onStop: (callback) => this.#ending.whenBegun(callback),
    };
    checkHandlers(handlers);
    this.#handlers = handlers;
    this.#dispatcher = this.#dispatch(handlers);
    const proxies = options.trustProxy === null ? null : new TrustedProxies(options.trustProxy);
    this.listener = begin(
      options,
      handlers.tls,
      (transport) => this.#open(transport),
      () => this.connectionClosed(),
      makeGate(options, proxies, this.timeouts, () => this.connectionClosed()),
    );
    this.#accessLog = options.log === null ? null : makeAccessLog(options.log);
    this.settings = httpSettings(options, this.listener, proxies, this.#accessLog);
    running.add(this);
    if (connection !== null) this.#ending.whenBegun(connection.open());
  }

  #dispatch(handlers: ResolvedHandlers): Dispatcher {
    const upgrade = (context: RequestContext): boolean =>
      upgradeConnection(this, context, undefined, undefined);
    return new Dispatcher(handlers, this.#mountHost, upgrade);
  }

  #open(transport: Transport): HttpConnection {
    // A TLS handshake may end when all connections have been closed.
    if (this.#stoppedAtOnce) transport.destroy();
    const connection = new HttpConnection(this, transport);
    // A handshake that ends while the server stops is followed by a request, or must not keep the process alive.
    if (this.stopping && this.settings.idleTimeout === 0)
      connection.deadline = this.timeouts.after(HEAD_SECONDS);
    return connection;
  }

  outside(task: () => void): void {
    // Each task has a resource of its own: up to Node.js 22 `enterWith` writes to the resource in which it is called.
    this.#scope.runInAsyncScope(() => new AsyncResource("mantou.task").runInAsyncScope(task));
  }

  get protocol(): "http" | "https" | null {
    if (this.listener.port === undefined) return null;
    return this.settings.secure ? "https" : "http";
  }

  get websocket(): WebSocketOptions | undefined {
    return this.#handlers.websocket;
  }

  get stopping(): boolean {
    return this.#ending.hasBegun;
  }

  get ready(): boolean {
    return !this.withdrawn && !this.stopping && !isProcessEnding();
  }

  /** Calls back when the server stops listening. */
  whenStopping(callback: () => void): void {
    this.#ending.whenBegun(callback);
  }

  /** @param patience milliseconds for requests that are on their way, on idle connections and in the accept queue */
  stop(closeActiveConnections = false, patience = 0): Promise<void> {
    running.delete(this);
    this.#stoppedAtOnce ||= closeActiveConnections;
    const ended = this.#ending.begin();
    if (patience > 0)
      this.listener.closeBehindQueue(() => {
        setTimeout(() => this.#closeUnused(), patience).unref();
        this.connectionClosed();
      });
    else this.listener.close();
    if (closeActiveConnections) this.listener.abortHandshakes();
    for (const connection of this.connections) {
      runIsolated(() => {
        if (closeActiveConnections) connection.destroy();
        else if (patience > 0) connection.awaitLast();
        else connection.closeAfterResponse();
      });
    }
    if (closeActiveConnections) closeWebSockets(this);
    this.connectionClosed();
    return ended;
  }

  /** The patience is over. */
  #closeUnused(): void {
    this.listener.close();
    for (const connection of this.connections) runIsolated(() => connection.closeUnused());
    this.connectionClosed();
  }

  closeIdleConnections(): number {
    let closed = 0;
    for (const connection of this.connections) if (connection.closeIfIdle()) closed++;
    return closed;
  }

  get handlers(): ResolvedHandlers {
    return this.#handlers;
  }

  /**
   * Replaces all handlers, and the certificates if there are new ones.
   * @throws TypeError for an invalid route; OpenSSL's error for an invalid key or certificate: then nothing has changed
   */
  replace(handlers: ResolvedHandlers): void {
    checkHandlers(handlers);
    const dispatcher = this.#dispatch(handlers);
    if (handlers.tls !== undefined) this.listener.rotate(handlers.tls);
    this.#dispatcher = dispatcher;
    const { websocket } = this.#handlers;
    if (handlers.websocket !== undefined && handlers.websocket !== websocket) {
      // Not those that were opened by a route with handlers of its own.
      for (const one of this.webSockets)
        if (one.options === websocket) one.replaceOptions(handlers.websocket);
    }
    this.#handlers = handlers;
  }

  async fetch(input: Request | string | URL): Promise<Response> {
    const { secure, authority } = this.settings;
    const { port, url } = this.listener;
    const base = port === undefined ? `${secure ? "https" : "http"}://${authority}/` : url;
    const { context, response } = detach(this, requestOf(input, base));
    this.handle(context);
    return response;
  }

  upgrade(context: RequestContext, headers: HeadersInit | undefined, data: unknown): boolean {
    return upgradeConnection(this, context, headers, data);
  }

  handle(context: RequestContext): void {
    const { transport } = context.host;
    if (this.#accessLog !== null || traced.requests)
      context.observer = observeRequest(this.facade, context, transport === null ? null : this.#accessLog);
    const site = transport?.site ?? null;
    if (site !== null && isMisdirected(site, context, this.listener))
      runObserved(context, () => context.host.send(context, MISDIRECTED));
    else this.#dispatcher.handle(context);
  }

  handleError(error: unknown, context: RequestContext): void {
    this.#dispatcher.handleError(error, context);
  }

  connectionClosed(): void {
    if (!this.stopping || this.listener.connectionCount > 0 || this.listener.listening) return;
    // The last messages of the last WebSockets, such as their farewells, leave first.
    const topics = this.#topicsConnection;
    this.#ending.finish(topics === null ? null : () => topics.close());
  }
}
