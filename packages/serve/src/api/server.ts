import type { PeerCertificate } from "node:tls";
import type { HeadersInit, RouteRequest, ServerRequest } from "./fetch.ts";
import type { NetworkOptions, SocketAddress, UnixOptions } from "./network.ts";
import type { RequestControls } from "./request-controls.ts";
import type { DirectoryRouteOptions, HTMLBundle, HTTPMethod } from "./routes.ts";
import type { ServerSettings } from "./settings.ts";
import type { StopOptions } from "./stop.ts";
import type { Topics } from "./topics.ts";
import type { WebSocketHandler } from "./websocket.ts";

type MaybePromise<T> = T | Promise<T>;

/**
 * The handler of a route. It returns a response, or a promise of one; after `server.upgrade` it may return nothing. `WebSocketData` is
 * the type of `ws.data`.
 */
export type RouteHandler<Path extends string, WebSocketData, Result> = (
  this: Server<WebSocketData>,
  request: RouteRequest<Path>,
  server: Server<WebSocketData>,
) => MaybePromise<Result>;

/** A route with handlers of its own for its WebSockets, and with handlers by method. */
export type WebSocketRoute<Path extends string, WebSocketData> = {
  /**
   * The handlers of the WebSockets that `server.upgrade` opens for requests of this route. Without GET the route
   * accepts every handshake, and responds to other GET requests with 426 (RFC 9110 §15.5.22).
   */
  websocket: WebSocketHandler<WebSocketData>;
  /** Decides which requests it upgrades. Another value than a function would open no WebSocket, and is a TypeError. */
  // A function without a return statement has the type void.
  // biome-ignore lint/suspicious/noConfusingVoidType: as above
  GET?: RouteHandler<Path, WebSocketData, Response | HTMLBundle | undefined | void>;
} & {
  [Method in Exclude<HTTPMethod, "GET">]?: // biome-ignore lint/suspicious/noConfusingVoidType: as above
  RouteHandler<Path, WebSocketData, Response | HTMLBundle | undefined | void> | Response | Blob | HTMLBundle;
};

/** The value of a route, after Bun's routes. A value of another type is a TypeError when the server starts. */
export type RouteValue<Path extends string, WebSocketData, Result> =
  /** The response to every request. Its body is read once, when the server starts. */
  | Response
  /** A `file()`, which is opened for each request. If it is missing, the request goes on to less specific routes, then to `fetch`. */
  | Blob
  | DirectoryRouteOptions
  /** No route: the request goes on to `fetch`. */
  | false
  /** A page, which `@mantou/html` serves: under `mantou`, or as the value of `htmlPage()`. Any other object of this form is a TypeError. */
  | HTMLBundle
  | RouteHandler<Path, WebSocketData, Result>
  /** Values by method. Requests of other methods go on to `fetch`. */
  | ({ [Method in HTTPMethod]?: RouteHandler<Path, WebSocketData, Result> | Response | Blob | HTMLBundle } & {
      websocket?: undefined;
    })
  | WebSocketRoute<Path, WebSocketData>;

/**
 * Values by pattern: exact paths, paths with parameters (`/users/:id`), and prefixes (`/files/*`). The most specific pattern is
 * used, in this order.
 * @example
 * ```ts
 * import { serve } from "@mantou/serve";
 *
 * serve({
 *   routes: {
 *     "/": new Response("Hello!"),
 *     "/users/:id": (request) => Response.json({ id: request.params.id }),
 *     "/notes": { GET: () => Response.json([]), POST: async (request) => Response.json(await request.json()) },
 *     "/files/*": { dir: "." },
 *     "/chat": { websocket: { message: (ws, text) => void ws.send(text) } },
 *   },
 * });
 * ```
 */
export type Routes<R extends string, WebSocketData, Result> = {
  [Path in R]: RouteValue<Path, WebSocketData, Result>;
};

/** Handles the requests without a route. It returns the same as a `RouteHandler`. */
export type FetchHandler<WebSocketData, Result> = (
  this: Server<WebSocketData>,
  request: ServerRequest,
  server: Server<WebSocketData>,
) => MaybePromise<Result>;

/** What a handler has thrown, with what errors of the system have. */
export interface ErrorLike extends Error {
  code?: string;
  errno?: number;
  syscall?: string;
}

