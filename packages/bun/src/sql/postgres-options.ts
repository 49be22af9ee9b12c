/** The settings of a client of PostgreSQL: https://bun.com/docs/runtime/sql#database-environment-variables */
import { statSync } from "node:fs";
import { notThere } from "../global/missing.ts";
import type { FoundURL } from "./connection-url.ts";
import { invalidValue, type Settings, type SQLOptions, type SSLMode, sharedSettings } from "./settings.ts";

/** Parameters of a URL that configure a client, and no session of the server. */
const CLIENT_PARAMETERS = new Set(
  "sslmode ssl tls path socket connect_timeout idle_timeout max_lifetime max prepare channel_binding host port user password dbname sslrootcert sslcert sslkey sslpassword keepalives keepalives_idle keepalives_interval keepalives_count target_session_attrs gssencmode sslnegotiation".split(
    " ",
  ),
);

/** @throws TypeError for a number out of range, and for an unknown mode of TLS */
export function postgresSettings(options: SQLOptions, found: FoundURL | null): Settings {
  const { env } = process;
  const url = found === null ? null : parsePostgresURL(found.text);
  const query = url?.searchParams ?? new URLSearchParams();
  const parameter = (name: string): string | undefined => query.get(name) || undefined;
  const hostname =
    options.hostname ??
    options.host ??
    (decoded(url?.hostname) || parameter("host") || env["PGHOST"] || "localhost");
  const port = Number(options.port ?? (url?.port || parameter("port") || env["PGPORT"] || 5432));
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw invalidValue("argument 'port'", "a non-negative integer between 1 and 65535", port);
  }
  const username =
    options.username ??
    options.user ??
    (decoded(url?.username) ||
      parameter("user") ||
      firstSet("PGUSERNAME", "PGUSER", "USER", "USERNAME") ||
      "postgres");
  const database =
    options.database ??
    options.db ??
    (env["PGDATABASE"] || decoded(url?.pathname.slice(1)) || parameter("dbname") || username);
  const path = options.path ?? options.socket ?? parameter("path") ?? parameter("socket") ?? undefined;
  const directory = path ?? (hostname.startsWith("/") ? hostname : undefined);
  const max = Number(options.max ?? parameter("max") ?? 10);
  if (!(Number.isInteger(max) && max >= 1 && max < 2 ** 31)) {
    throw invalidValue("property 'options.max'", "a non-negative integer between 1 and 2^31", max);
  }
  const idleTimeout = secondsOf(
    "idle_timeout",
    options.idleTimeout ?? options["idle_timeout"] ?? parameter("idle_timeout"),
  );
  const maxLifetime = secondsOf(
    "max_lifetime",
    options.maxLifetime ?? options["max_lifetime"] ?? parameter("max_lifetime"),
  );
  const connectionTimeout = secondsOf(
    "connection_timeout",
    options.connectionTimeout ??
      options["connection_timeout"] ??
      options["connectTimeout"] ??
      options["connect_timeout"] ??
      parameter("connect_timeout") ??
      (env["PGCONNECT_TIMEOUT"] || undefined),
  );
  const channelBinding =
    options["channelBinding"] ?? parameter("channel_binding") ?? (env["PGCHANNELBINDING"] || "disable");
  if (channelBinding === "require") {
    throw notThere(
      'Channel binding (channelBinding: "require")',
      'sslmode=verify-full and channelBinding: "prefer"',
    );
  }
  if (channelBinding !== "disable" && channelBinding !== "prefer") {
    throw invalidValue("argument 'channelBinding'", "one of: disable, prefer, require", channelBinding);
  }
  const password =
    options.password ??
    options.pass ??
    (decoded(url?.password) || parameter("password") || env["PGPASSWORD"] || "");
  const socket = directory === undefined ? undefined : socketPath(directory, port);
  const prepare = options.prepare ?? parameter("prepare") !== "false";
  const asked = parameter("sslmode") ?? parameter("ssl") ?? parameter("tls");
  const sslMode = sslModeOf(options, asked, found?.wantsTLS === true);
  const tls = tlsOf(options);
  const connection = {
    ...(env["PGAPPNAME"] ? { application_name: env["PGAPPNAME"] } : {}),
    ...(env["PGOPTIONS"] ? { options: env["PGOPTIONS"] } : {}),
    ...Object.fromEntries([...query].filter(([name]) => !CLIENT_PARAMETERS.has(name))),
    ...options.connection,
  };
  const host = hostname.startsWith("/") ? "localhost" : hostname;
  const times = { idleTimeout, connectionTimeout, maxLifetime };
  return {
    ...{
      adapter: "postgres",
      hostname: host,
      port,
      username,
      password,
      database,
      path: socket,
      filename: "",
    },
    ...{ tls, sslMode, max, prepare, connection, bigint: options.bigint === true },
    idleTimeout: idleTimeout ?? 0,
    maxLifetime: maxLifetime ?? 0,
    connectionTimeout: connectionTimeout ?? 30,
    ...sharedSettings(options),
    shown: {
      ...{ adapter: "postgres", hostname: host, port, username, password, database },
      tls: sslMode === "disable" ? tls : { ...(tls as object | undefined), serverName: host },
      ...{
        prepare,
        allowPublicKeyRetrieval: false,
        foundRows: false,
        channelBinding,
        bigint: options.bigint,
      },
      sslMode: SSL_MODES.indexOf(sslMode),
      query: Object.entries(connection)
        .map(([name, value]) => `${name}\0${value}\0`)
        .join(""),
      max,
      ...Object.fromEntries(
        Object.entries(times).flatMap(([name, value]) => (value === undefined ? [] : [[name, value * 1000]])),
      ),
      ...(socket === undefined ? {} : { path: socket }),
    },
  };
}

