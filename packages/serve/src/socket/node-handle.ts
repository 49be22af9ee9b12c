import type { Server, Socket } from "node:net";
import type { TLSSocket } from "node:tls";

// What we use of the handles behind `node:net` and `node:tls`. None of it is documented API, and no other file touches it.

/** The lines of Node.js that `pnpm test:matrix` runs, and that have the same handles. Any other line gets documented API. */
const TRIED_LINES: ReadonlySet<number> = new Set([20, 22, 24, 26]);

/** Whether Node.js's internals are what we know. */
export function isTriedLine(version: string = process.versions.node): boolean {
  return TRIED_LINES.has(Number.parseInt(version, 10));
}

/** Whoever has a handle, and is told of what happens to it. */
export interface HandleOwner {
  received(bytesOrError: number): void;
  written(error: number): void;
  shutDown(): void;
}

/** The handle of one connection, TCP or Unix. Where a number is returned, it is 0 or an error. */
export interface StreamHandle {
  /** Ours: `onread` is called with the handle as `this`. */
  owner: HandleOwner;
  /** Called for each read, and for the end; what has been read is told by `StreamCalls`. */
  onread: (this: StreamHandle) => void;
  /** Where reads put the bytes from now on. */
  useUserBuffer(memory: Uint8Array): void;
  readStart(): number;
  readStop(): number;
  // What the operating system takes at once is written at once. The request is used only if that is not everything.
  writeLatin1String(request: Request, text: string): number;
  writeBuffer(request: Request, bytes: Uint8Array): number;
  /** @param chunks only bytes, or each piece followed by its encoding */
  writev(request: Request, chunks: readonly (string | Uint8Array)[], areBytes: boolean): number;
  shutdown(request: Request): number;
  close(callback: () => void): void;
  readonly bytesWritten: number;
  /** Bytes that were written and not taken. */
  readonly writeQueueSize: number;
  // TCP only.
  setNoDelay?(on: boolean): number;
  getpeername?(out: { address?: string; port?: number; family?: string }): number;
}

/** A write or shutdown that takes longer. */
export interface Request {
  /** Ours, as is what is being written. */
  owner: HandleOwner;
  pieces?: unknown;
  oncomplete?: (this: Request, status: number) => void;
}

/** What comes with the handles. */
export interface StreamCalls {
  readonly WriteRequest: new () => Request;
  readonly ShutdownRequest: new () => Request;
  /** Where the calls leave what they do not return. */
  readonly state: Int32Array;
  /** Index in `state`: bytes that were read, or a negative error, the end among them. */
  readonly readBytesOrError: number;
  /** Index in `state`: whether the last write is still under way. */
  readonly isUnderWay: number;
}

/** The handle of a server that listens. */
export interface ListeningHandle {
  onconnection: (error: number | undefined, accepted: StreamHandle | undefined) => void;
}

const METHODS = [
  "useUserBuffer",
  "readStart",
  "readStop",
  "writeLatin1String",
  "writeBuffer",
  "writev",
  "shutdown",
  "close",
] as const satisfies readonly (keyof StreamHandle)[];

/** Null where there is none that we know. */
export function listeningHandle(server: Server): ListeningHandle | null {
  if (found === null) return null;
  const handle = (server as { _handle?: Record<string, unknown> | null })._handle;
  if (typeof handle !== "object" || handle === null || typeof handle["onconnection"] !== "function")
    return null;
  // It is of the same class as those that it accepts.
  const isKnown = METHODS.every((name) => typeof handle[name] === "function");
  return isKnown ? (handle as unknown as ListeningHandle) : null;
}

/** Null where they are not what we know. */
export function findStreamCalls(version: string = process.versions.node): StreamCalls | null {
  if (!isTriedLine(version)) return null;
  const { binding } = process as { binding?: (name: string) => Record<string, unknown> };
  try {
    // Refused by the permission model.
    const wrap = binding?.call(process, "stream_wrap") ?? {};
    const calls = {
      WriteRequest: wrap["WriteWrap"],
      ShutdownRequest: wrap["ShutdownWrap"],
      state: wrap["streamBaseState"],
      readBytesOrError: wrap["kReadBytesOrError"],
      isUnderWay: wrap["kLastWriteWasAsync"],
    };
    return areStreamCalls(calls) ? calls : null;
  } catch {
    return null;
  }
}

function areStreamCalls(calls: { readonly [name in keyof StreamCalls]: unknown }): calls is StreamCalls {
  const { WriteRequest, ShutdownRequest, state, readBytesOrError, isUnderWay } = calls;
  return (
    typeof WriteRequest === "function" &&
    typeof ShutdownRequest === "function" &&
    state instanceof Int32Array &&
    [readBytesOrError, isUnderWay].every((index) => Number.isInteger(index))
  );
}

class NoRequest implements Request {
  declare owner: HandleOwner;
}

const found = findStreamCalls();

/** The process's. Where there are none, there is no handle either that they could be used with. */
export const streamCalls: StreamCalls = found ?? {
  WriteRequest: NoRequest,
  ShutdownRequest: NoRequest,
  state: new Int32Array(1),
  readBytesOrError: 0,
  isUnderWay: 0,
};

/** How much was written to a handle, and how much of that waits in it. */
interface HandleCounts {
  readonly writeQueueSize?: unknown;
  readonly bytesWritten?: unknown;
}

/** What a `net.Socket` has besides. Below a TLS socket, `_parent` is the accepted socket, or its handle. */
interface SocketInternals {
  readonly _handle?: (HandleCounts & { readonly _parent?: HandleCounts | null }) | null;
  readonly _parent?: Socket;
}

/**
 * Bytes that the operating system has taken, also of one large write that is under way. Where there is TLS, which encrypts all of
 * that at once, the connection below tells.
 * @returns undefined where that cannot be known
 */
export function bytesTaken(socket: Socket): number | undefined {
  const handle = (socket as SocketInternals)._handle;
  const { writeQueueSize, bytesWritten } = handle?._parent ?? handle ?? {};
  if (typeof writeQueueSize !== "number" || typeof bytesWritten !== "number") return undefined;
  return bytesWritten - writeQueueSize;
}

/** Whether the operating system has taken all that TLS has passed on so far; false where that cannot be known. */
export function hasTakenAll(socket: TLSSocket): boolean {
  return (socket as SocketInternals)._handle?._parent?.writeQueueSize === 0;
}

/** The connection below a TLS socket; undefined where that cannot be known. */
export function acceptedSocket(socket: TLSSocket): Socket | undefined {
  return (socket as SocketInternals)._parent;
}
