import type { ServeOptions, Server } from "../api/server.ts";
import { resolveHandlers, resolveOptions } from "../options/serve-options.ts";
import { systemClock } from "../socket/timeouts.ts";
import { findHot, rememberHot } from "./running.ts";
import { MantouServer } from "./server.ts";
import { ServerState } from "./state.ts";

/**
 * Starts a server, which listens when this returns. When a host runs a module again (`mantou --hot`), the module
 * gets the server that it started before, with its new handlers.
 *
 * @see https://bun.com/docs/runtime/http/server for the documentation that it follows
 * @throws TypeError that names the option which is missing or ill-typed; Error with a `code` such as `EADDRINUSE` if
 *   it cannot listen
 */
export function serve<WebSocketData = undefined, R extends string = string>(
  options: ServeOptions<WebSocketData, R>,
): Server<WebSocketData> {
  const given = options as unknown as ServeOptions<never, string>;
  const resolved = resolveOptions(given);
  let state = findHot(given.id, resolved.bind);
  if (state === undefined) {
    state = new ServerState(
      resolved,
      resolveHandlers(given),
      systemClock,
      (shared) => new MantouServer(shared),
    );
    rememberHot(state, given.id, resolved.bind);
  } else state.replace(resolveHandlers(given));
  return state.facade as Server<WebSocketData>;
}
