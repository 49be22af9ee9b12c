/** The errors of `SQL`. */
import type { Dialect } from "./template.ts";

/** The base of all of them. */
export class SQLError extends Error {
  declare code: string;

  constructor(message: string, code: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An error of PostgreSQL's server, or of its client. A server's error has its SQLSTATE in `errno`. */
export class PostgresError extends SQLError {
  declare errno?: string;
  declare detail?: string;
  declare hint?: string;
  declare severity?: string;
  declare position?: string;
  declare internalPosition?: string;
  declare internalQuery?: string;
  declare where?: string;
  declare schema?: string;
  declare table?: string;
  declare column?: string;
  declare dataType?: string;
  declare constraint?: string;
  declare file?: string;
  declare line?: string;
  declare routine?: string;
}

export class MySQLError extends SQLError {
  declare errno?: number;
  declare sqlState?: string;
}

/** An error of SQLite by `SQL`. As in Bun it is another class than the `SQLiteError` of `bun:sqlite`. */
export class SQLiteError extends SQLError {
  declare errno?: number;
  declare byteOffset?: number;
}

/** SQLSTATEs of syntax errors alone; Bun has a code of its own for this one. */
const SYNTAX_ERROR = "42601";

/** The names of a server's fields in `postgres`, and in Bun. */
const FIELDS = {
  detail: "detail",
  hint: "hint",
  severity: "severity",
  position: "position",
  internal_position: "internalPosition",
  internal_query: "internalQuery",
  where: "where",
  schema_name: "schema",
  table_name: "table",
  column_name: "column",
  type_name: "dataType",
  constraint_name: "constraint",
  file: "file",
  line: "line",
  routine: "routine",
} as const;

const CLOSED = ["ERR_POSTGRES_CONNECTION_CLOSED", "Connection closed"] as const;

/** The errors that the client `postgres` makes, by its codes. */
const CLIENT_ERRORS: Readonly<Record<string, readonly [code: string, message?: string]>> = {
  CONNECTION_CLOSED: CLOSED,
  CONNECTION_ENDED: CLOSED,
  CONNECTION_DESTROYED: CLOSED,
  CONNECT_TIMEOUT: ["ERR_POSTGRES_CONNECTION_TIMEOUT", "Connection timeout"],
  ECONNREFUSED: ["ERR_POSTGRES_CONNECTION_REFUSED", "Failed to connect"],
  ENOTFOUND: ["ERR_POSTGRES_CONNECTION_REFUSED", "Failed to connect"],
  EAI_AGAIN: ["ERR_POSTGRES_CONNECTION_REFUSED", "Failed to connect"],
  ENOENT: ["ERR_POSTGRES_CONNECTION_REFUSED", "Failed to connect"],
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  // That of a query that waits for a connection; one that runs gets the server's error.
  "57014": ["ERR_POSTGRES_QUERY_CANCELLED", "Query cancelled"],
  UNSAFE_TRANSACTION: ["ERR_POSTGRES_UNSAFE_TRANSACTION", "Only use sql.begin, sql.reserved or max: 1"],
  MAX_PARAMETERS_EXCEEDED: ["ERR_POSTGRES_TOO_MANY_PARAMETERS"],
  SASL_SIGNATURE_MISMATCH: ["ERR_POSTGRES_SASL_SIGNATURE_MISMATCH"],
  AUTH_TYPE_NOT_IMPLEMENTED: ["ERR_POSTGRES_UNSUPPORTED_AUTHENTICATION_METHOD"],
  COPY_IN_PROGRESS: ["ERR_POSTGRES_COPY_NOT_SUPPORTED"],
};

/** An error of the client `postgres` as Bun has it. Others, such as those of certificates, stay as they are. */
export function postgresError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SQLError) return error;
  const given = error as Error & Record<string, unknown>;
  const { code } = given;
  if (typeof code !== "string") return error;
  if (error.name !== "PostgresError") {
    const known = CLIENT_ERRORS[code];
    return known === undefined ? error : new PostgresError(known[1] ?? error.message, known[0]);
  }
  const made = new PostgresError(
    error.message,
    code === SYNTAX_ERROR ? "ERR_POSTGRES_SYNTAX_ERROR" : "ERR_POSTGRES_SERVER_ERROR",
  );
  made.errno = code;
  for (const [name, shown] of Object.entries(FIELDS)) {
    const value = given[name];
    if (value !== undefined && value !== null) made[shown] = String(value);
  }
  return made;
}

type Adapter = Dialect["adapter"];

/** The client's error of the adapter in use: `ERR_POSTGRES_…`, `ERR_SQLITE_…`. */
export function clientError(adapter: Adapter, code: string, message: string): SQLError {
  return adapter === "postgres"
    ? new PostgresError(message, `ERR_POSTGRES_${code}`)
    : Object.assign(new SQLiteError(message, `ERR_SQLITE_${code}`), { errno: 0 });
}

export function closedError(adapter: Adapter = "postgres"): SQLError {
  return clientError(adapter, "CONNECTION_CLOSED", "Connection closed");
}

export function cancelledError(adapter: Adapter = "postgres"): SQLError {
  return clientError(adapter, "QUERY_CANCELLED", "Query cancelled");
}

const unreported = new WeakSet<object>();

/** Marks the failure of a query that is not reported if nothing awaits the query: https://bun.com/docs/runtime/sql#unhandled-rejections */
export function withoutReport<T>(error: T): T {
  if (typeof error === "object" && error !== null) unreported.add(error);
  return error;
}

export function hasReport(error: unknown): boolean {
  return !(typeof error === "object" && error !== null && unreported.has(error));
}
