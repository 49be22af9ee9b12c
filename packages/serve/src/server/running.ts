import { setTimeout } from "node:timers";
import { isDeepStrictEqual } from "node:util";
import type { BindAddress } from "../options/serve-options.ts";
import { workerNumber } from "../socket/inherited.ts";
import { notifySystemd } from "../socket/systemd-notify.ts";
import { setEnding } from "./readiness.ts";
import { running, type ServerState } from "./state.ts";
import { stopGracefully } from "./stop.ts";

/** How many servers of this process have not been told to stop. */
export function runningCount(): number {
  return running.size;
}

/** How a process ends. */
export interface EndOptions {
  /** Seconds in which the servers go on, and say that they are not ready. */
  readonly grace?: number;
  /** Requests that are on their way get a response, too. Default: in a worker only, whose clients have no reason to expect an end. */
  readonly isPatient?: boolean;
}

/**
 * Tells every running server to stop: requests under way get their responses, and WebSockets are closed with 1001. Until it is done no server
 * of this process is ready.
 * @returns a promise that resolves when the last connection has ended
 */
export async function stopRunning({ grace = 0, isPatient }: EndOptions = {}): Promise<void> {
  const isWorker = workerNumber() !== null;
  setEnding(true);
  notifySystemd("STOPPING=1");
  if (grace > 0) await new Promise((resolve) => setTimeout(resolve, grace * 1000));
  const how = { isPatient: isPatient ?? isWorker, isReplaced: isWorker };
  await Promise.all([...running].map((server) => stopGracefully(server, how)));
  // Only tests, and runtimes that go on, come so far.
  setEnding(false);
}

interface Known {
  readonly server: ServerState;
  readonly id: string | null | undefined;
  readonly bind: BindAddress;
}

/** Null before the first `beginRun`; then every server that has been started since. */
let hot: Known[] | null = null;
/** The servers that `serve()` has returned since the last `beginRun`. */
let claimed: Set<ServerState> = new Set();

/**
 * The program is about to run, for the first time or again. From the first call on, `serve()` remembers its servers; after each
 * further one it returns the server of an earlier run that has the same `id` or address, with the new handlers.
 */
export function beginRun(): void {
  hot ??= [];
  claimed = new Set();
}

/**
 * The running server that a call of `serve` means when a module has been reloaded: the one with the same id, or else with the
 * same address. An `id` of null wants a server of its own.
 */
export function findHot(id: string | null | undefined, bind: BindAddress): ServerState | undefined {
  if (hot === null || id === null) return undefined;
  const found = hot.find(
    (known) =>
      running.has(known.server) &&
      !claimed.has(known.server) &&
      known.id === id &&
      (id !== undefined || isDeepStrictEqual(known.bind, bind)),
  );
  if (found !== undefined) claimed.add(found.server);
  return found?.server;
}

export function rememberHot(server: ServerState, id: string | null | undefined, bind: BindAddress): void {
  hot?.push({ server, id, bind });
  claimed.add(server);
}
