import type { BindAddress } from "./bind.ts";
import type { ReloadOptions, ServeOptions, TLSOptions } from "./types.ts";
import { resolveWebSocketOptions, type WebSocketOptions } from "./websocket-options.ts";

/** What `serve` was asked for, checked and with every default filled in. */
export interface ResolvedOptions {
  readonly bind: BindAddress;
  readonly tls: TLSOptions | undefined;
  readonly idleTimeout: number;
  readonly maxRequestBodySize: number;
  readonly development: boolean;
  readonly id: string;
}

// biome-ignore lint/suspicious/noExplicitAny: handlers of every data type are kept in one place
type Handler = (...args: any[]) => unknown;

/** The handlers of a server, checked; what `reload` replaces. */
export interface ResolvedHandlers {
  readonly routes: Readonly<Record<string, unknown>> | undefined;
  readonly fetch: Handler | undefined;
  readonly error: Handler | undefined;
  readonly websocket: WebSocketOptions | undefined;
}

const DEFAULT_PORT = 3000;
/** Bun's documented default. */
const DEFAULT_BODY_BYTES = 128 * 1024 * 1024;
/** Seconds. Bun's documented default and maximum. */
const DEFAULT_IDLE_TIMEOUT = 10;
const MAX_IDLE_TIMEOUT = 255;

type AnyOptions = ServeOptions<never, string> | ReloadOptions<never, string>;

/** @throws TypeError that names the option and what it takes */
export function resolveOptions(options: ServeOptions<never, string>): ResolvedOptions {
  if (typeof options !== "object" || options === null)
    throw new TypeError("serve() takes an object of options");
  return {
    bind: {
      hostname: optionalString(options.hostname, "hostname"),
      port: options.unix === undefined ? resolvePort(options.port) : 0,
      unix: optionalString(options.unix, "unix"),
    },
    tls: resolveTLS(options.tls),
    idleTimeout: resolveInteger(options.idleTimeout, "idleTimeout", MAX_IDLE_TIMEOUT, DEFAULT_IDLE_TIMEOUT),
    maxRequestBodySize: resolveInteger(
      options.maxRequestBodySize,
      "maxRequestBodySize",
      Number.MAX_SAFE_INTEGER,
      DEFAULT_BODY_BYTES,
    ),
    development: resolveDevelopment(options.development),
    id: resolveId(options.id),
  };
}

/** @throws TypeError that names the handler and what it takes */
export function resolveHandlers(options: AnyOptions): ResolvedHandlers {
  const { routes, fetch, error, websocket } = options;
  if (routes !== undefined && (typeof routes !== "object" || routes === null)) {
    throw new TypeError("routes must be an object of patterns and what they lead to");
  }
  if (routes === undefined && fetch === undefined && websocket === undefined) {
    throw new TypeError("serve() needs a fetch function or routes");
  }
  return {
    routes: routes as Readonly<Record<string, unknown>> | undefined,
    fetch: optionalFunction(fetch, "fetch"),
    error: optionalFunction(error, "error"),
    websocket: websocket === undefined ? undefined : resolveWebSocketOptions(websocket),
  };
}

/** The option, else the environment as Bun reads it, else 3000. */
function resolvePort(option: unknown): number {
  const env = process.env;
  const given = option ?? env["BUN_PORT"] ?? env["PORT"] ?? env["NODE_PORT"] ?? DEFAULT_PORT;
  const port = typeof given === "string" && /^[0-9]+$/.test(given) ? Number(given) : given;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`port must be an integer from 0 to 65535, not ${JSON.stringify(given)}`);
  }
  return port;
}

function resolveDevelopment(option: unknown): boolean {
  if (option === undefined) return process.env["NODE_ENV"] !== "production";
  if (typeof option === "boolean") return option;
  // Bun also takes an object that configures its bundler; here it only means yes.
  if (typeof option === "object" && option !== null) return true;
  throw new TypeError("development must be a boolean");
}

function resolveTLS(tls: unknown): TLSOptions | undefined {
  if (tls === undefined || tls === null) return undefined;
  if (typeof tls !== "object") throw new TypeError("tls must be an object with key and cert");
  const { key, cert, ca, passphrase } = tls as TLSOptions;
  if (key === undefined && cert === undefined) return undefined;
  if (key === undefined || cert === undefined) throw new TypeError("tls needs both key and cert");
  for (const [name, value] of Object.entries({ key, cert, ca })) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (value === undefined || items.every((item) => typeof item === "string" || item instanceof Uint8Array))
      continue;
    throw new TypeError(`tls.${name} must be PEM as text or bytes, or an array of them`);
  }
  if (passphrase !== undefined && typeof passphrase !== "string") {
    throw new TypeError("tls.passphrase must be a string");
  }
  return tls;
}

function resolveId(id: unknown): string {
  if (id === undefined || id === null) return "";
  if (typeof id !== "string") throw new TypeError("id must be a string");
  return id;
}

export function resolveInteger(value: unknown, name: string, maximum: number, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > maximum) {
    throw new TypeError(`${name} must be an integer from 0 to ${maximum}, not ${String(value)}`);
  }
  return value;
}

export function optionalFunction(value: unknown, name: string): Handler | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "function") throw new TypeError(`${name} must be a function`);
  return value as Handler;
}

export function optionalBoolean(value: unknown, name: string, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== "boolean") throw new TypeError(`${name} must be a boolean`);
  return value;
}

function optionalString(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be a non-empty string`);
  return value;
}
