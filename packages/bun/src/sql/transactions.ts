/** Transactions and savepoints: what `sql.begin`, `sql.savepoint` and `sql.beginDistributed` do. */

import { invalidValue } from "../base/invalid-argument.ts";
import type { Session } from "./adapter.ts";
import { clientError } from "./errors.ts";
import { keepAlive } from "./keep-alive.ts";
import { type Rows, SQLResultArray } from "./rows.ts";
import type { Scope } from "./scope.ts";
import type { Dialect } from "./template.ts";

type AdapterName = Dialect["adapter"];

/** Makes the client of a scope. */
type MakeClient<C> = (scope: Scope) => C;

type Callback<C> = (client: C) => unknown;

/**
 * Calls the function with the client of a new transaction, and gives its result, or those of the queries in the array that it returns.
 * @param distributed the name of a prepared transaction; null for a usual one
 */
export async function beginTransaction<C>(
  scope: Scope,
  makeClient: MakeClient<C>,
  distributed: string | null,
  ...[options, fn]: [string | Callback<C>, Callback<C>?]
): Promise<unknown> {
  const { adapter } = scope;
  const { adapter: name } = adapter.dialect;
  const callback = callbackOf(options, fn);
  if (scope.kind === "transaction" || scope.kind === "savepoint") {
    throw stateError(name, "cannot call begin inside a transaction use savepoint() instead");
  }
  if (scope.ended !== null) throw scope.ended();
  if (distributed !== null && name === "sqlite")
    throw new Error("This adapter doesn't support distributed transactions.");
  const text = typeof options === "string" && options !== "" ? `BEGIN ${options}` : "BEGIN";
  const end = distributed === null ? "COMMIT" : `PREPARE TRANSACTION ${quoted(distributed)}`;
  if (scope.kind === "reserved") {
    const run = (): Promise<unknown> => runTransaction(scope, scope.session, makeClient, text, end, callback);
    const result = scope.turn.then(run, run);
    scope.turn = result.catch(() => {});
    return result;
  }
  const session = await adapter.reserve();
  try {
    return await runTransaction(scope, session, makeClient, text, end, callback);
  } finally {
    session.release();
  }
}

async function runTransaction<C>(
  scope: Scope,
  session: Session,
  makeClient: MakeClient<C>,
  begin: string,
  end: string,
  callback: Callback<C>,
): Promise<unknown> {
  const inner: Scope = { ...scope, session, kind: "transaction", ended: null, counter: { savepoints: 0 } };
  const release = keepAlive();
  try {
    return await inTransaction(inner, makeClient, begin, end, callback);
  } finally {
    release();
  }
}

async function inTransaction<C>(
  inner: Scope,
  makeClient: MakeClient<C>,
  begin: string,
  end: string,
  callback: Callback<C>,
): Promise<unknown> {
  const { session } = inner;
  const { adapter: name } = inner.adapter.dialect;
  await command(session, begin);
  let result: unknown;
  try {
    result = await settledBy(callback, makeClient(inner));
  } catch (error) {
    inner.ended = endedError(name);
    await command(session, "ROLLBACK").catch(() => {});
    throw error;
  }
  if (inner.ended !== null) {
    // The callback has closed it.
    await command(session, "ROLLBACK");
    throw inner.ended();
  }
  inner.ended = endedError(name);
  const committed = await command(session, end);
  if (committed.command === "ROLLBACK") {
    throw clientError(
      name,
      "COMMIT_ROLLED_BACK",
      "COMMIT was rolled back by the server because the transaction was already aborted",
    );
  }
  return result;
}

/** @param label is a part of the savepoint's name */
export async function runSavepoint<C>(
  scope: Scope,
  makeClient: MakeClient<C>,
  ...[label, fn]: [string | Callback<C>, Callback<C>?]
): Promise<unknown> {
  const { session, adapter, counter } = scope;
  const { adapter: adapterName } = adapter.dialect;
  const callback = callbackOf(label, fn, "name");
  if (scope.ended !== null) throw scope.ended();
  const suffix = typeof label === "string" && label !== "" ? `_${label}` : "";
  const name = `"${`s${counter.savepoints++}${suffix}`.replaceAll('"', '""')}"`;
  const inner: Scope = { ...scope, kind: "savepoint", ended: null };
  await command(session, `SAVEPOINT ${name}`);
  try {
    const result = await settledBy(callback, makeClient(inner));
    inner.ended = endedError(adapterName);
    await command(session, `RELEASE SAVEPOINT ${name}`);
    return result;
  } catch (error) {
    inner.ended = endedError(adapterName);
    await command(session, `ROLLBACK TO SAVEPOINT ${name}`).catch(() => {});
    throw error;
  }
}

/** @throws Error for SQLite */
export function distributedCommand(name: AdapterName, end: "COMMIT" | "ROLLBACK", id: unknown): string {
  if (name === "sqlite") throw new Error("SQLite doesn't support distributed transactions.");
  return `${end} PREPARED ${quoted(nameOf(id))}`;
}

/** @throws TypeError for what is no string */
export function nameOf(value: unknown): string {
  if (typeof value !== "string") throw invalidValue("argument 'name'", "a string", value);
  return value;
}

async function settledBy<C>(callback: Callback<C>, client: C): Promise<unknown> {
  const result = await callback(client);
  // The rows of one query keep what the server says about them.
  return Array.isArray(result) && !(result instanceof SQLResultArray) ? Promise.all(result) : result;
}

const OBJECTS = { format: "objects", simple: true } as const;

function command(session: Session, text: string): Promise<Rows> {
  return session.run({ text, values: [] }, OBJECTS).result;
}

function stateError(name: AdapterName, message: string): Error {
  return clientError(name, "INVALID_TRANSACTION_STATE", message);
}

function endedError(name: AdapterName): () => Error {
  return () => stateError(name, "cannot run a query after its transaction or savepoint ended");
}

/** In the form whose backslashes no setting of the server changes. */
function quoted(text: string): string {
  return `E'${text.replaceAll(/['\\]/g, "$&$&")}'`;
}

function callbackOf<C>(first: unknown, second: unknown, name = "options"): Callback<C> {
  if (typeof first === "function") return first as Callback<C>;
  if (typeof first !== "string") throw invalidValue(`argument '${name}'`, "a string", first);
  if (typeof second !== "function") throw invalidValue("argument 'fn'", "a function", second);
  return second as Callback<C>;
}
