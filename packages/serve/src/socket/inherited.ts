import type net from "node:net";
import { resolve } from "node:path";
import { isMainThread } from "node:worker_threads";
import type { BindAddress } from "../options/serve-options.ts";
import { type GivenSocket, takeListenFds } from "./listen-fds.ts";
import { bareHandle } from "./node-handle.ts";

/** The variable in which a worker finds its number and its sockets. It is not for programs, and is removed when it has been read. */
export const SOCKETS = "MANTOU_SOCKETS";

/** The value of `MANTOU_SOCKETS`. */
export interface WorkerSockets {
  /** The process that has started the worker. A process that a worker starts inherits the variable, and must not believe it. */
  readonly parent: number;
  /** Null for a process that is no worker. */
  readonly worker: number | null;
  readonly sockets: readonly GivenSocket[];
  /** The secret of the workers' session tickets; null for a process that is no worker. */
  readonly tickets: string | null;
  /** There are other workers, and nothing carries topics to them unless the program does. */
  readonly isApart: boolean;
}

/** What a worker tells the process that has started it. */
export type WorkerMessage =
  /** It has bound an address, of a Unix socket with the path from the root. The bare handle comes with the message; without one the socket cannot be shared. */
  | { readonly mantou: "bound"; readonly address: string; readonly path: string | null }
  /** It listens on the socket of this descriptor. */
  | { readonly mantou: "taken"; readonly fd: number }
  /** The program's module has run to its end: a `serve()` that it calls at once has been called. */
  | { readonly mantou: "evaluated" };

/** What a worker is told by the process that has started it: the load balancer is to send nothing more, since the program ends soon. */
export interface PrimaryMessage {
  readonly mantou: "withdraw";
}

/** An address in words, the same for all servers that are given the same address. */
export function addressInWords({ hostname, port, unix, ipv6Only }: BindAddress): string {
  if (unix !== undefined) return JSON.stringify(unix);
  const at = hostname === undefined ? "" : ` of ${hostname}`;
  return `port ${port}${at}${ipv6Only ? " (IPv6 only)" : ""}`;
}

/** What this process was given. Several copies of this package in one program share it. */
export interface Given {
  /** The number of this worker, from 1 on; null if this process is none. */
  readonly worker: number | null;
  /** The sockets that no server has taken. Null for those of systemd before the first server starts: most programs have none, and do not look. */
  free: GivenSocket[] | null;
  /** What the keys of TLS session tickets are made of, the same in all workers; null if this process is none. */
  readonly tickets: string | null;
  /** This process is one of several workers, and nothing carries topics to the others unless the program does. */
  readonly isApart: boolean;
}

/** The sockets that this process has got instead of binding. In most processes there are none. */
export class InheritedSockets {
  readonly #given: Given;

  constructor(given: Given) {
    this.#given = given;
  }

  /** The number of this worker, from 1 on; null if this process is none. */
  get worker(): number | null {
    return this.#given.worker;
  }

  /** Whether this process is one of several workers, and nothing carries topics to the others unless the program does. */
  get isApart(): boolean {
    return this.#given.isApart;
  }

  /** The secret of the keys of session tickets; null if this process has keys of its own. */
  get tickets(): string | null {
    return this.#given.tickets;
  }

  /**
   * The socket that a call of `serve()` is meant to listen on. Sockets of systemd come first, in every worker alike: the one that is named as the
   * server's `id`, else the first that no earlier call has taken. Then come those that the first worker has bound, by their address.
   * @returns null if the call has to bind its address itself
   * @throws Error that names both addresses, if the first worker has bound another one; Error that names the variable, for values of `LISTEN_FDS` that
   *   systemd does not write
   */
  take(id: string, at: BindAddress): GivenSocket | null {
    this.#given.free ??= takeListenFds();
    const { free } = this.#given;
    if (free.length === 0) return null;
    const address = addressInWords(at);
    const found =
      free.find(({ name }) => name !== null && name !== "" && name === id) ??
      free.find(({ name }) => name !== null) ??
      free.find((socket) => socket.address === address);
    if (found === undefined) {
      const others = free.map((socket) => socket.address).join(" and ");
      const why = `Worker ${this.worker} is to listen on ${address}, but the first worker listens on ${others}: all workers need the same addresses, in any order. To change them, stop the program and start it again`;
      const code = "ERR_WORKER_ADDRESS";
      throw Object.assign(new Error(`Failed to start server. ${why}`), { code, syscall: "listen" });
    }
    free.splice(free.indexOf(found), 1);
    return found;
  }

