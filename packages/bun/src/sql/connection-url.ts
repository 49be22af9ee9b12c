/** The connection URL of a client of `SQL`: from its arguments, or from the environment. */
import type { AdapterName, SQLOptions } from "./settings.ts";

const ADAPTERS: Readonly<Record<string, AdapterName>> = {
  postgres: "postgres",
  postgresql: "postgres",
  mysql: "mysql",
  mysql2: "mysql",
  mariadb: "mariadb",
  sqlite: "sqlite",
  file: "sqlite",
};

/** The variables with a connection URL, in their order. */
const URL_VARIABLES: readonly (readonly [name: string, adapter: AdapterName | null])[] = [
  ["DATABASE_URL", null],
  ["TLS_DATABASE_URL", null],
  ["POSTGRES_URL", "postgres"],
  ["PGURL", "postgres"],
  ["PG_URL", "postgres"],
  ["TLS_POSTGRES_DATABASE_URL", "postgres"],
  ["MYSQL_URL", "mysql"],
  ["TLS_MYSQL_DATABASE_URL", "mysql"],
  ["MARIADB_URL", "mariadb"],
  ["TLS_MARIADB_DATABASE_URL", "mariadb"],
  ["SQLITE_URL", "sqlite"],
];

export interface FoundURL {
  readonly text: string;
  readonly adapter: AdapterName;
  /** It is of a variable whose name asks for TLS. */
  readonly wantsTLS: boolean;
}

/** The first variable of the environment that applies. */
export function urlFromEnvironment(options: SQLOptions): FoundURL | null {
  const { adapter, filename } = options;
  if (filename !== undefined) return null;
  const namesServer = [options.hostname, options.host, options.path, options.socket].some(Boolean);
  for (const [name, ofName] of URL_VARIABLES) {
    const text = process.env[name];
    if (!text || (adapter !== undefined && ofName !== null && ofName !== adapter)) continue;
    const found = urlOf(text, ofName ?? null);
    if (adapter !== undefined && found.adapter !== adapter) continue;
    if (namesServer && found.adapter === "sqlite") continue;
    return { ...found, wantsTLS: name.startsWith("TLS_") };
  }
  return null;
}

/** @throws Error for a protocol of no adapter */
export function urlOf(text: string, expected: AdapterName | null): FoundURL {
  if (text === ":memory:") return { text, adapter: "sqlite", wantsTLS: false };
  const protocol = /^([a-z][a-z0-9+.-]*):(?:\/\/|(?!\d))/i.exec(text)?.[1]?.toLowerCase();
  if (protocol === undefined) return { text, adapter: expected ?? "postgres", wantsTLS: false };
  const adapter = ADAPTERS[protocol] ?? expected;
  if (adapter === null || adapter === undefined) {
    throw new Error(
      `Unsupported protocol: ${protocol}. Supported adapters: "postgres", "sqlite", "mysql", "mariadb"`,
    );
  }
  return { text, adapter, wantsTLS: false };
}
