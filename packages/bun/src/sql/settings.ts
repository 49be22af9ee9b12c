/** The options that programs give to `SQL`, and the settings that come of them. */
import type { FetchTLSOptions } from "../fetch/options.ts";
import type { Transform } from "./template.ts";

export type AdapterName = "postgres" | "sqlite" | "mysql" | "mariadb";

/** `column` as a function is its `from`. */
export interface TransformOption {
  column?: ((name: string) => string) | { from?: (name: string) => string; to?: (name: string) => string };
  undefined?: unknown;
}

/** A password, or a function that gives one for each connection. */
export type Password = string | (() => string | Promise<string>);

type ConnectionParameters = Readonly<Record<string, string | number | boolean>>;

/** The options that programs give; seconds for times. */
export interface SQLOptions {
  url?: string | URL;
  adapter?: AdapterName;
  hostname?: string;
  host?: string;
  port?: number | string;
  username?: string;
  user?: string;
  password?: Password;
  pass?: Password;
  database?: string;
  db?: string;
  path?: string;
  socket?: string;
  filename?: string | URL;
  tls?: unknown;
  ssl?: unknown;
  max?: number;
  idleTimeout?: number;
  maxLifetime?: number;
  connectionTimeout?: number;
  prepare?: boolean;
  bigint?: boolean;
  connection?: Record<string, string | number | boolean>;
  transform?: TransformOption;
  onconnect?: (error: Error | null) => void;
  onclose?: (error: Error) => void;
  readonly?: boolean;
  create?: boolean;
  readwrite?: boolean;
  strict?: boolean;
  safeIntegers?: boolean;
  [name: string]: unknown;
}

/** What the clients of all adapters have. */
export interface SharedSettings {
  readonly transform: Transform;
  readonly onconnect: ((error: Error | null) => void) | undefined;
  readonly onclose: ((error: Error) => void) | undefined;
}

export interface SQLiteSettings extends SharedSettings {
  readonly adapter: "sqlite";
  readonly filename: string;
  /** How the file is opened. */
  readonly open: Pick<SQLOptions, "readonly" | "create" | "readwrite" | "strict" | "safeIntegers">;
  /** `sql.options`. */
  readonly shown: Readonly<Record<string, unknown>>;
}

export type SSLMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

export interface PostgresSettings extends SharedSettings {
  readonly adapter: "postgres";
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: Password;
  readonly database: string;
  /** A Unix socket, in place of the host. */
  readonly path: string | undefined;
  readonly tls: FetchTLSOptions | undefined;
  readonly sslMode: SSLMode;
  readonly max: number;
  /** Seconds; 0 for no limit, as in the two that follow. */
  readonly idleTimeout: number;
  readonly maxLifetime: number;
  readonly connectionTimeout: number;
  readonly prepare: boolean;
  readonly bigint: boolean;
  readonly connection: ConnectionParameters;
  /** `sql.options`. */
  readonly shown: Readonly<Record<string, unknown>>;
}

export type Settings = SQLiteSettings | PostgresSettings;

export function sharedSettings({ transform, onconnect, onclose }: SQLOptions): SharedSettings {
  const column = transform?.column;
  return {
    transform: {
      from: typeof column === "function" ? column : column?.from,
      to: typeof column === "function" ? undefined : column?.to,
      undefined: transform?.undefined,
      hasUndefined: transform !== undefined && "undefined" in transform && transform.undefined !== undefined,
    },
    onconnect,
    onclose,
  };
}
