/** Who is the hub: the process whose socket stands at the path. A hard link decides, which fails if there is one already. */
import { chmodSync, linkSync, lstatSync, mkdtempSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";

/** The hub's server, and its socket in the file system. */
export interface Place {
  readonly server: Server;
  /** Whether the path still leads here. */
  isOurs(): boolean;
  /** Closes the server and frees the path. */
  leave(): void;
}

/**
 * Which socket stands at a path: unlike its inode's number alone, which file systems use again at once, this names no second one.
 * @returns null if nothing is there
 * @throws Error if it is something else or another user's, or cannot be looked at
 */
export function socketAt(path: string): string | null {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (!stats.isSocket()) throw new Error(`${path} is there, and is no socket: local() needs another path`);
  // In a folder such as /tmp any user could wait there for our messages.
  if (Number(stats.uid) !== process.getuid?.()) {
    throw new Error(`the socket at ${path} is another user's: local() needs another path`);
  }
  return `${stats.dev}:${stats.ino}:${stats.mtimeNs}`;
}

/** Removes the socket of a dead hub, if it is still the same. */
export function removeSocket(path: string, socket: string): void {
  if (socketAt(path) === socket) unlinkSync(path);
}

/**
 * Makes this process the hub.
 * @returns null if another one is the hub already
 * @throws Error if the file system refuses (rejects)
 */
export async function claim(path: string, accept: (socket: Socket) => void): Promise<Place | null> {
  // Beside the path, as links need it, and in a folder of mode 0700: no other user may connect before the socket has its own mode.
  const folder = mkdtempSync(`${join(dirname(path), ".")}/.m-`);
  const name = join(folder, "s");
  const server = createServer(accept);
  try {
    await listen(server, name);
    chmodSync(name, 0o600);
    if (!moveTo(name, path)) {
      server.close();
      return null;
    }
  } catch (error) {
    server.close();
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  server.unref();
  return new ClaimedPlace(path, server, socketAt(path));
}

class ClaimedPlace implements Place {
  readonly server: Server;
  readonly #path: string;
  readonly #socket: string | null;

  constructor(path: string, server: Server, socket: string | null) {
    this.#path = path;
    this.server = server;
    this.#socket = socket;
  }

  isOurs(): boolean {
    try {
      return this.#socket !== null && socketAt(this.#path) === this.#socket;
    } catch {
      return false;
    }
  }

  leave(): void {
    try {
      if (this.#socket !== null) removeSocket(this.#path, this.#socket);
    } catch {
      // The folder may have gone, or the path may be another program's now.
    }
    this.server.close();
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // A worker of node:cluster listens itself, and not its primary.
    server.listen({ path, exclusive: true }, () => {
      server.removeListener("error", reject);
      // Descriptors may run out when a peer connects. It tries again.
      server.on("error", () => {});
      resolve();
    });
  });
}

/** Some file systems have no hard links of sockets. A renaming there may replace a hub that has just come; that hub notices it by itself. */
const WITHOUT_LINKS: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EINVAL",
]);

function moveTo(name: string, path: string): boolean {
  try {
    linkSync(name, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (!WITHOUT_LINKS.has(code)) throw error;
  }
  if (socketAt(path) !== null) return false;
  renameSync(name, path);
  return true;
}
