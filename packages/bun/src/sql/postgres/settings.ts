/** The settings of a client of PostgreSQL: https://bun.com/docs/runtime/sql#database-environment-variables */
import { statSync } from "node:fs";
import { invalidValue, isUnder2To31, UNDER_2_31 } from "../../base/invalid-argument.ts";
import { notThere } from "../../base/missing.ts";
import type { FoundURL } from "../connection-url.ts";
import { redactedInPrints } from "../redacted.ts";
import { type PostgresSettings, type SQLOptions, sharedSettings } from "../settings.ts";
import { SSL_MODES, sslModeOf, tlsOf } from "./ssl-mode.ts";

/** Parameters of a URL that configure a client, and no session of the server. */
const CLIENT_PARAMETERS: ReadonlySet<string> = new Set([
  ...["sslmode", "ssl", "tls", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslnegotiation"],
  ...["path", "socket", "host", "port", "user", "password", "dbname"],
  ...["connect_timeout", "idle_timeout", "max_lifetime", "max", "prepare", "channel_binding"],
  ...["keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"],
  ...["target_session_attrs", "gssencmode"],
]);

/** What a program has given: its options, and a URL with parameters. */
interface Given {
  readonly options: SQLOptions;
  readonly url: URL | null;
  /** A parameter of the URL; undefined for one that is empty. */
  parameter(name: string): string | undefined;
}

/** @throws TypeError for a number out of range, and for an unknown mode of TLS; URIError for a URL whose escapes are wrong */
export function postgresSettings(options: SQLOptions, found: FoundURL | null): PostgresSettings {
  const url = found === null ? null : parsePostgresURL(found.text);
  const query = url?.searchParams ?? new URLSearchParams();
  const given: Given = { options, url, parameter: (name) => query.get(name) || undefined };
  const { parameter } = given;
  const address = addressOf(given);
  const login = loginOf(given);
  const limits = limitsOf(given);
  const channelBinding = channelBindingOf(given);
  const prepare = options.prepare ?? parameter("prepare") !== "false";
  const asked = parameter("sslmode") ?? parameter("ssl") ?? parameter("tls");
  const tls = tlsOf(options, parameter);
  const sslMode = sslModeOf(options, tls, asked, found?.wantsTLS === true);
  const connection = connectionParameters(options, query);
  const { path, hostname } = address;
  const { max, ...times } = limits;
  return {
    adapter: "postgres",
    ...address,
    ...login,
    tls,
    sslMode,
    max,
    idleTimeout: times.idleTimeout ?? 0,
    maxLifetime: times.maxLifetime ?? 0,
    connectionTimeout: times.connectionTimeout ?? 30,
    prepare,
    connection,
    bigint: options.bigint === true,
    ...sharedSettings(options),
    shown: redactedInPrints({
      adapter: "postgres",
      hostname,
      port: address.port,
      ...login,
      tls: sslMode === "disable" ? undefined : { ...tls, serverName: hostname },
      prepare,
      allowPublicKeyRetrieval: false,
      foundRows: false,
      channelBinding,
      bigint: options.bigint,
      sslMode: SSL_MODES.indexOf(sslMode),
      query: Object.entries(connection)
        .map(([name, value]) => `${name}\0${value}\0`)
        .join(""),
      max,
      ...inMilliseconds(times),
      ...(path !== undefined && { path }),
    }),
  };
}

function addressOf({ options, url, parameter }: Given): Pick<PostgresSettings, "hostname" | "port" | "path"> {
  const { env } = process;
  const hostname =
    options.hostname ??
    options.host ??
    (decoded(url?.hostname) || parameter("host") || env["PGHOST"] || "localhost");
  const port = Number(options.port ?? (url?.port || parameter("port") || env["PGPORT"] || 5432));
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw invalidValue("argument 'port'", "a non-negative integer between 1 and 65535", port);
  }
  const path = options.path ?? options.socket ?? parameter("path") ?? parameter("socket");
  const directory = path ?? (hostname.startsWith("/") ? hostname : undefined);
  return {
    hostname: hostname.startsWith("/") ? "localhost" : hostname,
    port,
    path: directory === undefined ? undefined : socketPath(directory, port),
  };
}

