import { Buffer } from "node:buffer";
import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, statSync, unlinkSync } from "node:fs";
import net from "node:net";
import { dirname } from "node:path";
import { getSystemErrorName } from "node:util";
import type { BindAddress } from "../options/serve-options.ts";

/**
 * What we use of the handles behind `node:net`. Not documented API: probed below, and touched in no other file.
 * `net.Server.listen` reports a taken port, and resolves a host name, on a later turn; `serve` returns a server that
 * listens, or throws, as Bun's does, so it has to know now.
 */
interface BoundHandle {
  listen(backlog: number): number;
  close(): void;
}
type CreateServerHandle = (
  address: string | null,
  port: number,
  addressType: 4 | 6 | -1,
  fd?: undefined,
  flags?: number,
) => BoundHandle | number;

/** libuv's flags for binding; it has the second from 1.49 on, and older ones would pass over it. */
const UV_TCP_IPV6ONLY = 1;
const UV_TCP_REUSEPORT = 2;

/** For processes that answer one question: without what this one was started with, an inspector that waits for example. */
const CHILD_ENV: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: "" };

/** As long as a resolver usually asks on. */
const RESOLVE_MS = 30_000;

/** Longer than any local connection takes; without an answer the file is left alone. */
const PROBE_MS = 5000;

/** As many connections may wait to be accepted as `net.Server` lets wait. */
const BACKLOG = 511;

/**
 * Binds and listens before it returns.
 * @throws Error with a `code` such as EADDRINUSE or EACCES, and a message that says where
 */
export function listenNow(server: net.Server, at: BindAddress): void {
  const create = (net as { _createServerHandle?: CreateServerHandle })._createServerHandle;
  const host = at.hostname === undefined ? null : resolveHost(at.hostname);
  if (at.unix !== undefined) {
    listenOnPath(server, at, at.unix, create);
    return;
  }
  if (typeof create !== "function") {
    listenDocumented(server, at, host);
    return;
  }
  // Of "no address" Node.js makes "::", or where there is no IPv6 "0.0.0.0"; with a flag for IPv6 it has to be named.
  const address = host === null && at.ipv6Only ? "::" : host;
  const type = address === null || net.isIPv4(address) ? 4 : 6;
  const flags = at.ipv6Only && type === 6 ? UV_TCP_IPV6ONLY : 0;
  const bind = (more: number): BoundHandle | number =>
    create(address, at.port, type, undefined, flags | more);
  let handle = at.reusePort && canReusePort() ? bind(UV_TCP_REUSEPORT) : bind(0);
  // macOS and Windows have no such thing.
  if (typeof handle === "number" && getSystemErrorName(handle) === "ENOTSUP") handle = bind(0);
  if (typeof handle === "number") throw listenError(getSystemErrorName(handle), at);
  const error = handle.listen(BACKLOG);
  if (error !== 0) {
    handle.close();
    throw listenError(getSystemErrorName(error), at);
  }
  server.listen(handle);
}

/**
 * `net.Server` takes a pipe's handle only by its file descriptor, and then two handles watch the same one and neither
 * hears of connections. But there is no name to resolve, so it listens at once, or not; only the reason comes later.
 */
function listenOnPath(
  server: net.Server,
  at: BindAddress,
  path: string,
  create: CreateServerHandle | undefined,
): void {
  // libuv before 1.46, that of Node.js 20, listens at another path: at as many bytes as there is room for.
  if (Buffer.byteLength(path) > maxPathBytes(path)) throw listenError("ENAMETOOLONG", at);
  server.once("error", () => {});
  // Exclusive: a cluster's primary process would be asked, and answer later.
  server.listen({ path, exclusive: true });
  if (server.listening) return;
  if (removeStale(path)) {
    server.listen({ path, exclusive: true });
    if (server.listening) return;
  }
  const again = create?.(path, -1, -1);
  if (typeof again === "object") again.close();
  const code = typeof again === "number" ? getSystemErrorName(again) : "EADDRINUSE";
  // libuv says EACCES where the directory is missing, as Windows does.
  throw listenError(code === "EACCES" ? (missingDirectory(path) ?? code) : code, at);
}

