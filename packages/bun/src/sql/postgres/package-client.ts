/** The package `postgres`: what is used of it, and with which options. */
import type { Socket } from "node:net";
import { loadPeer } from "../../base/peer.ts";
import type { Subscription } from "../adapter.ts";
import type { PostgresSettings } from "../settings.ts";
import type { PackageResult } from "./results.ts";
import { typeFunctions } from "./types.ts";

export interface PackageQuery extends Promise<PackageResult | PackageResult[]> {
  values(): this;
  raw(): this;
  /** What `cancel()` of the query calls; that drops the promise, so that a rejection would end the process. */
  canceller: ((query: PackageQuery) => Promise<void>) | null;
}

export interface PackageClient {
  unsafe(text: string, values: unknown[], options: { prepare: boolean; simple: boolean }): PackageQuery;
  typed(value: unknown, type: number): unknown;
  end(): Promise<void>;
  listen(channel: string, onMessage: (payload: string) => void, onListen?: () => void): Promise<Subscription>;
}

type MakeClient = (options: object) => PackageClient;

/**
 * A client of the package with one connection.
 * @param connect opens its socket, up to the login
 * @throws Error with the command that installs the package
 */
export function packageClient(settings: PostgresSettings, connect: () => Promise<Socket>): PackageClient {
  const loaded = loadPeer<MakeClient | { default: MakeClient }>("postgres", "Bun.SQL");
  const makeClient = typeof loaded === "function" ? loaded : loaded.default;
  return makeClient({ ...clientOptions(settings), socket: connect });
}

function clientOptions(settings: PostgresSettings): object {
  return {
    host: settings.hostname,
    port: settings.port,
    ...(settings.path === undefined ? {} : { path: settings.path }),
    user: settings.username,
    pass: settings.password,
    database: settings.database,
    ssl: false,
    max: 1,
    idle_timeout: null,
    max_lifetime: null,
    connect_timeout: settings.connectionTimeout,
    keep_alive: 60,
    backoff: () => 0,
    prepare: settings.prepare,
    connection: { application_name: "bun", ...settings.connection },
    fetch_types: false,
    types: typesOf(settings.bigint),
    transform: { undefined: null, column: { from: settings.transform.from } },
    onnotice: () => {},
  };
}

function typesOf(bigint: boolean): object {
  const { serializers, parsers } = typeFunctions(bigint);
  const numbers = new Set([...Object.keys(serializers), ...Object.keys(parsers)].map(Number));
  return Object.fromEntries(
    [...numbers].map((type) => [
      `type${type}`,
      { to: type, from: [type], serialize: serializers[type] ?? String, parse: parsers[type] },
    ]),
  );
}
