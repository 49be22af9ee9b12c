/** The options that programs give to `SQL`, and the settings that come of them. */
import { inspect } from "node:util";
import type { Transform } from "./statement.ts";

export type AdapterName = "postgres" | "sqlite" | "mysql" | "mariadb";

/** `column` as a function is its `from`. */
export interface TransformOption {
  column?: ((name: string) => string) | { from?: (name: string) => string; to?: (name: string) => string };
  undefined?: unknown;
}

/** The options that programs give; seconds for times. */
export interface SQLOptions {
  url?: string | URL;
  adapter?: AdapterName;
  hostname?: string;
  host?: string;
  port?: number | string;
  username?: string;
  user?: string;
  password?: string | (() => string | Promise<string>);
  pass?: string | (() => string | Promise<string>);
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
  onclose?: (error: Error | undefined) => void;
  readonly?: boolean;
  create?: boolean;
  readwrite?: boolean;
  strict?: boolean;
  safeIntegers?: boolean;
  [name: string]: unknown;
}

/** The settings of a client: `sql.options`. */
export interface Settings {
  readonly adapter: "postgres" | "sqlite";
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string | (() => string | Promise<string>);
  readonly database: string;
  readonly path: string | undefined;
  readonly filename: string;
  readonly tls: unknown;
  readonly sslMode: SSLMode;
  readonly max: number;
  /** Seconds; 0 for no limit. */
  readonly idleTimeout: number;
  readonly maxLifetime: number;
  readonly connectionTimeout: number;
  readonly prepare: boolean;
  readonly bigint: boolean;
  readonly connection: Readonly<Record<string, string | number | boolean>>;
  readonly transform: Transform;
  readonly onconnect: ((error: Error | null) => void) | undefined;
  readonly onclose: ((error: Error | undefined) => void) | undefined;
  /** `sql.options`. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly sqlite: Pick<SQLOptions, "readonly" | "create" | "readwrite" | "strict" | "safeIntegers">;
}

export type SSLMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

/** What all adapters have. */
export function sharedSettings(
  options: SQLOptions,
): Pick<Settings, "transform" | "onconnect" | "onclose" | "sqlite"> {
  const { transform, onconnect, onclose } = options;
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
    sqlite: {},
  };
}

/** @param what such as "argument 'port'" */
export function invalidValue(what: string, due: string, value: unknown): TypeError {
  const message = `The ${what} must be ${due}. Received ${inspect(value)}`;
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_VALUE" });
}
