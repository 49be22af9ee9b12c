import type { ServeOptions } from "@mantou/serve";
import { announce, requestedApp } from "./announce.ts";

/**
 * The apps as a user of `Bun.serve` writes them. Bun and Mantou run this same code, so the difference between them is
 * the runtime's alone.
 */

/** `Bun.serve`, or ours. */
export type Serve = (options: ServeOptions) => { readonly port?: number | undefined };

const address = { port: 0, hostname: "127.0.0.1" };

const notFound = (): Response => new Response("not found", { status: 404 });

const upgradeOrRefuse: ServeOptions["fetch"] = (request, server) => {
  if (server.upgrade(request)) return undefined;
  return new Response("expected a WebSocket", { status: 426 });
};

const apps: Record<"hello" | "static" | "routed" | "echo" | "chat", () => ServeOptions> = {
  hello: () => ({ ...address, fetch: () => new Response("Bun!") }),

  static: () => ({ ...address, routes: { "/": new Response("Bun!") }, fetch: notFound }),

  routed: () => ({
    ...address,
    routes: { "/users/:id": (request) => new Response(`user ${request.params["id"]}`) },
    fetch: notFound,
  }),

  echo: () => ({
    ...address,
    fetch: upgradeOrRefuse,
    websocket: {
      message: (socket, message) => {
        socket.send(message);
      },
    },
  }),

  chat: () => ({
    ...address,
    fetch: upgradeOrRefuse,
    websocket: {
      publishToSelf: true,
      open: (socket) => {
        socket.subscribe("room");
      },
      message: (socket, message) => {
        socket.publish("room", message);
      },
    },
  }),
};

/** Runs the app named on the command line on `serve`. */
export function run(serve: Serve): void {
  const app = requestedApp(["hello", "static", "routed", "echo", "chat"]);
  const server = serve(apps[app]());
  if (server.port === undefined) throw new Error("the server has no port");
  announce(server.port);
}
