import { resolveHandlers, resolveOptions } from "./options.ts";
import { MantouServer } from "./server.ts";
import { systemClock } from "./timeouts.ts";
import type { ServeOptions, Server } from "./types.ts";

/**
 * Starts a server, which listens when this returns.
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
  const server = new MantouServer(resolved, resolveHandlers(given), systemClock);
  return server as unknown as Server<WebSocketData>;
}
