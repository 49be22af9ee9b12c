import type { PeerCertificate } from "node:tls";
import type { HeadersInit, RouteRequest, ServerRequest } from "./fetch.ts";
import type { TLSOptions } from "./tls.ts";
import type { WebSocketHandler } from "./websocket.ts";

/** Where the other end of a connection is. */
export interface SocketAddress {
  /** IPv4 or IPv6, without brackets. On a dual-stack listener an IPv4 client shows as `::ffff:a.b.c.d`. */
  address: string;
  port: number;
  family: "IPv4" | "IPv6";
}

export type HTTPMethod = "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD" | "OPTIONS";

type MaybePromise<T> = T | Promise<T>;

/** `WebSocketData` is what `ws.data` holds; a handler may answer nothing once it has upgraded its request. */
export type RouteHandler<Path extends string, WebSocketData, Result> = (
  this: Server<WebSocketData>,
  request: RouteRequest<Path>,
  server: Server<WebSocketData>,
) => MaybePromise<Result>;

/** Serves the files of a directory below a prefix: the route's pattern must end in `/*`, and have no parameters. */
export interface DirectoryRouteOptions {
  /** The directory's path. It must exist when the server starts. */
  dir: string;
  /** Keeps the heads of the 64 files that were asked for lately, as long as they do not change. Default true. */
  statCache?: boolean;
}

/** By method, with handlers of its own for the WebSockets that are opened here. */
export type WebSocketRoute<Path extends string, WebSocketData> = {
  /** What `server.upgrade` opens. Without a function for GET, every handshake is agreed to, and other requests get 426. */
  websocket: WebSocketHandler<WebSocketData>;
} & {
  // Functions that end without a return statement are of the type void.
  [Method in HTTPMethod]?: // biome-ignore lint/suspicious/noConfusingVoidType: as above
  RouteHandler<Path, WebSocketData, Response | undefined | void> | Response | Blob;
};

export type RouteValue<Path extends string, WebSocketData, Result> =
  /** answered as it is, always; its body is read once, when the server starts */
  | Response
  /** a `file()`: opened for each request; if it is missing, the request goes on to less specific routes, then to `fetch` */
  | Blob
  | DirectoryRouteOptions
  /** not handled here: the request goes on to `fetch` */
  | false
  /** an HTML import, so that options typed by Bun's types fit: they need Bun's bundler, and are refused with a TypeError */
  | { index: string }
  | RouteHandler<Path, WebSocketData, Result>
  /** by method; other methods go on to `fetch` */
  | { [Method in HTTPMethod]?: RouteHandler<Path, WebSocketData, Result> | Response | Blob }
  | WebSocketRoute<Path, WebSocketData>;

export type Routes<R extends string, WebSocketData, Result> = {
  [Path in R]: RouteValue<Path, WebSocketData, Result>;
};

export type FetchHandler<WebSocketData, Result> = (
  this: Server<WebSocketData>,
  request: ServerRequest,
  server: Server<WebSocketData>,
) => MaybePromise<Result>;

interface CommonOptions<WebSocketData> {
  /** An array for several names: each entry but the first needs a `serverName`, the first is also for all other names. */
  tls?: TLSOptions | readonly TLSOptions[];
  /** Bytes of a request's content, from 0 up; beyond it the answer is 413. Default 128 MiB. */
  maxRequestBodySize?: number;
  /** Shows errors to whoever asked. Default: unless `NODE_ENV` is `production`. Bun's object of options means yes. */
  development?: boolean | { hmr?: boolean; console?: boolean };
  /** Makes the response when a handler has thrown. */
  error?: (
    this: Server<WebSocketData>,
    error: Error,
  ) => MaybePromise<Response | undefined> | MaybePromise<void>;
  /** Names the server; see `Server.id`. */
  id?: string | null;
}

interface NetworkOptions {
  /** 0-65535, as a number or in digits; 0 for any free one. Default `BUN_PORT`, `PORT`, `NODE_PORT`, else 3000. */
  port?: number | string;
  /** Default: every address of the machine, IPv6 and IPv4. */
  hostname?: string;
  /** Seconds without a byte from or to the client before its connection is closed: 0 (never) to 255. Default 10. */
  idleTimeout?: number;
  /** Several processes may listen on the port, and share its connections. Default false. Needs Node.js 22.12 or 23.1, and Linux or BSD; elsewhere only the first can listen. */
  reusePort?: boolean;
  /** IPv4 is left to somebody else when listening on all addresses. Default false. */
  ipv6Only?: boolean;
  unix?: never;
}

interface UnixOptions {
  /** Path of a Unix domain socket; with a leading NUL, a name in Linux's abstract namespace. */
  unix?: string;
  port?: never;
  hostname?: never;
  /** As for a network address. */
  idleTimeout?: number;
}

