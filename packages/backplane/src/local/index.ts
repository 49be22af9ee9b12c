import { Buffer } from "node:buffer";
import { dirname, resolve } from "node:path";
import type { Engine } from "@mantou/pubsub/relay";
import { type Backplane, backplaneOf, type CommonOptions } from "../backplane.ts";
import { LOCAL_MESSAGE_BYTES, SOCKET_PATH_BYTES } from "../limits.ts";
import { COMMON_NAMES, channelPrefix, checkNames, checkString, readCommon } from "../options.ts";
import { ReconnectingEngine } from "../reconnecting-engine.ts";
import { connectLocal } from "./connect.ts";
import { defaultPath } from "./default-path.ts";

export type { Backplane, CommonOptions, QueueOptions, RelayOptionsOfServer } from "../backplane.ts";

export interface LocalOptions extends CommonOptions {
  /**
   * The path of the hub's Unix socket, in a folder that is there. By default a path in a folder of the temporary folder, for this user and
   * working directory: the processes of one program find each other.
   */
  readonly path?: string;
}

/**
 * The processes of one machine, over a Unix socket. One of them is the hub; when it ends, another one takes its place. Linux and macOS.
 * @throws TypeError for an option that does not exist or has a wrong type, RangeError for a path that is too long for a socket
 */
export function local(options: string | LocalOptions = {}): Backplane {
  const given = typeof options === "string" ? { path: options } : options;
  checkNames(given, ["path", ...COMMON_NAMES], "local()");
  if (process.platform === "win32")
    throw new Error("local() needs Unix sockets: use valkey() or nats() on Windows");
  const { prefix, queue } = readCommon(given, "local()");
  const path = checkPath(given.path);
  return backplaneOf(
    "local",
    queue,
    (scope) =>
      new ReconnectingEngine(
        async (events) => connectLocal(path(), events),
        channelPrefix(prefix, scope),
        LOCAL_MESSAGE_BYTES,
      ),
  );
}

/** A hub without topics of its own, for a process that starts others. */
export interface OpenHub {
  /** Another process takes its place. */
  close(): Promise<void>;
}

/**
 * Makes this process the hub, unless another one is it. It becomes it when that one ends, and its path is free.
 * @param path as of `local()`
 * @param onDown is called when there is no hub, and this process cannot become it: it tries again
 * @param signal ends the attempts, as long as there is no hub: then the promise rejects with its reason
 * @returns a promise that is fulfilled when a hub is there, and does not reject for faults of the system
 * @throws as `local()` (rejects)
 */
export async function openHub(
  path: string,
  onDown: (error: Error) => void = () => {},
  signal?: AbortSignal,
): Promise<OpenHub> {
  const engine: Engine = local(path).createEngine();
  const opened = new Promise<void>((resolve, reject) => {
    signal?.throwIfAborted();
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    engine.open({
      up: resolve,
      down: onDown,
      subscribed: () => {},
      denied: () => {},
      message: () => {},
      published: () => {},
      refused: () => {},
    });
  });
  try {
    await opened;
  } catch (error) {
    await engine.close();
    throw error;
  }
  return { close: () => engine.close() };
}

/** What the hub binds first is a name in a folder beside the path. */
const BOUND_NAME = "/.m-XXXXXX/s";

function checkPath(path: string | undefined): () => string {
  checkString(path, "local(): path");
  if (path === undefined) return defaultPath;
  if (path.includes("\0")) throw new TypeError("local(): path must not contain a null character");
  const absolute = resolve(path);
  const longest = Math.max(Buffer.byteLength(absolute), Buffer.byteLength(dirname(absolute) + BOUND_NAME));
  if (longest > SOCKET_PATH_BYTES) {
    throw new RangeError(
      `local(): path is too long for a Unix socket by ${longest - SOCKET_PATH_BYTES} bytes`,
    );
  }
  return () => absolute;
}