/** What `sockaddr_un` has room for, with a NUL at the end of a path, or in front of an abstract name. */
function maxPathBytes(path: string): number {
  if (process.platform === "win32") return Number.POSITIVE_INFINITY;
  if (process.platform !== "linux") return 103;
  return path.startsWith("\0") ? 108 : 107;
}

/** Why the directory of a path cannot be found; null if it is there. */
function missingDirectory(path: string): string | null {
  try {
    return statSync(dirname(path)).isDirectory() ? null : "ENOTDIR";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? null;
  }
}

/** Says by its exit code whether nobody listens on a path. */
const PROBE =
  "require('net').connect(process.argv[1],()=>process.exit(0)).on('error',(e)=>process.exit(e.code==='ECONNREFUSED'?3:0))";

/**
 * A process that was killed leaves its socket's file behind, and nobody can listen there until it is gone. Whether it is
 * somebody's, only connecting tells, which Node.js does on a later turn; so another process does it, this once.
 * @returns whether there was such a file, and it is gone now
 */
function removeStale(path: string): boolean {
  try {
    if (path.startsWith("\0") || !lstatSync(path).isSocket()) return false;
    if (spawnSync(process.execPath, ["-e", PROBE, path], { timeout: PROBE_MS, env: CHILD_ENV }).status !== 3)
      return false;
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where a port cannot be shared, the first server has it, and only the second is told, as in Bun: Elysia always asks for it, and nearly
 * always there is one.
 */
function canReusePort(): boolean {
  const [major = 0, minor = 0] = (process.versions.uv ?? "").split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 49);
}

/**
 * The documented way. `net.Server` binds at once when there is no name to resolve, so all that is lost here is the
 * reason of a failure, which it tells on a later turn.
 */
function listenDocumented(server: net.Server, at: BindAddress, host: string | null): void {
  server.once("error", () => {});
  const { port, reusePort, ipv6Only } = at;
  // The types of Node.js 20 do not know reusePort.
  server.listen({ port, ipv6Only, reusePort, ...(host === null ? {} : { host }) } as net.ListenOptions);
  if (host === null && !server.listening) throw listenError("EADDRINUSE", at);
}

/** @returns an IP address. `localhost` is the IPv4 loopback, which every client tries. */
function resolveHost(hostname: string): string {
  const host = hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
  if (net.isIP(host) !== 0) return host;
  if (host === "localhost") return "127.0.0.1";
  // Node.js resolves names only asynchronously; this happens once, at start, and for names only.
  const script =
    "require('dns').lookup(process.argv[1],(e,a)=>{if(e)process.exit(1);process.stdout.write(a)})";
  try {
    return execFileSync(process.execPath, ["-e", script, host], {
      encoding: "utf8",
      env: CHILD_ENV,
      stdio: ["ignore", "pipe", "ignore"],
      timeout: RESOLVE_MS,
    });
  } catch {
    throw Object.assign(new Error(`Failed to start server: cannot resolve the hostname ${hostname}`), {
      code: "ENOTFOUND",
      syscall: "getaddrinfo",
    });
  }
}

const UNIX_REASONS: ReadonlyMap<string, (where: string) => string> = new Map([
  ["ENOENT", (where: string) => `The directory of ${where} does not exist`],
  ["ENOTDIR", (where: string) => `What should be the directory of ${where} is none`],
  ["ENAMETOOLONG", (where: string) => `${where} is too long for a Unix socket`],
]);

function listenError(code: string, at: BindAddress): Error {
  const where = at.unix === undefined ? `port ${at.port}` : JSON.stringify(at.unix);
  const shared = at.reusePort
    ? " To share it, all need reusePort, Node.js 22.12 or 23.1, and Linux or BSD"
    : "";
  const why =
    code === "EADDRINUSE"
      ? `Is ${where} in use?${shared}`
      : code === "EACCES"
        ? `${where} needs more privileges`
        : (UNIX_REASONS.get(code)?.(where) ?? `Cannot listen on ${where}`);
  return Object.assign(new Error(`Failed to start server. ${why} (${code})`), { code, syscall: "listen" });
}