interface CommonOptions<WebSocketData> extends ServerSettings {
  /** Makes the response to the error of a handler. Without a response the client gets 500. */
  error?: (
    this: Server<WebSocketData>,
    error: ErrorLike,
  ) => MaybePromise<Response | undefined> | MaybePromise<void>;
}

type Handlers<WebSocketData, R extends string> =
  | {
      websocket: WebSocketHandler<WebSocketData>;
      // A function without a return statement has the type void.
      // biome-ignore lint/suspicious/noConfusingVoidType: as above
      routes?: Routes<R, WebSocketData, Response | HTMLBundle | undefined | void>;
      // biome-ignore lint/suspicious/noConfusingVoidType: as above
      fetch?: FetchHandler<WebSocketData, Response | HTMLBundle | undefined | void>;
    }
  | {
      websocket?: undefined;
      routes: Routes<R, WebSocketData, Response | HTMLBundle>;
      fetch?: FetchHandler<WebSocketData, Response | HTMLBundle>;
    }
  | {
      websocket?: undefined;
      routes?: Routes<R, WebSocketData, Response | HTMLBundle>;
      fetch: FetchHandler<WebSocketData, Response | HTMLBundle>;
    };

interface OlderOptions {
  /** An older name of `routes`. If both have a pattern, `routes` is used. */
  static?: Record<string, Response>;
}

/**
 * The options of `serve`, after Bun's `Serve.Options`. A wrong type and an unknown name are a TypeError, a number out of range is a
 * RangeError; the message names the option.
 */
export type ServeOptions<
  WebSocketData = undefined,
  R extends string = string,
> = CommonOptions<WebSocketData> & OlderOptions & (NetworkOptions | UnixOptions) & Handlers<WebSocketData, R>;

/** The options of `Server.reload`: handlers and certificates. */
export type ReloadOptions<WebSocketData = undefined, R extends string = string> = Pick<
  CommonOptions<WebSocketData>,
  "error" | "tls"
> &
  OlderOptions & {
    // A function without a return statement has the type void.
    // biome-ignore lint/suspicious/noConfusingVoidType: as above
    routes?: Routes<R, WebSocketData, Response | HTMLBundle | undefined | void>;
    // biome-ignore lint/suspicious/noConfusingVoidType: as above
    fetch?: FetchHandler<WebSocketData, Response | HTMLBundle | undefined | void>;
    websocket?: WebSocketHandler<WebSocketData>;
  };

type UpgradeOptions<WebSocketData> = [WebSocketData] extends [undefined]
  ? [options?: { headers?: HeadersInit; data?: undefined }]
  : [options: { headers?: HeadersInit; data: WebSocketData }];