/** @throws TypeError for a number out of range */
function secondsOf(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const seconds = Number(value);
  if (seconds >= 0 && seconds < 2 ** 31) return seconds;
  throw invalidValue(`property 'options.${name}'`, "a non-negative integer less than 2^31", seconds);
}

/** A URL without a protocol has a host in front; one without a host (`postgres:///db`) is valid, too. */
function parsePostgresURL(text: string): URL {
  const rest = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
  // The class URL knows hosts of special protocols alone; a URL of `http:` cannot be without one.
  return new URL(rest === "" || rest.startsWith("/") ? `postgres:///${rest.slice(1)}` : `postgres://${rest}`);
}

/** Their order is that of the numbers in `sql.options`. */
const SSL_MODES: readonly SSLMode[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

const MODES: Readonly<Record<string, SSLMode>> = {
  disable: "disable",
  false: "disable",
  allow: "prefer",
  prefer: "prefer",
  require: "require",
  true: "require",
  "verify-ca": "verify-ca",
  "verify-full": "verify-full",
};

function tlsOf({ tls, ssl }: SQLOptions): unknown {
  const given = tls ?? ssl;
  return typeof given === "object" && given !== null ? given : undefined;
}

/** @throws TypeError for an unknown mode */
function sslModeOf(options: SQLOptions, ofURL: string | undefined, wantsTLS: boolean): SSLMode {
  const given = options.tls ?? options.ssl;
  const asked = typeof given === "string" ? given : (ofURL ?? process.env["PGSSLMODE"]);
  const mode = asked === undefined || asked === "" ? "disable" : MODES[asked.toLowerCase()];
  if (mode === undefined) {
    throw invalidValue(
      "argument 'sslmode'",
      "one of: disable, allow, prefer, require, verify-ca, verify-full",
      asked,
    );
  }
  if (given === false) return "disable";
  if (typeof given === "object" && given !== null)
    return verifies(given) ? "verify-full" : atLeastRequire(mode);
  return given === true || (wantsTLS && typeof given !== "string" && ofURL === undefined)
    ? atLeastRequire(mode)
    : mode;
}

function atLeastRequire(mode: SSLMode): SSLMode {
  return mode === "disable" || mode === "prefer" ? "require" : mode;
}

/** A CA's certificate, or a check of the program, is of no use without verification. */
function verifies(tls: object): boolean {
  const { ca, caFile, checkServerIdentity, rejectUnauthorized } = tls as Record<string, unknown>;
  if (rejectUnauthorized === false) return false;
  return (
    tls instanceof Blob || [ca, caFile, checkServerIdentity].some(Boolean) || rejectUnauthorized === true
  );
}

function socketPath(path: string, port: number): string {
  const isSocket =
    /\.s\.PGSQL\.\d+$/.test(path) || statSync(path, { throwIfNoEntry: false })?.isSocket() === true;
  return isSocket ? path : `${path}/.s.PGSQL.${port}`;
}

function firstSet(...names: readonly string[]): string | undefined {
  return names.map((name) => process.env[name]).find((value) => value !== undefined && value !== "");
}

function decoded(part: string | undefined): string | undefined {
  return part === undefined ? undefined : decodeURIComponent(part);
}
