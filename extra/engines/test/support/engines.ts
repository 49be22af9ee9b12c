import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The program that runs an engine and watches its own input. */
export const PROCESS: string = fileURLToPath(new URL("engine-process.mjs", import.meta.url));

export interface Engine {
  readonly port: number;
  /** Of the engine, not of the process that watches it. */
  readonly pid: number;
  readonly folder: string;
  stop(): Promise<void>;
}

export type EngineKind = "postgres" | "redis" | "nats";

/** Where Debian's package has put the programs of PostgreSQL, and the programs of Valkey or Redis and of NATS. */
export const found: Readonly<Record<EngineKind, string | undefined>> = {
  postgres: newestPostgres() ?? folderOf("postgres", "initdb"),
  redis: pathOf("valkey-server") ?? pathOf("redis-server"),
  nats: pathOf("nats-server"),
};

export const NO_ENGINES =
  "PostgreSQL, Redis and NATS are not all here: apt-get install postgresql redis-server (or valkey-server) nats-server brings them";

/**
 * Whether the engines are here.
 * @throws Error if they are demanded: by MANTOU_REQUIRE_EXTRA=1, unless `.ci/run` has said that they cannot be installed
 */
export function hasEngines(): boolean {
  const { MANTOU_REQUIRE_EXTRA, MANTOU_WITHOUT_ENGINES } = process.env;
  if (Object.values(found).every((path) => path !== undefined)) return true;
  if (MANTOU_REQUIRE_EXTRA === "1" && MANTOU_WITHOUT_ENGINES !== "1") throw new Error(NO_ENGINES);
  console.log(`skipped: ${NO_ENGINES}`);
  return false;
}

export interface EngineOptions {
  /** A port that was free before: that of an engine which has ended. */
  readonly port?: number;
  /** The engine's own options. */
  readonly args?: readonly string[];
  /** PostgreSQL takes TLS, with `cert.pem` and `key.pem` of its folder, and trusts clients with this certificate. */
  readonly tls?: boolean;
}

/** Starts an engine with its data in a temporary folder. It ends with this process, in whichever way that ends. */
export function startEngine(
  kind: EngineKind,
  { port, args = [], tls = false }: EngineOptions = {},
): Promise<Engine> {
  // A group of its own: it outlives a signal to the test's group for as long as the engine needs to stop.
  const watcher = spawn(process.execPath, [PROCESS, kind, found[kind]!, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: {
      ...process.env,
      ...(port === undefined ? {} : { MANTOU_ENGINE_PORT: String(port) }),
      ...(tls ? { MANTOU_ENGINE_TLS: "1" } : {}),
    },
  });
  return new Promise((resolve, reject) => {
    let complaints = "";
    watcher.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaints += text;
    });
    watcher.stdout.setEncoding("utf8").once("data", (line: string) => {
      resolve({ ...(JSON.parse(line) as Omit<Engine, "stop">), stop: () => stop(watcher) });
    });
    watcher.once("close", () => reject(new Error(`${kind} did not start: ${complaints}`)));
  });
}

function stop(watcher: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    // It may have ended before, with an engine that was killed.
    if (watcher.exitCode !== null || watcher.signalCode !== null) resolve();
    watcher.once("close", () => resolve());
    watcher.stdin?.end();
  });
}

function newestPostgres(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
}

function pathOf(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function folderOf(...names: readonly string[]): string | undefined {
  const [first, ...rest] = names.map(pathOf);
  if (first === undefined || rest.some((path) => path === undefined)) return undefined;
  return join(first, "..");
}