type Handlers<WebSocketData, R extends string> =
  | {
      websocket: WebSocketHandler<WebSocketData>;
      // Functions that end without a return statement are of the type void.
      // biome-ignore lint/suspicious/noConfusingVoidType: as above
      routes?: Routes<R, WebSocketData, Response | undefined | void>;
      // biome-ignore lint/suspicious/noConfusingVoidType: as above
      fetch?: FetchHandler<WebSocketData, Response | undefined | void>;
    }
  | {
      websocket?: undefined;
      routes: Routes<R, WebSocketData, Response>;
      fetch?: FetchHandler<WebSocketData, Response>;
    }
  | {
      websocket?: undefined;
      routes?: Routes<R, WebSocketData, Response>;
      fetch: FetchHandler<WebSocketData, Response>;
    };

interface OlderOptions {
  /** An older name of `routes`, of which those are that both have. */
  static?: Record<string, Response>;
}

/** What `serve` takes, after Bun's `Serve.Options`. */
export type ServeOptions<
  WebSocketData = undefined,
  R extends string = string,
> = CommonOptions<WebSocketData> & OlderOptions & (NetworkOptions | UnixOptions) & Handlers<WebSocketData, R>;

/** What `Server.reload` takes: handlers and certificates, of which those that are left out stay. */
export type ReloadOptions<WebSocketData = undefined, R extends string = string> = Pick<
  CommonOptions<WebSocketData>,
  "error" | "tls"
> &
  OlderOptions & {
    // Functions that end without a return statement are of the type void.
    // biome-ignore lint/suspicious/noConfusingVoidType: as above
    routes?: Routes<R, WebSocketData, Response | undefined | void>;
    // biome-ignore lint/suspicious/noConfusingVoidType: as above
    fetch?: FetchHandler<WebSocketData, Response | undefined | void>;
    websocket?: WebSocketHandler<WebSocketData>;
  };

type UpgradeOptions<WebSocketData> = [WebSocketData] extends [undefined]
  ? [options?: { headers?: HeadersInit; data?: undefined }]
  : [options: { headers?: HeadersInit; data: WebSocketData }];

/** A running server, after Bun's `Server`. */
export interface Server<WebSocketData = undefined> extends Disposable, AsyncDisposable {
  /**
   * Stops listening. Idle connections are closed at once, others when their request is answered; WebSockets stay.
   * @param closeActiveConnections close everything now, WebSockets with code 1001
   * @returns resolves when the last connection is closed
   */
  stop(closeActiveConnections?: boolean): Promise<void>;
  /**
   * Closes connections on which no request is under way; WebSockets stay.
   * @returns how many
   */
  closeIdleConnections(): number;
  /**
   * Takes other handlers for all requests and all WebSockets from now on; an open one keeps its `maxPayloadLength`.
   * What is left out stays as it is, except `routes`: those stay only if `tls` alone is given, or there is no `fetch`. With `tls`,
   * handshakes from now on have its certificates, and make its demands on clients.
   */
  reload<R extends string = string>(options: ReloadOptions<WebSocketData, R>): Server<WebSocketData>;
  /** Answers a request through the handlers without a connection, as over one. A string is resolved against `url`. */
  fetch(request: Request | string | URL): Promise<Response>;
  /**
   * Turns a request into a WebSocket (RFC 6455 §4.2). `open` has run when it returns.
   * @returns false if the request is not a valid handshake; answer it then, unless it asks for another version of the
   *   protocol, which has been answered by 426 (RFC 6455 §4.4). False, too, if the request had been answered already
   */
  upgrade(request: Request, ...options: UpgradeOptions<WebSocketData>): boolean;
  /**
   * Sends a message to all subscribers of a topic.
   * @returns the bytes of the message; 0 if there are no subscribers, or if it is dropped for one of them, because too much waits for its
   *   client already; -1 if it has to wait for one
   */
  publish(
    topic: string,
    data: string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer | Blob,
    compress?: boolean,
  ): number;
  subscriberCount(topic: string): number;
  /** Null for a request that is closed, came over a Unix socket, or is not this server's. */
  requestIP(request: Request): SocketAddress | null;
  /**
   * The certificate of the client that sent a request, as `tls.TLSSocket.getPeerCertificate` has it. Null without TLS, for a client
   * that was not asked for one or sent none, and for a request that is closed. With `rejectUnauthorized: false` it may be one
   * that nobody vouches for: `authorized` tells.
   */
  peerCertificate(request: Request): { certificate: PeerCertificate; authorized: boolean } | null;
  /** Gives this request `seconds` without traffic, in place of `idleTimeout`; 0 for ever. */
  timeout(request: Request, seconds: number): void;
  /** Keeps the process alive while the server listens (the default). */
  ref(): void;
  unref(): void;
  /** Requests that have not been answered yet. */
  readonly pendingRequests: number;
  /** WebSockets that are open. */
  readonly pendingWebSockets: number;
  /** @deprecated The spelling of Bun's first documentation. */
  readonly pendingWebsockets: number;
  /** The same object each time. */
  readonly url: URL;
  /** Where it listens: an IP address and a port, or the path of a Unix socket. Null if there is none. */
  readonly address: SocketAddress | string | null;
  /** Undefined on a Unix socket. */
  readonly port: number | undefined;
  /** Undefined on a Unix socket. */
  readonly hostname: string | undefined;
  /** Null on a Unix socket. */
  readonly protocol: "http" | "https" | null;
  readonly development: boolean;
  /** What was given as `id`, else an empty string. */
  readonly id: string;
}
