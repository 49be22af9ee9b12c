import type { Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { SocketAddress } from "../api/network.ts";
import { toSocketAddress } from "../options/ip-address.ts";

// The handles behind `node:net` and `node:tls`, and the queue of callbacks. None of this is documented API, and no other file touches it.

/** The lines of Node.js that `pnpm test:matrix` runs, and that have the same handles. Other lines get documented API. */
const TRIED_LINES: ReadonlySet<number> = new Set([20, 22, 24, 26]);

/** Whether the internals of this line of Node.js are known. */
export function isTriedLine(version: string = process.versions.node): boolean {
  return TRIED_LINES.has(Number.parseInt(version, 10));
}

const { _tickCallback } = process as { _tickCallback?: unknown };

/**
 * Runs the callbacks of `process.nextTick` and of promises, as Node.js does between two timers. It is the same on Node.js 20, 22, 24 and
 * 26, and costs 30 to 60 ns if no callback is queued. Null if it is not known.
 */
export const runTicks: (() => void) | null =
  isTriedLine() && typeof _tickCallback === "function" ? (_tickCallback as () => void) : null;

/** The handle of one connection, TCP or Unix. A returned number is 0 or libuv's error. */
export interface StreamHandle {
  /** Our property: `onread` is called with the handle as `this`. */
  owner: unknown;
  /** Called for each read, and for the end. `StreamCalls` has the result. */
  onread: (this: StreamHandle) => void;
  /** Sets the memory of all later reads. */
  useUserBuffer(memory: Uint8Array): void;
  readStart(): number;
  readStop(): number;
  // A write uses its request only if the operating system does not take all bytes at once.
  writeLatin1String(request: Request, text: string): number;
  writeBuffer(request: Request, bytes: Uint8Array): number;
  /** @param chunks bytes only, or each piece followed by its encoding */
  writev(request: Request, chunks: readonly (string | Uint8Array)[], areBytes: boolean): number;
  shutdown(request: Request): number;
  close(callback: () => void): void;
  /** The open descriptor, which does not block. Negative on Windows, and of a closed handle. */
  readonly fd?: number;
  /** Gives the callbacks of the handle the async context of this moment. An accepted handle is made outside of that of its server. */
  asyncReset?(resource: object): void;
  readonly bytesWritten: number;
  /** Written bytes that the operating system has not taken. */
  readonly writeQueueSize: number;
  // TCP only.
  setNoDelay?(on: boolean): number;
  /** Closes by a reset. */
  reset?(callback: () => void): number;
  getpeername?(out: { address?: string; port?: number; family?: string }): number;
}

/** A write or a shutdown that is under way. */
export interface Request {
  /** Our property, as `pieces` is. */
  owner: unknown;
  pieces?: unknown;
  oncomplete?: (this: Request, status: number) => void;
}

/** The classes and the shared state of the handles. */
export interface StreamCalls {
  readonly WriteRequest: new () => Request;
  readonly ShutdownRequest: new () => Request;
  /** The results that calls do not return. */
  readonly state: Int32Array;
  /** Index in `state`: the number of bytes read, or libuv's error, also for the end. */
  readonly readBytesOrError: number;
  /** Index in `state`: whether the last write is still under way. */
  readonly isUnderWay: number;
}

/** The handle of a listening server. */
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

/** The handle of a listening server; null for one that is not known. */
export function listeningHandle(server: Server): ListeningHandle | null {
  if (found === null) return null;
  const handle = (server as { _handle?: Record<string, unknown> | null })._handle;
  if (typeof handle !== "object" || handle === null || typeof handle["onconnection"] !== "function")
    return null;
  // It has the class of the handles that it accepts.
  const isKnown = METHODS.every((name) => typeof handle[name] === "function");
  return isKnown ? (handle as unknown as ListeningHandle) : null;
}

/**
 * The handle below a listening server, which `process.send` takes as it is: what gets it has the socket, and accepts no connection. A
 * `net.Server` that is sent accepts in both processes.
 * @returns null where handles are not known
 */
export function bareHandle(server: Server): object | null {
  const handle = (server as { _handle?: object | null })._handle;
  return isTriedLine() && typeof handle === "object" ? handle : null;
}

/** A handle that another process has sent. */
export interface ReceivedHandle {
  /** The open descriptor. */
  readonly fd: number;
  close(): void;
}

/** Whether a handle that has come with a message has a descriptor that can be passed on. */
export function isReceivedHandle(handle: unknown): handle is ReceivedHandle {
  if (typeof handle !== "object" || handle === null) return false;
  const { fd, close } = handle as { fd?: unknown; close?: unknown };
  return typeof fd === "number" && fd >= 0 && typeof close === "function";
}

/** The classes and the shared state; null where they are not known. */
export function findStreamCalls(version: string = process.versions.node): StreamCalls | null {
  if (!isTriedLine(version)) return null;
  const { binding } = process as { binding?: (name: string) => Record<string, unknown> };
  try {
    // Throws under the permission model.
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
  declare owner: unknown;
}

const found = findStreamCalls();

/** The calls of this process. Where they are not known, no handle is: the stand-ins are never used. */
export const streamCalls: StreamCalls = found ?? {
  WriteRequest: NoRequest,
  ShutdownRequest: NoRequest,
  state: new Int32Array(1),
  readBytesOrError: 0,
  isUnderWay: 0,
};

/** The bytes that were written to a handle, and those that wait in it. */
interface HandleCounts {
  readonly writeQueueSize?: unknown;
  readonly bytesWritten?: unknown;
}

/** The internals of a `net.Socket`. Of a TLS socket, `_parent` is the accepted socket, or its handle. */
interface SocketInternals {
  readonly _handle?: (HandleCounts & { readonly _parent?: HandleCounts | null }) | null;
  readonly _parent?: Socket;
}

/**
 * The bytes that the operating system has taken, also of a large write that is under way. TLS encrypts such a write as a whole: the
 * handle below it has the number.
 * @returns undefined if it is not known
 */
export function bytesTaken(socket: Duplex): number | undefined {
  const handle = (socket as SocketInternals)._handle;
  const { writeQueueSize, bytesWritten } = handle?._parent ?? handle ?? {};
  if (typeof writeQueueSize !== "number" || typeof bytesWritten !== "number") return undefined;
  return bytesWritten - writeQueueSize;
}

/** Whether the operating system has taken all bytes that TLS has passed on so far; false if that is not known. */
export function hasTakenAll(socket: TLSSocket): boolean {
  return (socket as SocketInternals)._handle?._parent?.writeQueueSize === 0;
}

/** The remote address of a TCP connection; null for a Unix socket. */
export function peerAddress(handle: StreamHandle): SocketAddress | null {
  const found: { address?: string; port?: number; family?: string } = {};
  handle.getpeername?.(found);
  return toSocketAddress(found.address, found.port, found.family);
}

/** The connection below a TLS socket; undefined if it is not known. */
export function acceptedSocket(socket: TLSSocket): Socket | undefined {
  return (socket as SocketInternals)._parent;
}
