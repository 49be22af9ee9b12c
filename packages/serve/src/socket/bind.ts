import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import net from "node:net";
import { dirname, join } from "node:path";
import { getSystemErrorMap, getSystemErrorName } from "node:util";
import type { BindAddress } from "../options/serve-options.ts";
import { inheritedSockets } from "./inherited.ts";
import { LONGEST_BACKLOG, listenOnDescriptor } from "./listen-on-descriptor.ts";
import { isTriedLine } from "./node-handle.ts";
import { CHILD_ENV, linkPath, maxPathBytes, missingDirectory, removeStale } from "./socket-path.ts";
import { takenAdvice } from "./taken-advice.ts";

/**
 * The handles behind `node:net`, for binding. They are not documented API: no other file uses them, and this one checks that they exist.
 * `net.Server.listen` resolves a host name, and reports a port that is in use, on a later turn. `serve` returns a server that
 * listens, or throws, as Bun's does, so that it has to know at once.
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

/** libuv's flags for binding. Versions before 1.49 ignore the second. */
const UV_TCP_IPV6ONLY = 1;
const UV_TCP_REUSEPORT = 2;

/** libuv's number of a name without an address, which is ENOTFOUND to Node.js. */
const EAI_NONAME = -3008;

/** As long as a resolver usually tries. */
const RESOLVE_MS = 30_000;

/**
 * Listens before it returns: on a socket that this process was given for the server, or on the address.
 * @param id names the server, as `LISTEN_FDNAMES` names sockets
 * @returns whether other processes hold the same socket, and accept what this one leaves in its queue
 * @throws Error with a `code` such as EADDRINUSE or EACCES, whose message names the address
 */
export function listenNow(server: net.Server, at: BindAddress, id: string): boolean {
  const inherited = inheritedSockets();
  const given = inherited.take(id, at);
  if (given === null) {
    bindNow(server, at);
    inherited.bound(server, at);
  } else {
    listenOnDescriptor(server, given, at);
    inherited.taken(given);
  }
  return given !== null || inherited.worker !== null;
}

function bindNow(server: net.Server, at: BindAddress): void {
  const create = isTriedLine()
    ? (net as { _createServerHandle?: CreateServerHandle })._createServerHandle
    : undefined;
  const host = at.hostname === undefined ? null : resolveHost(at.hostname);
  if (at.unix !== undefined) {
    listenOnPath(server, at, at.unix, create);
    return;
  }
  if (typeof create !== "function") {
    listenDocumented(server, at, host);
    return;
  }
  // Without an address Node.js binds "::", or "0.0.0.0" if there is no IPv6. A flag for IPv6 needs the address.
  const address = host === null && at.ipv6Only ? "::" : host;
  const type = address === null || net.isIPv4(address) ? 4 : 6;
  const flags = at.ipv6Only && type === 6 ? UV_TCP_IPV6ONLY : 0;
  const bind = (more: number): BoundHandle | number =>
    create(address, at.port, type, undefined, flags | more);
  let handle = at.reusePort && canReusePort() ? bind(UV_TCP_REUSEPORT) : bind(0);
  // macOS and Windows do not support it.
  if (typeof handle === "number" && getSystemErrorName(handle) === "ENOTSUP") handle = bind(0);
  if (typeof handle === "number") throw listenError(getSystemErrorName(handle), at, host);
  const error = handle.listen(LONGEST_BACKLOG);
  if (error !== 0) {
    handle.close();
    throw listenError(getSystemErrorName(error), at, host);
  }
  // It makes the handle listen once more.
  server.listen(handle, LONGEST_BACKLOG);
}

/**
 * `net.Server` takes the handle of a pipe by its file descriptor only: then two handles watch the same descriptor, and neither
 * gets connections. But a path needs no name resolution, so that it listens at once, or not. Only the reason comes later.
 */
function listenOnPath(
  server: net.Server,
  at: BindAddress,
  path: string,
  create: CreateServerHandle | undefined,
): void {
  // libuv before 1.46, that of Node.js 20, cuts a long path and listens on the rest.
  if (Buffer.byteLength(path) > maxPathBytes(path)) throw listenError("ENAMETOOLONG", at);
  server.once("error", () => {});
  if (inheritedSockets().worker !== null && !path.startsWith("\0")) {
    listenOnLink(server, at, path);
    return;
  }
  // Exclusive: otherwise a cluster's primary process listens, and its reply comes later.
  server.listen({ path, exclusive: true, backlog: LONGEST_BACKLOG });
  if (server.listening) return;
  if (removeStale(path)) {
    server.listen({ path, exclusive: true, backlog: LONGEST_BACKLOG });
    if (server.listening) return;
  }
  const again = create?.(path, -1, -1);
  if (typeof again === "object") again.close();
  const code = typeof again === "number" ? getSystemErrorName(again) : "EADDRINUSE";
  // libuv reports EACCES for a missing directory, as Windows does.
  throw listenError(code === "EACCES" ? (missingDirectory(path) ?? code) : code, at);
}