function loginOf({
  options,
  url,
  parameter,
}: Given): Pick<PostgresSettings, "username" | "password" | "database"> {
  const { env } = process;
  const username =
    options.username ??
    options.user ??
    (decoded(url?.username) ||
      parameter("user") ||
      firstSet("PGUSERNAME", "PGUSER", "USER", "USERNAME") ||
      "postgres");
  const password =
    options.password ??
    options.pass ??
    (decoded(url?.password) || parameter("password") || env["PGPASSWORD"] || "");
  const database =
    options.database ??
    options.db ??
    (env["PGDATABASE"] || decoded(url?.pathname.slice(1)) || parameter("dbname") || username);
  return { username, password, database };
}

/** The times in seconds, as far as they are given. */
interface Times {
  readonly idleTimeout: number | undefined;
  readonly connectionTimeout: number | undefined;
  readonly maxLifetime: number | undefined;
}

/** @throws TypeError for a number out of range */
function limitsOf({ options, parameter }: Given): Times & { readonly max: number } {
  const max = Number(options.max ?? parameter("max") ?? 10);
  if (!(Number.isInteger(max) && max >= 1 && max < 2 ** 31)) {
    throw invalidValue("property 'options.max'", "a non-negative integer between 1 and 2^31", max);
  }
  const idleTimeout = options.idleTimeout ?? options["idle_timeout"] ?? parameter("idle_timeout");
  const maxLifetime = options.maxLifetime ?? options["max_lifetime"] ?? parameter("max_lifetime");
  const connectionTimeout =
    options.connectionTimeout ??
    options["connection_timeout"] ??
    options["connectTimeout"] ??
    options["connect_timeout"] ??
    parameter("connect_timeout") ??
    (process.env["PGCONNECT_TIMEOUT"] || undefined);
  return {
    max,
    idleTimeout: secondsOf("idle_timeout", idleTimeout),
    connectionTimeout: secondsOf("connection_timeout", connectionTimeout),
    maxLifetime: secondsOf("max_lifetime", maxLifetime),
  };
}

/** @throws TypeError for a number out of range */
function secondsOf(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const seconds = Number(value);
  if (isUnder2To31(seconds)) return seconds;
  throw invalidValue(`property 'options.${name}'`, UNDER_2_31, seconds);
}

function inMilliseconds(times: Times): object {
  const given = Object.entries(times).filter(([, seconds]) => seconds !== undefined);
  return Object.fromEntries(given.map(([name, seconds]: [string, number]) => [name, seconds * 1000]));
}

/** @throws TypeError for an unknown word; Error for `require`, which the package has not */
function channelBindingOf({ options, parameter }: Given): unknown {
  const asked =
    options["channelBinding"] ??
    parameter("channel_binding") ??
    (process.env["PGCHANNELBINDING"] || "disable");
  if (asked === "require") {
    throw notThere(
      'Channel binding (channelBinding: "require")',
      'sslmode=verify-full and channelBinding: "prefer"',
    );
  }
  if (asked === "disable" || asked === "prefer") return asked;
  throw invalidValue("argument 'channelBinding'", "one of: disable, prefer, require", asked);
}

/** The parameters of the server's session. */
function connectionParameters(
  { connection }: SQLOptions,
  query: URLSearchParams,
): PostgresSettings["connection"] {
  const { PGAPPNAME, PGOPTIONS } = process.env;
  return {
    ...(PGAPPNAME && { application_name: PGAPPNAME }),
    ...(PGOPTIONS && { options: PGOPTIONS }),
    ...Object.fromEntries([...query].filter(([name]) => !CLIENT_PARAMETERS.has(name))),
    ...connection,
  };
}

/** A URL without a protocol has a host in front; one without a host (`postgres:///db`) is valid, too. */
function parsePostgresURL(text: string): URL {
  const rest = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
  // The class URL knows hosts of special protocols alone; a URL of `http:` cannot be without one.
  return new URL(rest === "" || rest.startsWith("/") ? `postgres:///${rest.slice(1)}` : `postgres://${rest}`);
}

function socketPath(path: string, port: number): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
    ? `${path}/.s.PGSQL.${port}`
    : path;
}

function firstSet(...names: readonly string[]): string | undefined {
  return names.map((name) => process.env[name]).find((value) => value !== undefined && value !== "");
}

function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    // The URL has a password: no part of it is shown.
    throw new URIError("The connection URL has an invalid escape");
  }
}
