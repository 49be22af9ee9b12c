import type { PageDevelopment } from "../api/mount.ts";
import type { ReloadOptions, ServeOptions } from "../api/server.ts";
import type { Backplane } from "../api/topics.ts";
import { type Handler, optionalBoolean, optionalFunction, optionalString, resolveInteger } from "./check.ts";
import { type ResolvedCompress, resolveCompress } from "./compress-options.ts";
import { MAX_PORT } from "./ip-address.ts";
import { type ResolvedLimits, resolveLimits } from "./limits-options.ts";
import { type ResolvedLog, resolveLog } from "./log-options.ts";
import {
  type ResolvedProxyProtocol,
  type ResolvedTrust,
  resolveProxyProtocol,
  resolveTrustProxy,
} from "./proxy-options.ts";
import { type ResolvedTLS, resolveTLS } from "./tls-options.ts";
import { resolveTopicRules, type TopicRules } from "./topic-rules.ts";
import { isBackplaneOpen, resolveBackplane } from "./topics-options.ts";
import { resolveWebSocketOptions, type WebSocketOptions } from "./websocket-options.ts";

/** The address to listen on: a network address, or the path of a Unix socket. */
export interface BindAddress {
  /** Undefined for all addresses. */
  readonly hostname: string | undefined;
  readonly port: number;
  readonly unix: string | undefined;
  /** Lets other processes listen on the same port and share its connections, where that is possible. */
  readonly reusePort: boolean;
  /** Leaves IPv4 to others on an address that is both. */
  readonly ipv6Only: boolean;
}

/** The options of `serve`, checked, with all defaults. */
export interface ResolvedOptions {
  readonly bind: BindAddress;
  readonly idleTimeout: number;
  readonly maxRequestBodySize: number;
  /** Null in production. */
  readonly development: PageDevelopment | null;
  readonly id: string;
  /** Null for no access log. */
  readonly log: ResolvedLog | null;
  /** Null if no proxy is trusted. */
  readonly trustProxy: ResolvedTrust | null;
  /** Null if connections begin without a PROXY header. */
  readonly proxyProtocol: ResolvedProxyProtocol | null;
  readonly limits: ResolvedLimits;
  /** Null for none. */
  readonly backplane: Backplane | null;
  /** Neither the option nor the environment says whether there is a backplane. */
  readonly isBackplaneOpen: boolean;
  /** Null if all topics are plain. */
  readonly topics: TopicRules | null;
  /** Null if responses are not compressed. */
  readonly compress: ResolvedCompress | null;
}

/** The handlers of a server and its certificates, checked. `reload` replaces them. */
export interface ResolvedHandlers {
  readonly routes: Readonly<Record<string, unknown>> | undefined;
  readonly fetch: Handler | undefined;
  readonly error: Handler | undefined;
  readonly websocket: WebSocketOptions | undefined;
  readonly tls: ResolvedTLS | undefined;
}

const DEFAULT_PORT = 3000;
/** Digits of a number, in range or not. */
const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?$/;
/** Bun's documented default. */
const DEFAULT_BODY_BYTES = 128 * 1024 * 1024;
/** Bun's documented default and maximum, in seconds. */
const DEFAULT_IDLE_TIMEOUT = 10;
const MAX_IDLE_TIMEOUT = 255;

type AnyOptions = ServeOptions<never, string> | ReloadOptions<never, string>;

type KeyOf<T> = T extends unknown ? keyof T : never;

/** Bun's switches of protocols. Only HTTP/1.1 is supported, so that our types do not have them. */
type ProtocolSwitch = "http1" | "http2" | "http3";

/** The names of all options. It is a record, so that the compiler refuses a list that differs from the type. */
const OPTIONS: Readonly<Record<KeyOf<ServeOptions> | ProtocolSwitch, true>> = {
  backplane: true,
  compress: true,
  development: true,
  error: true,
  fetch: true,
  headersTimeout: true,
  hostname: true,
  http1: true,
  http2: true,
  http3: true,
  id: true,
  idleTimeout: true,
  ipv6Only: true,
  log: true,
  maxConnections: true,
  maxConnectionsPerIP: true,
  maxRequestBodySize: true,
  maxRequestsPerConnection: true,
  minBodyRate: true,
  port: true,
  proxyProtocol: true,
  requestTimeout: true,
  reusePort: true,
  routes: true,
  static: true,
  tls: true,
  topics: true,
  trustProxy: true,
  unix: true,
  websocket: true,
};

/** The names of all options of `serve`. */
export const OPTION_NAMES: ReadonlySet<string> = /* @__PURE__ */ new Set(
  /* @__PURE__ */ Object.keys(OPTIONS),
);

