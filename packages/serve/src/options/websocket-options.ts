import { type DeflateOptions, deflateSettings, type Limits, resolveLimits } from "@mantou/websocket";
import type { WebSocketHandler } from "../api/websocket.ts";
import { optionalBoolean, optionalFunction, resolveInteger } from "./check.ts";
import { resolveOrigins } from "./origins.ts";

/** A `websocket` option, checked, with all defaults. */
export interface WebSocketOptions {
  /** The option itself: handlers are looked up on it, and get it as `this`. */
  readonly handler: WebSocketHandler<unknown>;
  /** Those of `maxPayloadLength`. */
  readonly limits: Limits;
  /** Infinity for no limit. */
  readonly backpressureLimit: number;
  readonly closeOnBackpressureLimit: boolean;
  readonly idleTimeout: number;
  readonly sendPings: boolean;
  readonly publishToSelf: boolean;
  readonly serial: boolean;
  /** Messages and pings of one client in a second; 0 for no limit. */
  readonly maxMessagesPerSecond: number;
  /** Null if pages of any origin may connect. */
  readonly origins: ReadonlySet<string> | null;
  /** Null for no compression. */
  readonly perMessageDeflate: DeflateOptions | null;
}

const MIB = 1024 * 1024;
const MAX_UINT32 = 0xffff_ffff;
/** Bun's documented default and range, in seconds. */
const DEFAULT_IDLE_TIMEOUT = 120;
const MAX_IDLE_TIMEOUT = 960;
const MIN_IDLE_TIMEOUT = 8;

/** The names of the handlers. */
const WEBSOCKET_HANDLERS = ["open", "message", "close", "drain", "ping", "pong", "error"] as const;

/** @throws TypeError or RangeError that names the option */
export function resolveWebSocketOptions(given: unknown): WebSocketOptions {
  if (typeof given !== "object" || given === null)
    throw new TypeError("websocket must be an object of handlers");
  const handler = given as WebSocketHandler<unknown>;
  for (const name of WEBSOCKET_HANDLERS) optionalFunction(handler[name], `websocket.${name}`);
  const backpressureLimit = bytes(handler.backpressureLimit, "backpressureLimit", 16 * MIB);
  const maxPayloadLength = bytes(handler.maxPayloadLength, "maxPayloadLength", 16 * MIB);
  const idleTimeout = resolveInteger(
    handler.idleTimeout,
    "websocket.idleTimeout",
    MAX_IDLE_TIMEOUT,
    DEFAULT_IDLE_TIMEOUT,
  );
  return {
    handler,
    limits: resolveLimits({ messageBytes: maxPayloadLength, frameBytes: maxPayloadLength }),
    backpressureLimit: backpressureLimit === 0 ? Number.POSITIVE_INFINITY : backpressureLimit,
    closeOnBackpressureLimit: optionalBoolean(
      handler.closeOnBackpressureLimit,
      "websocket.closeOnBackpressureLimit",
      false,
    ),
    idleTimeout: idleTimeout === 0 ? 0 : Math.max(idleTimeout, MIN_IDLE_TIMEOUT),
    sendPings: optionalBoolean(handler.sendPings, "websocket.sendPings", true),
    publishToSelf: optionalBoolean(handler.publishToSelf, "websocket.publishToSelf", false),
    serial: optionalBoolean(handler.serial, "websocket.serial", false),
    maxMessagesPerSecond: resolveInteger(
      handler.maxMessagesPerSecond,
      "websocket.maxMessagesPerSecond",
      Number.MAX_SAFE_INTEGER,
      0,
    ),
    origins: resolveOrigins(handler.origins),
    perMessageDeflate: resolveDeflate(handler.perMessageDeflate),
  };
}

function resolveDeflate(given: unknown): DeflateOptions | null {
  if (given === undefined || given === null || given === false) return null;
  if (given === true) return { compress: "shared", decompress: "shared" };
  if (typeof given !== "object")
    throw new TypeError("websocket.perMessageDeflate must be a boolean or an object");
  const { compress, decompress } = given as DeflateOptions;
  try {
    return deflateSettings({ compress, decompress } as DeflateOptions) === null
      ? null
      : ({ compress, decompress } as DeflateOptions);
  } catch (error) {
    throw new TypeError(`websocket.perMessageDeflate: ${(error as Error).message}`);
  }
}

/** Larger values are clamped, as in Bun's documentation. */
function bytes(value: unknown, name: string, fallback: number): number {
  return Math.min(resolveInteger(value, `websocket.${name}`, Number.MAX_SAFE_INTEGER, fallback), MAX_UINT32);
}
