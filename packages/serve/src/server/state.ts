import type { HeadersInit } from "../api/fetch.ts";
import type { MountHost } from "../api/mount.ts";
import type { SocketAddress } from "../api/network.ts";
import { runIsolated } from "../errors/log.ts";
import { describeValue } from "../errors/text.ts";
import { platform } from "../fetch/platform.ts";
import { requestURL } from "../fetch/request-url.ts";
import { HttpConnection } from "../http/connection.ts";
import { detach } from "../http/detached-request.ts";
import type { HttpHost, HttpSettings } from "../http/host.ts";
import { HEAD_SECONDS } from "../http/limits.ts";
import { WholeResponse } from "../http/outgoing.ts";
import type { RequestContext } from "../http/request-context.ts";
import { checkHandlers, type ResolvedHandlers, type ResolvedOptions } from "../options/serve-options.ts";
import type { WebSocketOptions } from "../options/websocket-options.ts";
import { Dispatcher } from "../routing/dispatcher.ts";
import { Listener } from "../socket/listener.ts";
import { type Clock, Timeouts } from "../socket/timeouts.ts";
import type { Site } from "../socket/tls-server.ts";
import type { Transport } from "../socket/transport.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";
import type { WebSocketHost } from "../websocket/host.ts";
import { Publisher } from "../websocket/publisher.ts";
import { upgradeConnection } from "../websocket/upgrade.ts";

const GOING_AWAY = 1001;
/** RFC 9110 §15.5.20: the client may ask again over a connection that was made for the request's host. */
const MISDIRECTED = new WholeResponse({ status: 421 }, "");

/** Servers of this process that have not been told to stop. */
export const running: Set<ServerState> = new Set();

/** The state that the connections of a running server share. Users hold a facade of it. */
export class ServerState implements HttpHost, WebSocketHost {
  readonly facade: object;
  readonly settings: HttpSettings;
  readonly id: string;
  readonly timeouts: Timeouts;
  readonly connections: Set<HttpConnection> = new Set();
  readonly webSockets: Set<WebSocketConnection> = new Set();
  readonly publisher: Publisher = new Publisher();
  pendingRequests = 0;
  pendingWebSockets = 0;
  readonly #listener: Listener;
  readonly #mountHost: MountHost;
  readonly #onStop = new Set<() => void>();
  #handlers: ResolvedHandlers;
  #dispatcher: Dispatcher;
  #stopping: Promise<void> | null = null;
  #resolveStopped: (() => void) | null = null;
  #stoppedAtOnce = false;
  goingAway = false;

  /**
   * @param makeFacade makes the object that handlers get as `server`
   * @throws Error if it cannot listen; TypeError for invalid handlers or TLS options
   */
  constructor(
    options: ResolvedOptions,
    handlers: ResolvedHandlers,
    clock: Clock,
    makeFacade: (state: ServerState) => object,
  ) {
    this.id = options.id;
    this.timeouts = new Timeouts(clock);
    this.facade = makeFacade(this);
    this.#mountHost = {
      server: this.facade,
      development: options.development,
      onStop: (callback) => this.#onStop.add(callback),
    };
    checkHandlers(handlers);
    this.#handlers = handlers;
    this.#dispatcher = this.#dispatch(handlers);
    this.#listener = new Listener(
      options,
      handlers.tls,
      (transport) => this.#open(transport),
      () => this.connectionClosed(),
    );
    this.settings = {
      limits: { bodyBytes: options.maxRequestBodySize },
      idleTimeout: options.idleTimeout,
      secure: this.#listener.secure,
      authority: this.#listener.authority,
      development: options.development !== null,
    };
    running.add(this);
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
    return this.settings.secure ? "https" : "http";
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
    for (const callback of this.#onStop) runIsolated(callback);
    this.#onStop.clear();
    this.#stopping ??= new Promise((resolve) => {
      this.#resolveStopped = resolve;
      this.#listener.close();
    });
    if (closeActiveConnections) this.#listener.abortHandshakes();
    for (const connection of [...this.connections]) {
      runIsolated(() =>
        closeActiveConnections ? connection.transport.destroy() : connection.closeAfterResponse(),
      );
    }
    if (closeActiveConnections) this.#closeWebSockets();
    this.connectionClosed();
    return this.#stopping;
  }

  /** As `stop`, and closes the WebSockets, which `stop` leaves open, with 1001. */
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
    if (handlers.tls !== undefined) this.#listener.rotate(handlers.tls);
    this.#dispatcher = dispatcher;
    const { websocket } = this.#handlers;
    if (handlers.websocket !== undefined && handlers.websocket !== websocket) {
      // Not those that were opened by a route with handlers of its own.
      for (const one of this.webSockets) if (one.options === websocket) one.options = handlers.websocket;
    }
    this.#handlers = handlers;
  }

  async fetch(input: Request | string | URL): Promise<Response> {
    const { context, response } = detach(this, this.#requestOf(input));
    this.handle(context);
    return response;
  }

  #requestOf(input: Request | string | URL): Request {
    if (typeof input === "string" || input instanceof URL) {
      const { secure, authority } = this.settings;
      const base = this.port === undefined ? `${secure ? "https" : "http"}://${authority}/` : this.url;
      return new platform.Request(new URL(input, base));
    }
    if (typeof input?.url !== "string" || typeof input.headers?.get !== "function") {
      throw new TypeError(
        `server.fetch() takes a Request, a URL or a string, and not ${describeValue(input)}`,
      );
    }
    return input;
  }

  upgrade(context: RequestContext, headers: HeadersInit | undefined, data: unknown): boolean {
    return upgradeConnection(this, context, headers, data);
  }

  ref(): void {
    this.#listener.ref();
  }

  unref(): void {
    this.#listener.unref();
  }

  handle(context: RequestContext): void {
    const site = context.host.transport?.site ?? null;
    if (site !== null && this.#isMisdirected(site, context)) context.host.send(context, MISDIRECTED);
    else this.#dispatcher.handle(context);
  }

  /**
   * A client that has asked for a public name, or for no name, must not reach a name that requires certificates by its Host field.
   * Applications look at that field, or at the URL.
   */
  #isMisdirected(site: Site, { head }: RequestContext): boolean {
    if (!this.#listener.sitesDiffer) return false;
    const url = requestURL(head, true, this.settings.authority);
    // A port that no URL can have (99999) leaves the field, which applications read, with a name all the same.
    const name = head.host?.replace(/:[0-9]*$/, "") ?? "";
    return [url, `https://${name}`].some((each) => {
      const host = URL.canParse(each) ? new URL(each).hostname : "";
      return this.#listener.isMisdirected(site, host);
    });
  }

  handleError(error: unknown, context: RequestContext): void {
    this.#dispatcher.handleError(error, context);
  }

  connectionClosed(): void {
    if (this.#resolveStopped === null || this.#listener.connectionCount > 0) return;
    this.#resolveStopped();
    this.#resolveStopped = null;
  }
}
