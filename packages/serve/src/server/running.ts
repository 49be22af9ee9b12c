import { isDeepStrictEqual } from "node:util";
import type { BindAddress } from "../options/serve-options.ts";
import type { MantouServer } from "./server.ts";

/** Servers of this process that have not been told to stop: for whoever ends the process, and for hot reloading. */
export const running: Set<MantouServer> = new Set();

interface Known {
  readonly server: MantouServer;
  readonly id: string | null | undefined;
  readonly bind: BindAddress;
}

/** Null unless the CLI reloads modules in place: then every server that such a module has started. */
let hot: Known[] | null = null;
/** Those that have been asked for again since the last reload. */
let claimed: Set<MantouServer> = new Set();

/** A module is about to run, for the first time or again: servers that it asks for may be those that it has already. */
export function beginHotRound(): void {
  hot ??= [];
  claimed = new Set();
}

/**
 * The running server that a call of `serve` means when a module has been reloaded: the one with the same id, or else with the
 * same address. An `id` of null wants a server of its own.
 */
export function findHot(id: string | null | undefined, bind: BindAddress): MantouServer | undefined {
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

export function rememberHot(server: MantouServer, id: string | null | undefined, bind: BindAddress): void {
  hot?.push({ server, id, bind });
  claimed.add(server);
}
