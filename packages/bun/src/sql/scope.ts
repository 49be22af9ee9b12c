import { clientError, type SQLError } from "./errors.ts";
import type { Adapter, ReservedSession, Session } from "./session.ts";
import type { Settings } from "./settings.ts";

/** Where the queries of a client run. */
export interface Scope {
  readonly adapter: Adapter;
  readonly settings: Settings;
  readonly session: Session;
  /** What a client is for: all of the pool, a connection, a transaction, or a part of one. */
  readonly kind: "pool" | "reserved" | "transaction" | "savepoint";
  /** Why no query can be started any more. */
  ended: (() => Error) | null;
  /** Names savepoints. */
  readonly counter: { savepoints: number };
  /** The transactions of a reserved connection run one after the other, and keep it. */
  turn: Promise<unknown>;
}

/** @throws the reason (rejects) for which no query can be started */
export function closedError({ adapter }: Scope): () => SQLError {
  return () => clientError(adapter.dialect.adapter, "CONNECTION_CLOSED", "Connection closed");
}

export async function closeScope(scope: Scope, seconds: number | undefined): Promise<void> {
  if (seconds !== undefined) checkTimeout(Number(seconds));
  if (scope.kind === "reserved") return releaseScope(scope, true);
  if (scope.kind === "pool") return scope.adapter.close(seconds === undefined ? undefined : Number(seconds));
  scope.ended ??= closedError(scope);
}

/** A transaction that has been begun on the connection ends first. */
export function releaseScope(scope: Scope, close = false): void {
  if (scope.ended !== null) return;
  scope.ended = closedError(scope);
  const release = (): void => (scope.session as ReservedSession).release(close);
  scope.turn.then(release, release);
}

function checkTimeout(seconds: number): void {
  if (seconds >= 0 && seconds < 2 ** 31) return;
  const message = `The property 'options.timeout' must be a non-negative integer less than 2^31. Received ${seconds}`;
  throw Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_VALUE" });
}

/** The process goes on until the function is called that is returned: a transaction does not end by the end of the program's work. */
export function keepAlive(): () => void {
  const timer = setInterval(() => {}, 2 ** 31 - 1);
  return () => clearInterval(timer);
}
