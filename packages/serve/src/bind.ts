import { execFileSync } from "node:child_process";
import net from "node:net";
import { getSystemErrorName } from "node:util";

/** Where to listen: a network address (hostname undefined: all of them) or the path of a Unix socket. */
export interface BindAddress {
  readonly hostname: string | undefined;
  readonly port: number;
  readonly unix: string | undefined;
}

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
) => BoundHandle | number;

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
  const handle = create(host, at.port, host === null || net.isIPv4(host) ? 4 : 6);
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
  server.once("error", () => {});
  // Exclusive: a cluster's primary process would be asked, and answer later.
  server.listen({ path, exclusive: true });
  if (server.listening) return;
  const again = create?.(path, -1, -1);
  if (typeof again === "object") again.close();
  throw listenError(typeof again === "number" ? getSystemErrorName(again) : "EADDRINUSE", at);
}

/**
 * The documented way. `net.Server` binds at once when there is no name to resolve, so all that is lost here is the
 * reason of a failure, which it tells on a later turn.
 */
function listenDocumented(server: net.Server, at: BindAddress, host: string | null): void {
  server.once("error", () => {});
  if (host === null) server.listen({ port: at.port });
  else server.listen({ port: at.port, host });
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
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    throw Object.assign(new Error(`Failed to start server: cannot resolve the hostname ${hostname}`), {
      code: "ENOTFOUND",
      syscall: "getaddrinfo",
    });
  }
}

function listenError(code: string, at: BindAddress): Error {
  const where = at.unix === undefined ? `port ${at.port}` : JSON.stringify(at.unix);
  const why =
    code === "EADDRINUSE"
      ? `Is ${where} in use?`
      : code === "EACCES"
        ? `${where} needs more privileges`
        : `Cannot listen on ${where}`;
  return Object.assign(new Error(`Failed to start server. ${why} (${code})`), { code, syscall: "listen" });
}
