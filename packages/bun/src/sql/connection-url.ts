/** The connection URL of a client of `SQL`: from its arguments, or from the environment. */
import { isModeOfTLS } from "./postgres/ssl-mode.ts";
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

/**
 * The first variable of the environment that applies. One of another adapter names no server for this one, but its mode of TLS holds: the program is
 * not to speak plain text by mistake.
 */
export function urlFromEnvironment(options: SQLOptions): FoundURL | null {
  const { adapter, filename } = options;
  if (filename !== undefined) return null;
  const namesServer = [options.hostname, options.host, options.path, options.socket].some(Boolean);
  let modeAlone: FoundURL | null = null;
  for (const { text, ofName, wantsTLS } of variablesFor(adapter)) {
    const found = { ...urlOf(text, ofName), wantsTLS };
    if (adapter !== undefined && found.adapter !== adapter) modeAlone ??= withModeAlone(found, adapter);
    else if (!namesServer || found.adapter !== "sqlite") return found;
  }
  return modeAlone;
}

/** The URL that the options give. Of the first variable beside it, as in Bun, the name counts: for the adapter, and for TLS. */
export function urlOfOptions(url: string | URL, { adapter }: SQLOptions): FoundURL {
  const [beside] = variablesFor(adapter).filter(
    ({ text, ofName, wantsTLS }) => wantsTLS || !namesSQLite(text, ofName),
  );
  const found = urlOf(String(url), adapter ?? beside?.ofName ?? null);
  return { ...found, wantsTLS: beside?.wantsTLS === true };
}

interface URLVariable {
  readonly text: string;
  readonly ofName: AdapterName | null;
  readonly wantsTLS: boolean;
}

/** The variables that are set, without those whose names are of another adapter. */
function variablesFor(adapter: AdapterName | undefined): readonly URLVariable[] {
  return URL_VARIABLES.map(([name, ofName]) => ({
    text: process.env[name] ?? "",
    ofName,
    wantsTLS: name.startsWith("TLS_"),
  })).filter(
    ({ text, ofName }) => text !== "" && (adapter === undefined || ofName === null || ofName === adapter),
  );
}

function namesSQLite(text: string, ofName: AdapterName | null): boolean {
  return ofName === "sqlite" || text === ":memory:" || ADAPTERS[protocolOf(text) ?? ""] === "sqlite";
}

function withModeAlone({ text, adapter: other, wantsTLS }: FoundURL, adapter: AdapterName): FoundURL | null {
  if (adapter !== "postgres" || other === "sqlite") return null;
  const query = new URLSearchParams(text.split("?")[1]);
  const mode = query.get("sslmode") || query.get("ssl") || query.get("tls") || "";
  const isKnown = isModeOfTLS(mode);
  return isKnown || wantsTLS ? { text: isKnown ? `?sslmode=${mode}` : "", adapter, wantsTLS } : null;
}

/** @throws Error for a protocol of no adapter */
export function urlOf(text: string, expected: AdapterName | null): FoundURL {
  if (text === ":memory:") return { text, adapter: "sqlite", wantsTLS: false };
  const protocol = protocolOf(text);
  if (protocol === undefined) return { text, adapter: expected ?? "postgres", wantsTLS: false };
  const adapter = ADAPTERS[protocol] ?? expected;
  if (adapter === null || adapter === undefined) {
    throw new Error(
      `Unsupported protocol: ${protocol}. Supported adapters: "postgres", "sqlite", "mysql", "mariadb"`,
    );
  }
  return { text, adapter, wantsTLS: false };
}

function protocolOf(text: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):(?:\/\/|(?!\d))/i.exec(text)?.[1]?.toLowerCase();
}
