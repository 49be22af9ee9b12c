import { invalidValue, isUnder2To31, UNDER_2_31 } from "../base/invalid-argument.ts";
import type { Adapter, ReservedSession, Session } from "./adapter.ts";
import { closedError } from "./errors.ts";
import type { Settings } from "./settings.ts";

/** Where the queries of a client run. */
export interface Scope {
  readonly adapter: Adapter;
  readonly settings: Settings;
  readonly session: Session;
  /** What a client is for: all of the pool, a connection, a transaction, or a part of one. */
  readonly kind: "pool" | "reserved" | "transaction" | "savepoint";
  /** Makes the error of queries that come too late; null while queries can be started. */
  ended: (() => Error) | null;
  /** Names savepoints. */
  readonly counter: { savepoints: number };
  /** The transactions of a reserved connection run one after the other, and keep it. */
  turn: Promise<unknown>;
}

/** @throws TypeError (rejects) for seconds that are out of range */
export async function closeScope(scope: Scope, seconds: number | undefined): Promise<void> {
  if (seconds !== undefined) checkTimeout(Number(seconds));
  if (scope.kind === "reserved") return releaseScope(scope, true);
  if (scope.kind === "pool") return scope.adapter.close(seconds === undefined ? undefined : Number(seconds));
  scope.ended ??= endedBy(scope);
}

/** A transaction that has been begun on the connection ends first. */
export function releaseScope(scope: Scope, close = false): void {
  if (scope.ended !== null) return;
  scope.ended = endedBy(scope);
  const release = (): void => (scope.session as ReservedSession).release(close);
  scope.turn.then(release, release);
}

function endedBy({ adapter }: Scope): () => Error {
  return () => closedError(adapter.dialect.adapter);
}

function checkTimeout(seconds: number): void {
  if (!isUnder2To31(seconds)) throw invalidValue("property 'options.timeout'", UNDER_2_31, seconds);
}