/** A running server, after Bun's `Server`. `using` stops it as `stop(true)` does. */
export interface Server<WebSocketData = undefined> extends Disposable, AsyncDisposable, RequestControls {
  /**
   * Stops listening. Idle connections are closed now, the others after their response. WebSockets stay, unless an object is given.
   * @param closeActiveConnections true closes every connection now, and WebSockets with code 1001. Default false. An object says how
   *   the connections end that are under way (not in Bun)
   * @returns resolves when the last connection is closed
   * @throws TypeError or RangeError that names an option of the object
   */
  stop(closeActiveConnections?: boolean | StopOptions): Promise<void>;
  /**
   * Closes the connections without a request under way. WebSockets stay.
   * @returns the number of closed connections
   */
  closeIdleConnections(): number;
  /**
   * Replaces the handlers of all later requests, and the handlers and limits of WebSockets. One that is open keeps its `serial`, its
   * `maxMessagesPerSecond`, and its compression; one that a route with `websocket` of its own has opened keeps all that it has. Handlers that are
   * left out stay. `routes` that are left out stay only if `tls` alone is given, or if there is no `fetch`. `tls` replaces the
   * certificates, and the requirements on clients, for later handshakes.
   * @throws TypeError for a handler or a route of a wrong type, for options without any, and for `tls` if the server speaks plain TCP;
   *   OpenSSL's error for an invalid key or certificate. Nothing has changed then
   */
  reload<R extends string = string>(options: ReloadOptions<WebSocketData, R>): Server<WebSocketData>;
  /**
   * Responds to a request by the handlers, as over a connection, but without one.
   * @param request a request, a URL, or a path, which is resolved against `url`
   * @throws TypeError (rejects) for any other value
   */
  fetch(request: Request | string | URL): Promise<Response>;
  /**
   * Turns a request into a WebSocket (RFC 6455 §4.2). The `open` handler has run when this returns.
   * @param options `headers` of the 101 response, and `data` for `ws.data`
   * @returns false if the request is not a valid handshake, if it has a response already, and while the server closes its WebSockets. The caller
   *   responds then, unless the server has: with 426 to another version of the protocol (RFC 6455 §4.4), with 403 to a page that `origins`
   *   does not name
   * @throws TypeError without `websocket` handlers, for a header that HTTP cannot carry, and for what is no request
   * @example
   * `if (server.upgrade(request, { data: { name: "Ada" } })) return; // else a response, such as 426`
   */
  upgrade(request: Request, ...options: UpgradeOptions<WebSocketData>): boolean;
  /**
   * Sends a message to all subscribers of a topic, with a backplane also to those of other instances.
   * @param data text, bytes, or a Blob. The Blob of a file is read first, and goes to the subscribers of that moment
   * @param compress compresses the message for clients that have agreed to `perMessageDeflate`. Default true
   * @returns the size of the message in bytes; 0 if there are no subscribers, or if the message is dropped for one of them, for which
   *   more than `backpressureLimit` bytes wait; -1 if it waits for one of them. That is about the subscribers of this instance, of which
   *   alone it is known at once: with a backplane the message is on its way to the other instances, whatever is returned. For a topic with a
   *   history always the size: the message waits for its number, and `topics.publish` tells when it has one
   * @throws TypeError for a topic that is not a non-empty string, and for data of another type
   * @example
   * `server.publish("room", JSON.stringify({ text: "The buns are ready" }))`
   */
  publish(
    topic: string,
    data: string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer | Blob,
    compress?: boolean,
  ): number;
  /**
   * The number of WebSockets of this server that are subscribed to a topic. `topics.count` has those of all instances.
   * @throws TypeError for a topic that is not a non-empty string
   */
  subscriberCount(topic: string): number;
  /** The topics over all instances of the program. The same object each time. Not in Bun. */
  readonly topics: Topics;
  /**
   * The client's address. Null after the connection is closed, for a Unix socket, and for a request of another server. With `trustProxy` it is what
   * the proxies tell, with port 0 if they tell no port; null if they hide it.
   */
  requestIP(request: Request): SocketAddress | null;
  /**
   * The certificate of the client that sent a request, in the form of `tls.TLSSocket.getPeerCertificate`. With `rejectUnauthorized:
   * false` the certificate may be invalid: `authorized` is false then. Null without TLS, for a client without a certificate, and
   * after the connection is closed.
   */
  peerCertificate(request: Request): { certificate: PeerCertificate; authorized: boolean } | null;
  /**
   * Gives this request another `idleTimeout`.
   * @param seconds an integer from 0 (never) to 255
   * @throws TypeError for another type, RangeError for another number
   */
  timeout(request: Request, seconds: number): void;
  /** Keeps the process alive as long as the server listens, which is the default. */
  ref(): void;
  /** Lets the process end while the server listens. */
  unref(): void;
  /**
   * Whether a load balancer should send requests: true from `serve` on until the server is told to stop, by `stop` or, under `mantou` and
   * `runWorkers`, by SIGTERM or SIGINT. It listens on for the seconds of `grace`. Not in Bun.
   */
  readonly ready: boolean;
  /** The number of requests without a complete response. */
  readonly pendingRequests: number;
  /** The number of open WebSockets. */
  readonly pendingWebSockets: number;
  /** @deprecated The spelling of Bun's first documentation. */
  readonly pendingWebsockets: number;
  /** The URL for clients. The same object each time. */
  readonly url: URL;
  /** The address and port, or the path of a Unix socket. Null if Node.js gives none. */
  readonly address: SocketAddress | string | null;
  /** 1 to 65535; undefined for a Unix socket. */
  readonly port: number | undefined;
  /** The option `hostname`, or `localhost` without it; undefined for a Unix socket. */
  readonly hostname: string | undefined;
  /** Null for a Unix socket. */
  readonly protocol: "http" | "https" | null;
  /** Whether clients see errors of handlers. */
  readonly development: boolean;
  /** The option `id`, or an empty string. */
  readonly id: string;
}