/** Counts the names that `listenOnLink` has made. */
let links = 0;

/**
 * libuv removes the file of a socket when the process that has bound it stops listening: the other workers could not be reached any more. So a
 * worker binds another name, of which libuv removes nothing, and the path is a second name of the same socket.
 */
function listenOnLink(server: net.Server, at: BindAddress, path: string): void {
  const name = join(dirname(path), `.${process.pid}-${++links}`);
  if (Buffer.byteLength(name) > maxPathBytes(name)) throw listenError("ENAMETOOLONG", at);
  server.listen({ path: name, exclusive: true, backlog: LONGEST_BACKLOG });
  if (!server.listening) throw listenError(missingDirectory(path) ?? "EACCES", at);
  try {
    linkPath(name, path);
  } catch (error) {
    server.close();
    const { code = "" } = error as NodeJS.ErrnoException;
    throw listenError(code === "EEXIST" ? "EADDRINUSE" : code, at);
  }
}

/**
 * Whether ports can be shared. If not, the first server listens and the second fails, as in Bun: Elysia always sets `reusePort`, and
 * mostly there is one server only.
 */
function canReusePort(): boolean {
  const [major = 0, minor = 0] = (process.versions.uv ?? "").split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 49);
}

/**
 * Listens by documented API. `net.Server` binds at once if there is no name to resolve. Only the reason of a failure is lost, which it
 * reports on a later turn.
 */
function listenDocumented(server: net.Server, at: BindAddress, host: string | null): void {
  server.once("error", () => {});
  const { port, reusePort, ipv6Only } = at;
  // The types of Node.js 20 do not know reusePort.
  server.listen({
    port,
    ipv6Only,
    reusePort,
    backlog: LONGEST_BACKLOG,
    ...(host === null ? {} : { host }),
  } as net.ListenOptions);
  if (host === null && !server.listening) throw listenError("EADDRINUSE", at);
}

/**
 * @returns an IP address. `localhost` is the IPv4 loopback address, which every client tries
 * @throws Error with the code ENOTFOUND
 */
function resolveHost(hostname: string): string {
  const host = hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
  if (net.isIP(host) !== 0) return host;
  if (host === "localhost") return "127.0.0.1";
  // Node.js resolves names asynchronously only. Another process does it, once, when the server starts.
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
      errno: EAI_NONAME,
      syscall: "getaddrinfo",
      hostname,
    });
  }
}

const UNIX_REASONS: ReadonlyMap<string, (where: string) => string> = new Map([
  ["ENOENT", (where: string) => `The directory of ${where} does not exist`],
  ["ENOTDIR", (where: string) => `A part of the path of ${where} is not a directory`],
  ["ENAMETOOLONG", (where: string) => `${where} is too long for a Unix socket`],
]);

/**
 * @param host the address of the hostname; null without one
 * @returns an error with the properties that those of `net.Server` have
 */
function listenError(code: string, at: BindAddress, host: string | null = null): Error {
  const where = at.unix === undefined ? `port ${at.port}` : JSON.stringify(at.unix);
  const shared = at.reusePort
    ? " To share it, all servers need reusePort, Node.js 22.12 or 23.1, and Linux or BSD"
    : takenAdvice();
  const why =
    code === "EADDRINUSE"
      ? `Is ${where} in use?${shared}`
      : code === "EACCES"
        ? `${where} needs more privileges`
        : code === "EADDRNOTAVAIL" && at.hostname !== undefined
          ? `This machine has no address ${at.hostname}`
          : (UNIX_REASONS.get(code)?.(where) ?? `Cannot listen on ${where}`);
  return Object.assign(new Error(`Failed to start server. ${why} (${code})`), {
    code,
    errno: numberOf(code),
    syscall: "listen",
    address: at.unix ?? host ?? "::",
    port: at.unix === undefined ? at.port : -1,
  });
}

function numberOf(code: string): number | undefined {
  return [...getSystemErrorMap()].find(([, [name]]) => name === code)?.[0];
}
