import { setImmediate } from "node:timers";
import type { ServeOptions, Server } from "../api/server.ts";
import { resolveHandlers, resolveOptions } from "../options/serve-options.ts";
import { notifySystemd } from "../socket/systemd-notify.ts";
import { systemClock } from "../socket/timeouts.ts";
import { findHot, rememberHot } from "./running.ts";
import { MantouServer } from "./server.ts";
import { ServerState } from "./state.ts";
import { prepareWorker } from "./worker.ts";

/**
 * Starts a server, which listens when this returns. When a host runs a module again (`mantou --hot`), the module
 * gets the server that it started before, with its new handlers.
 *
 * @see https://bun.com/docs/runtime/http/server for the documentation that it follows
 * @throws TypeError that names the option which is missing or ill-typed; Error with a `code` such as `EADDRINUSE` if
 *   it cannot listen
 * @example
 * ```ts
 * import { serve } from "@mantou/serve";
 *
 * const server = serve({
 *   port: 3000,
 *   routes: {
 *     "/": new Response("Hello!"),
 *     "/users/:id": (request) => Response.json({ id: request.params.id }),
 *     "/files/*": { dir: "./public" },
 *     "/chat": (request, server) =>
 *       server.upgrade(request) ? undefined : new Response(null, { status: 426, headers: { Upgrade: "websocket" } }),
 *   },
 *   fetch: () => new Response("Not found", { status: 404 }),
 *   websocket: {
 *     open: (ws) => void ws.subscribe("room"),
 *     message: (ws, message) => void ws.publish("room", message),
 *   },
 * });
 * server.publish("room", `Listening on ${server.url}`);
 * ```
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
    prepareWorker();
    // Other servers of the program start in the same turn.
    if (process.env["NOTIFY_SOCKET"] !== undefined) setImmediate(() => notifySystemd("READY=1"));
  } else state.replace(resolveHandlers(given));
  return state.facade as Server<WebSocketData>;
}
