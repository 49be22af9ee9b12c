/** `Bun.SQL` and `Bun.sql`. */
import { readFile } from "node:fs/promises";
import { invalidType, invalidValue } from "../base/invalid-argument.ts";
import type { Adapter, ReservedSession, Session, Subscription } from "./adapter.ts";
import type { Callback, SQL as Documented, ListenSubscription, SQLConstructor } from "./api.ts";
import {
  cancelledError,
  clientError,
  MySQLError,
  PostgresError,
  SQLError,
  SQLiteError,
  withoutReport,
} from "./errors.ts";
import { keepAlive } from "./keep-alive.ts";
import { resolveOptions } from "./options.ts";
import { PostgresAdapter } from "./postgres/pool.ts";
import { SQLQuery, type StartedQuery } from "./query.ts";
import { closeScope, releaseScope, type Scope } from "./scope.ts";
import type { SQLOptions } from "./settings.ts";
import { SQLiteAdapter } from "./sqlite-adapter.ts";
import { ArrayParameter, compile, Helper, JSONParameter, NameHelper, type Source } from "./template.ts";
import { beginTransaction, distributedCommand, nameOf, runSavepoint } from "./transactions.ts";
import * as transforms from "./transform.ts";

class Client {
  /**
   * A client. It connects when its first query starts.
   * @throws Error for a protocol of no adapter, and for MySQL and MariaDB
   */
  constructor(url?: string | URL | SQLOptions, options?: SQLOptions) {
    const settings = resolveOptions(url, options);
    const adapter =
      settings.adapter === "sqlite" ? new SQLiteAdapter(settings) : new PostgresAdapter(settings);
    const scope: Scope = {
      adapter,
      settings,
      session: adapter,
      kind: "pool",
      ended: null,
      counter: { savepoints: 0 },
      turn: Promise.resolve(),
    };
    // biome-ignore lint/correctness/noConstructorReturn: a client is a function, with which a template can be tagged
    return makeClient(scope);
  }
}

Object.defineProperty(Client, "name", { value: "SQL" });
Object.setPrototypeOf(Client.prototype, Function.prototype);

export type SQL = Documented;
export const SQL: SQLConstructor = Object.assign(Client, {
  SQLError,
  PostgresError,
  SQLiteError,
  MySQLError,
  ...transforms,
}) as unknown as SQLConstructor;

function makeClient(scope: Scope): SQL {
  const { adapter, settings } = scope;
  const { adapter: name } = adapter.dialect;

  const query = (source: Source): SQLQuery =>
    new SQLQuery(
      source,
      (given, modes) => start(scope, given, modes),
      () => cancelledError(name),
    );

  const sql = ((first: unknown, ...rest: unknown[]): SQLQuery | Helper => {
    if (Array.isArray(first) && "raw" in first)
      return query({ kind: "template", strings: first as string[], values: rest });
    const columns = rest as string[];
    if (typeof first === "object") return new Helper(first, columns);
    return new NameHelper(first, columns, () =>
      clientError(name, "NOT_TAGGED_CALL", "Query not called as a tagged template literal"),
    );
  }) as unknown as SQL;

  const begin = (...args: [string | Callback, Callback?]): Promise<unknown> =>
    beginTransaction(scope, makeClient, null, ...args);
  const beginDistributed = async (id: string, fn: Callback): Promise<unknown> =>
    beginTransaction(scope, makeClient, nameOf(id), "", fn);
  const close = (options?: { timeout?: number }): Promise<void> => closeScope(scope, options?.timeout);
  // A list is copied in the call: the program may change it before the query starts.
  const copied = (values: unknown = []): readonly unknown[] | object =>
    Array.isArray(values) ? [...(values as unknown[])] : (values as object);
  const unsafe = ((text, values) => query({ kind: "text", text, values: copied(values) })) as SQL["unsafe"];
  const members: Partial<SQL> = {
    options: settings.shown,
    array: (values, type) => {
      if (name === "sqlite") throw new Error("SQLite doesn't support arrays");
      return new ArrayParameter(values, type);
    },
    json: (value) => new JSONParameter(value),
    unsafe,
    file: ((path, values) => query({ kind: "file", path, values: copied(values) })) as SQL["file"],
    begin: begin as SQL["begin"],
    transaction: begin as SQL["begin"],
    beginDistributed: beginDistributed as SQL["beginDistributed"],
    distributed: beginDistributed as SQL["beginDistributed"],
    commitDistributed: async (id) => unsafe(distributedCommand(name, "COMMIT", id)),
    rollbackDistributed: async (id) => unsafe(distributedCommand(name, "ROLLBACK", id)),
    connect: () => adapter.connect().then(() => sql),
    close,
    end: close,
    flush: () => {},
    listen: async (channel, onMessage, onListen) => {
      if (name === "postgres") checkListen(channel, onMessage, onListen);
      return disposable(await adapter.listen(channel, onMessage, onListen));
    },
    notify: (channel, payload = "") =>
      name === "sqlite"
        ? (adapter.listen(channel, () => {}) as never)
        : query({ kind: "template", strings: ["SELECT pg_notify(", ", ", ")"], values: [channel, payload] }),
    reserve: (options) => reserve(scope, options?.signal),
    [Symbol.asyncDispose]: () => close(),
  };
  if (scope.kind === "transaction" || scope.kind === "savepoint") {
    members.savepoint = ((...args: [string | Callback, Callback?]) =>
      runSavepoint(scope, makeClient, ...args)) as SQL["savepoint"];
  }
  if (scope.kind === "reserved") {
    members.release = async () => releaseScope(scope);
    members[Symbol.dispose] = () => releaseScope(scope);
    members[Symbol.asyncDispose] = async () => releaseScope(scope);
  }
  Object.defineProperty(sql, "name", {
    value: name === "sqlite" ? "sqlite" : "sql",
    configurable: true,
  });
  Object.assign(sql, members);
  return Object.setPrototypeOf(sql, Client.prototype) as SQL;
}

