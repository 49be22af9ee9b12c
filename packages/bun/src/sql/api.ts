/** The types of what programs hold: https://bun.com/docs/runtime/sql */
import type { MySQLError, PostgresError, SQLError, SQLiteError } from "./errors.ts";
import type { SQLQuery } from "./query.ts";
import type { Rows } from "./rows.ts";
import type { SQLOptions } from "./settings.ts";
import type { ArrayParameter, Helper, JSONParameter } from "./template.ts";
import type * as transforms from "./transform.ts";

/** A subscription of `sql.listen`. */
export interface ListenSubscription extends AsyncDisposable {
  unlisten(): Promise<void>;
}

export type Callback<T = unknown> = (client: SQL) => T;

/** A callback can return queries, whose results it gives. */
type CallbackResult<T> = T extends readonly unknown[] ? { [K in keyof T]: Awaited<T[K]> } : Awaited<T>;

export interface SQL {
  <T = Rows>(strings: TemplateStringsArray, ...values: unknown[]): SQLQuery<T>;
  (value: string | object, ...columns: string[]): Helper;
  readonly options: Readonly<Record<string, unknown>>;
  array(values: ArrayLike<unknown>, type?: string): ArrayParameter;
  json(value: unknown): JSONParameter;
  unsafe<T = Rows>(text: string, values?: readonly unknown[] | object): SQLQuery<T>;
  file<T = Rows>(path: string, values?: readonly unknown[] | object): SQLQuery<T>;
  begin<T>(fn: Callback<T>): Promise<CallbackResult<T>>;
  begin<T>(options: string, fn: Callback<T>): Promise<CallbackResult<T>>;
  transaction: SQL["begin"];
  savepoint<T>(fn: Callback<T>): Promise<CallbackResult<T>>;
  savepoint<T>(name: string, fn: Callback<T>): Promise<CallbackResult<T>>;
  beginDistributed<T>(name: string, fn: Callback<T>): Promise<CallbackResult<T>>;
  distributed: SQL["beginDistributed"];
  commitDistributed(name: string): Promise<Rows>;
  rollbackDistributed(name: string): Promise<Rows>;
  reserve(options?: { signal?: AbortSignal }): Promise<SQL>;
  release(): Promise<void>;
  connect(): Promise<SQL>;
  close(options?: { timeout?: number }): Promise<void>;
  end: SQL["close"];
  flush(): void;
  listen(
    channel: string,
    onMessage: (payload: string) => void,
    onListen?: () => void,
  ): Promise<ListenSubscription>;
  notify(channel: string, payload?: string): SQLQuery;
  [Symbol.asyncDispose](): Promise<void>;
  [Symbol.dispose](): void;
}

/** The class `SQL`, whose instances are functions. */
export interface SQLConstructor {
  new (url?: string | URL | SQLOptions, options?: SQLOptions): SQL;
  readonly prototype: SQL;
  readonly SQLError: typeof SQLError;
  readonly PostgresError: typeof PostgresError;
  readonly SQLiteError: typeof SQLiteError;
  readonly MySQLError: typeof MySQLError;
  readonly camel: typeof transforms.camel;
  readonly pascal: typeof transforms.pascal;
  readonly kebab: typeof transforms.kebab;
  readonly toCamel: typeof transforms.toCamel;
  readonly toPascal: typeof transforms.toPascal;
  readonly toKebab: typeof transforms.toKebab;
  readonly fromCamel: typeof transforms.fromCamel;
  readonly fromPascal: typeof transforms.fromPascal;
  readonly fromKebab: typeof transforms.fromKebab;
}