/** @throws TypeError or RangeError that names the option */
export function resolveOptions(options: ServeOptions<never, string>): ResolvedOptions {
  if (typeof options !== "object" || options === null)
    throw new TypeError("serve() takes an object of options");
  checkOptionNames(options);
  const unix = optionalString(options.unix, "unix");
  const hostname = optionalString(options.hostname, "hostname");
  if (unix !== undefined && hostname !== undefined)
    throw new TypeError("unix and hostname cannot both be given: a server listens on one of them");
  const topics = resolveTopicRules(options.topics);
  const maxRequestBodySize = resolveInteger(
    options.maxRequestBodySize,
    "maxRequestBodySize",
    Number.MAX_SAFE_INTEGER,
    DEFAULT_BODY_BYTES,
  );
  return {
    bind: {
      hostname,
      port: unix === undefined ? resolvePort(options.port) : 0,
      unix,
      reusePort: optionalBoolean("reusePort" in options ? options.reusePort : undefined, "reusePort", false),
      ipv6Only: optionalBoolean("ipv6Only" in options ? options.ipv6Only : undefined, "ipv6Only", false),
    },
    idleTimeout: resolveInteger(options.idleTimeout, "idleTimeout", MAX_IDLE_TIMEOUT, DEFAULT_IDLE_TIMEOUT),
    maxRequestBodySize,
    development: resolveDevelopment(options.development),
    id: resolveId(options.id),
    log: resolveLog(options.log),
    trustProxy: resolveTrustProxy(options.trustProxy),
    proxyProtocol: resolveProxyProtocol(options.proxyProtocol),
    limits: resolveLimits(options, maxRequestBodySize),
    backplane: resolveBackplane(options.backplane),
    isBackplaneOpen: isBackplaneOpen(options.backplane),
    topics,
    compress: resolveCompress(options.compress),
  };
}

/** @throws TypeError that names the handler */
export function resolveHandlers(options: AnyOptions): ResolvedHandlers {
  const { fetch, error } = options;
  const websocket = options.websocket ?? undefined;
  return {
    routes: resolveRoutes(options),
    fetch: optionalFunction(fetch, "fetch"),
    error: optionalFunction(error, "error"),
    websocket: websocket === undefined ? undefined : resolveWebSocketOptions(websocket),
    tls: resolveTLS(options.tls),
  };
}

/** @throws TypeError without any handler for a request */
export function checkHandlers({ routes, fetch, websocket }: ResolvedHandlers): void {
  if (fetch !== undefined || websocket !== undefined) return;
  const handled = Object.values(routes ?? {}).filter((route) => route !== false);
  if (handled.length === 0) throw new TypeError("serve() needs a fetch function or routes");
}

/**
 * The routes of `routes` and of `static`, the older name for routes that are Responses. `routes` has precedence. An array is
 * ignored: Hono's application, which `serve` takes as it is, has an array of that name.
 */
function resolveRoutes(options: AnyOptions): Readonly<Record<string, unknown>> | undefined {
  const older = (options as { static?: unknown }).static ?? undefined;
  const given = Array.isArray(options.routes) ? undefined : (options.routes ?? undefined);
  for (const [name, value] of Object.entries({ routes: given as unknown, static: older })) {
    if (value !== undefined && typeof value !== "object") {
      throw new TypeError(`${name} must be an object of values by pattern`);
    }
  }
  if (older === undefined) return given as Readonly<Record<string, unknown>> | undefined;
  return { ...(older as object), ...given };
}

/** The option; else the first variable of the environment that is not empty, in Bun's order; else 3000. */
function resolvePort(option: unknown): number {
  const env = process.env;
  const given = option ?? (env["BUN_PORT"] || env["PORT"] || env["NODE_PORT"] || DEFAULT_PORT);
  const port = typeof given === "string" && NUMBER.test(given) ? Number(given) : given;
  return resolveInteger(port, "port", MAX_PORT, DEFAULT_PORT);
}

/** @throws TypeError for another type, or for a switch that is not a boolean */
function resolveDevelopment(option: unknown): PageDevelopment | null {
  const given = option ?? process.env["NODE_ENV"] !== "production";
  if (given === false) return null;
  if (given !== true && typeof given !== "object") throw new TypeError("development must be a boolean");
  const switches: Readonly<Record<string, unknown>> = given === true ? {} : { ...given };
  const read = (name: string, byDefault: boolean): boolean =>
    optionalBoolean(switches[name], `development.${name}`, byDefault);
  return {
    hmr: read("hmr", true),
    console: read("console", false),
    workspace: read("chromeDevToolsAutomaticWorkspaceFolders", true),
  };
}

function resolveId(id: unknown): string {
  if (id === undefined || id === null) return "";
  if (typeof id !== "string") throw new TypeError("id must be a string");
  return id;
}

/**
 * Refuses unknown names: `maxRequestBodysize` is a mistake that would otherwise show in production only. An instance of a class,
 * such as a framework's application, may have other properties.
 * @throws TypeError that names the unknown option, or the protocol that is not supported
 */
export function checkOptionNames(options: object): void {
  const { http1, http2, http3 } = options as { http1?: unknown; http2?: unknown; http3?: unknown };
  if (http1 === false) throw new TypeError("http1 cannot be false: HTTP/1.1 is the only supported protocol");
  if (http2 === true) throw new TypeError("http2 is not supported");
  if (http3 === true) throw new TypeError("http3 is not supported");
  const prototype: unknown = Object.getPrototypeOf(options);
  if (prototype !== Object.prototype && prototype !== null) return;
  for (const name of Object.keys(options)) {
    if (!OPTION_NAMES.has(name)) {
      throw new TypeError(
        `serve() has no option ${JSON.stringify(name)}; its options are ${[...OPTION_NAMES].join(", ")}`,
      );
    }
  }
}
