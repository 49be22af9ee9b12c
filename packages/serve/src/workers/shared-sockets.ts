import { randomBytes } from "node:crypto";
import { lstatSync, unlinkSync } from "node:fs";
import { socketsVariable } from "../socket/inherited.ts";
import { takeListenFds } from "../socket/listen-fds.ts";
import { isReceivedHandle, type ReceivedHandle } from "../socket/node-handle.ts";

/** In a worker, the first descriptor of a socket: in front are standard input and output, and the channel of messages. */
const FIRST_FD = 4;

interface SharedSocket {
  /** The descriptor in this process. */
  readonly fd: number;
  readonly name: string | null;
  readonly address: string | null;
  /** Null for a socket of systemd, which closes when this process ends. */
  readonly handle: ReceivedHandle | null;
  /** The file of a Unix socket, and its number in the file system. */
  readonly file: { readonly path: string; readonly inode: bigint | null } | null;
}

/** The listening sockets of all workers. This process holds them open, gives them to each worker that it starts, and never accepts. */
export class SharedSockets {
  readonly #sockets: SharedSocket[];
  /** The clients of one worker are those of all: each resumes the TLS sessions of the others. */
  readonly #tickets: string = randomBytes(32).toString("base64");

  /** @throws Error that names the variable, for values of `LISTEN_FDS` that systemd does not write */
  constructor() {
    this.#sockets = takeListenFds().map((socket) => ({ ...socket, handle: null, file: null }));
  }

  get size(): number {
    return this.#sockets.length;
  }

  /** How many sockets of an address there are: with port 0 there may be several. */
  countOf(address: string): number {
    return this.#sockets.filter((socket) => socket.address === address).length;
  }

  /** The address of the socket that a worker has under a descriptor; null for a socket of systemd. */
  addressOf(fd: number): string | null {
    return this.#sockets[fd - FIRST_FD]?.address ?? null;
  }

  /** @returns false if the handle has no descriptor */
  add(address: string, path: string | null, handle: unknown): boolean {
    if (!isReceivedHandle(handle)) return false;
    const file = path === null ? null : { path, inode: inodeOf(path) };
    this.#sockets.push({ fd: handle.fd, name: null, address, handle, file });
    return true;
  }

  /** The descriptors for `stdio` of a process, behind the first four. */
  get descriptors(): number[] {
    return this.#sockets.map(({ fd }) => fd);
  }

  /**
   * The variable that tells a worker what its descriptors are.
   * @param isApart nothing carries topics to the other workers
   */
  environment(worker: number, isApart: boolean): NodeJS.ProcessEnv {
    return socketsVariable(this.#sockets, FIRST_FD, worker, this.#tickets, isApart);
  }

  /** Closes those that workers have bound, and removes the files of Unix sockets, as a single process does when it stops listening. */
  close(): void {
    for (const { handle, file } of this.#sockets.splice(0)) {
      handle?.close();
      if (file !== null) removeIfSame(file);
    }
  }
}

/** A file that another process has put in its place stays. */
function removeIfSame({ path, inode }: { readonly path: string; readonly inode: bigint | null }): void {
  if (inode === null || inodeOf(path) !== inode) return;
  try {
    unlinkSync(path);
  } catch {
    // Another process was faster, or its folder may not be changed: a single process does not notice that, either.
  }
}

/** @returns null if there is no such file */
function inodeOf(path: string): bigint | null {
  try {
    return lstatSync(path, { bigint: true }).ino;
  } catch {
    return null;
  }
}
