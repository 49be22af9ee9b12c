import { isDeepStrictEqual } from "node:util";
import type { BindAddress } from "../options/serve-options.ts";
import { running, type ServerState } from "./state.ts";

/** How many servers of this process have not been told to stop. */
export function runningCount(): number {
  return running.size;
}

/**
 * Tells every running server to stop: requests under way get their responses, and WebSockets are closed with 1001.
 * @returns a promise that resolves when the last connection has ended
 */
export async function stopRunning(): Promise<void> {
  await Promise.all([...running].map((server) => server.stopGracefully()));
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