/** Starts a query, at once unless its text is in a file. */
function start(scope: Scope, source: Source, modes: Parameters<Session["run"]>[1]): StartedQuery {
  const { adapter, settings } = scope;
  const run = (given: Exclude<Source, { kind: "file" }>): StartedQuery => {
    if (scope.ended !== null) throw withoutReport(scope.ended());
    if (given.kind === "text") checkText(given, adapter.dialect.adapter);
    const statement = compile(given, adapter.dialect, settings.transform);
    // A text without parameters can have several statements, as a template can with `simple()`.
    const isSimple = modes.simple || (given.kind === "text" && isEmpty(given.values));
    return scope.session.run(statement, { format: modes.format, simple: isSimple });
  };
  try {
    if (source.kind !== "file") return run(source);
  } catch (error) {
    return { result: Promise.reject(error), cancel: () => {} };
  }
  let started: StartedQuery | null = null;
  let isCancelled = false;
  const result = readFile(source.path, "utf8").then((text) => {
    if (isCancelled) throw cancelledError(adapter.dialect.adapter);
    started = run({ kind: "text", text, values: source.values });
    return started.result;
  });
  const cancel = (): void => {
    isCancelled = true;
    started?.cancel();
  };
  return { result, cancel };
}

/** @throws SyntaxError for what is no text; Error for values by names, of which PostgreSQL knows nothing */
function checkText(
  { text, values }: Extract<Source, { kind: "text" }>,
  adapter: Adapter["dialect"]["adapter"],
): void {
  if (typeof text !== "string") throw new SyntaxError("The text of sql.unsafe must be a string");
  const isGiven = values !== undefined && values !== null;
  if (adapter === "postgres" && isGiven && !Array.isArray(values)) throw new Error("values must be an array");
}

function isEmpty(values: readonly unknown[] | object): boolean {
  return Array.isArray(values) && values.length === 0;
}

async function reserve(scope: Scope, signal: AbortSignal | undefined): Promise<SQL> {
  signal?.throwIfAborted();
  const { adapter } = scope;
  if (adapter.dialect.adapter === "sqlite")
    throw new Error("This adapter doesn't support connection reservation");
  const reserving = adapter.reserve();
  const session = await (signal === undefined ? reserving : orAborted(reserving, signal));
  return makeClient({ ...scope, session, kind: "reserved", ended: null, turn: Promise.resolve() });
}

/** A connection that comes too late is given back. */
function orAborted(reserving: Promise<ReservedSession>, signal: AbortSignal): Promise<ReservedSession> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
      release();
      reserving.then(
        (session) => session.release(),
        () => {},
      );
    };
    // The timer of AbortSignal.timeout() does not keep Node.js alive.
    const release = keepAlive();
    signal.addEventListener("abort", abort, { once: true });
    const settled = (): void => {
      release();
      signal.removeEventListener("abort", abort);
    };
    reserving.then(resolve, reject).then(settled);
  });
}

function disposable(subscription: Subscription): ListenSubscription {
  const unlisten = async (): Promise<void> => void (await subscription.unlisten());
  return { unlisten, [Symbol.asyncDispose]: unlisten };
}

/** @throws TypeError for a channel that PostgreSQL would cut, and for what is no function */
function checkListen(channel: unknown, onMessage: unknown, onListen: unknown): void {
  if (typeof channel !== "string" || channel === "")
    throw invalidValue("argument 'channel'", "a non-empty string", channel);
  if (Buffer.byteLength(channel) > 63) throw invalidValue("argument 'channel'", "at most 63 bytes", channel);
  if (typeof onMessage !== "function") throw invalidType("onnotify", "function", onMessage);
  if (onListen !== undefined && typeof onListen !== "function")
    throw invalidType("onlisten", "function", onListen);
}