  /** Tells the process that has started this worker that it listens on a socket of its. */
  taken({ fd }: GivenSocket): void {
    if (this.worker !== null) tell({ mantou: "taken", fd });
  }

  /** Gives the socket of an address that this worker has bound to the process that has started it, for the other workers. */
  bound(server: net.Server, at: BindAddress): void {
    if (this.worker === null) return;
    const { unix } = at;
    const path = unix === undefined || unix.startsWith("\0") ? null : resolve(unix);
    tell({ mantou: "bound", address: addressInWords(at), path }, bareHandle(server));
  }
}

/** Reads `MANTOU_SOCKETS`. What `runWorkers` has not written for a child of its own is ignored. */
export function readVariable(text: string | undefined, parent: number): Given | null {
  try {
    const given = JSON.parse(text ?? "null") as WorkerSockets | null;
    // A worker whose parent is gone has another one; it is to end, and not to serve alone.
    if (given?.parent === parent || (given != null && process.send !== undefined && isGone(given.parent)))
      return isWritten(given)
        ? {
            worker: given.worker,
            free: [...given.sockets],
            tickets: given.tickets,
            // An earlier version does not say it.
            isApart: given.isApart === true,
          }
        : null;
  } catch {}
  return null;
}

/** The first descriptors are standard input and output. */
const FIRST_FD = 3;

function isWritten({ worker, sockets, tickets }: WorkerSockets): boolean {
  return (
    (worker === null || (Number.isInteger(worker) && worker > 0)) &&
    sockets.every(isSocket) &&
    isStringOrNull(tickets)
  );
}

function isSocket({ fd, name, address }: GivenSocket): boolean {
  return Number.isInteger(fd) && fd >= FIRST_FD && isStringOrNull(name) && isStringOrNull(address);
}

function isStringOrNull(value: unknown): boolean {
  return value === null || typeof value === "string";
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Where copies of this package find what another one has read. */
const GIVEN = Symbol.for("mantou.givenSockets");

let inherited: InheritedSockets | null = null;

/** The sockets of this process. Threads have none: descriptors belong to the process. */
export function inheritedSockets(): InheritedSockets {
  if (inherited !== null) return inherited;
  const shared = process as { [GIVEN]?: Given };
  if (shared[GIVEN] === undefined) {
    const none: Given = { worker: null, free: isMainThread ? null : [], tickets: null, isApart: false };
    const given = isMainThread ? readVariable(process.env[SOCKETS], process.ppid) : null;
    delete process.env[SOCKETS];
    Object.defineProperty(process, GIVEN, { value: given ?? none });
  }
  inherited = new InheritedSockets(shared[GIVEN]!);
  return inherited;
}

/** The number of this worker of `runWorkers`, from 1 on. A worker that replaces another has its number. Null in any other process. */
export function workerNumber(): number | null {
  return inheritedSockets().worker;
}

/**
 * The sockets of this process as those of one that it is about to start.
 * @param sockets those of this process
 * @param first the number of the first descriptor in the other one
 * @param worker the number of the other one; null if it is no worker
 * @param tickets the secret of the workers' session tickets
 * @param isApart there are other workers, to which nothing carries topics
 */
export function socketsVariable(
  sockets: readonly GivenSocket[],
  first: number,
  worker: number | null,
  tickets: string | null = null,
  isApart = false,
): NodeJS.ProcessEnv {
  const given = sockets.map(({ name, address }, i): GivenSocket => ({ fd: first + i, name, address }));
  const value: WorkerSockets = { parent: process.pid, worker, sockets: given, tickets, isApart };
  return { [SOCKETS]: JSON.stringify(value) };
}

/** Tells the process that has started this worker that the program's module has run to its end. */
export function tellEvaluated(): void {
  if (inheritedSockets().worker !== null) tell({ mantou: "evaluated" });
}

function tell(message: WorkerMessage, handle?: object | null): void {
  // The types know no bare handles. The other process may end at any time; then this one is told by 'disconnect'.
  if (process.connected)
    process.send?.(message, (handle ?? undefined) as net.Server | undefined, {}, () => {});
}
