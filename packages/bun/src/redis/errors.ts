/** The errors of `RedisClient`: each has the name `RedisError` and a code. */
import { wrongType } from "../base/argument-error.ts";

export type RedisErrorCode =
  | "ERR_REDIS_CONNECTION_CLOSED"
  | "ERR_REDIS_CONNECTION_TIMEOUT"
  | "ERR_REDIS_IDLE_TIMEOUT"
  | "ERR_REDIS_AUTHENTICATION_FAILED"
  | "ERR_REDIS_INVALID_STATE"
  | "ERR_REDIS_INVALID_RESPONSE"
  | "ERR_REDIS_INVALID_RESPONSE_TYPE"
  | "ERR_REDIS_SERVER_ERROR";

export function redisError(message: string, code: RedisErrorCode): Error {
  const error = Object.assign(new Error(message), { code });
  return Object.defineProperty(error, "name", { value: "RedisError", writable: true, configurable: true });
}

/** @param name of an argument */
export function wrongArgument(name: string, due: string, command: string): TypeError {
  return wrongType(`Expected ${name} to be ${due} for '${command}'.`);
}

/** Names of the package's classes. A reply of the server that is an error has another one. */
const ENDED = new Set([
  "AbortError",
  "ClientClosedError",
  "ClientOfflineError",
  "DisconnectsClientError",
  "ReconnectStrategyError",
  "SocketClosedUnexpectedlyError",
]);

/** The server's reasons to refuse a login. */
const REFUSED_LOGIN = /^(?:WRONGPASS|NOAUTH|NOPERM)\b|^ERR (?:invalid password|AUTH )/i;

/** The error of a connection that could not be opened, as Bun has it. */
export function connectError(error: unknown, connectionTimeout: number): Error {
  const isRefused =
    error instanceof Error && error.name !== "RedisError" && REFUSED_LOGIN.test(error.message);
  return isRefused
    ? redisError(error.message, "ERR_REDIS_AUTHENTICATION_FAILED")
    : fromPackage(error, connectionTimeout);
}

/**
 * An error of the package `@redis/client`, as Bun has it.
 * @param connectionTimeout in milliseconds
 */
export function fromPackage(error: unknown, connectionTimeout: number): Error {
  if (!(error instanceof Error)) return redisError(String(error), "ERR_REDIS_INVALID_RESPONSE");
  const { name } = error.constructor;
  if (error.name === "RedisError") return error;
  if (name === "ConnectionTimeoutError") return timeoutError(connectionTimeout);
  if (ENDED.has(name) || "syscall" in error)
    return redisError("Connection closed", "ERR_REDIS_CONNECTION_CLOSED");
  return redisError(error.message, "ERR_REDIS_SERVER_ERROR");
}

/** The error of a client that has tried often enough. */
export const GAVE_UP = "Max reconnection attempts reached";

/** @param time in milliseconds */
export function timeoutError(time: number): Error {
  return redisError(`Connection timeout reached after ${time}ms`, "ERR_REDIS_CONNECTION_TIMEOUT");
}

/** @param time in milliseconds */
export function idleError(time: number): Error {
  return redisError(`Idle timeout reached after ${time}ms`, "ERR_REDIS_IDLE_TIMEOUT");
}

/** The error of a server that has sent something else than replies, such as that of another protocol. */
export function unreadable(cause: Error): Error {
  const error = redisError("Failed to read data", "ERR_REDIS_INVALID_RESPONSE_TYPE");
  return Object.assign(error, { cause });
}

/** Why a connection ends, besides its close. */
const REASONS: ReadonlySet<unknown> = new Set<RedisErrorCode>([
  "ERR_REDIS_CONNECTION_TIMEOUT",
  "ERR_REDIS_IDLE_TIMEOUT",
  "ERR_REDIS_INVALID_RESPONSE_TYPE",
]);

/** Bun tells commands alone why it has given up; others get the usual error. */
export function withoutReason(error: Error): Error {
  const hasReason = error.message === GAVE_UP || REASONS.has((error as { code?: unknown }).code);
  return hasReason ? redisError("Connection closed", "ERR_REDIS_CONNECTION_CLOSED") : error;
}
