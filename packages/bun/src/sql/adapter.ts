import type { QueryModes, StartedQuery } from "./query.ts";
import type { Dialect, Statement } from "./template.ts";

/** One connection, or a pool of them. */
export interface Session {
  /** Rejects by `result`; never throws. */
  run(statement: Statement, modes: Readonly<QueryModes>): StartedQuery;
}

/** One connection, for one caller. */
export interface ReservedSession extends Session {
  /** Gives it back, or closes it, as is done with a connection inside a transaction. */
  release(close?: boolean): void;
}

export interface Subscription {
  unlisten(): Promise<void>;
}

/** A database that `SQL` can talk to. */
export interface Adapter extends Session {
  readonly dialect: Dialect;
  reserve(): Promise<ReservedSession>;
  /** Opens a connection, if there is none. */
  connect(): Promise<void>;
  /** @param seconds to wait for queries that run; undefined for as long as they take */
  close(seconds: number | undefined): Promise<void>;
  listen(channel: string, onMessage: (payload: string) => void, onListen?: () => void): Promise<Subscription>;
}
