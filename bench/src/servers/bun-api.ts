import type { ServeOptions, WebSocketHandler } from "@mantou/serve";
import type { App } from "../scenarios.ts";
import { announce, requestedApp } from "./announce.ts";

/**
 * The apps as a user of `Bun.serve` writes them. Bun and Mantou run this same code, so the difference between them is
 * the runtime's alone.
 */

/** `Bun.serve`, or ours. */
export type Serve = (options: ServeOptions) => { readonly port?: number | undefined };

type WebSocketServeOptions = Extract<ServeOptions, { readonly websocket: unknown }>;

const address = { port: 0, hostname: "127.0.0.1" };

const notFound = (): Response => new Response("not found", { status: 404 });

const upgradeOrRefuse: NonNullable<WebSocketServeOptions["fetch"]> = (request, server) => {
  if (server.upgrade(request)) return undefined;
  return new Response("expected a WebSocket", { status: 426 });
};

const apps: Record<App, () => ServeOptions> = {
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

  "echo-deflate": () => compressedEcho(true),

  "echo-dedicated": () => compressedEcho({ compress: "dedicated", decompress: "dedicated" }),

  chat: () => chat(false),

  "chat-deflate": () => chat(true),
};

function compressedEcho(perMessageDeflate: NonNullable<WebSocketHandler["perMessageDeflate"]>): ServeOptions {
  return {
    ...address,
    fetch: upgradeOrRefuse,
    websocket: {
      perMessageDeflate,
      message: (socket, message) => {
        socket.send(message, true);
      },
    },
  };
}

function chat(compress: boolean): ServeOptions {
  return {
    ...address,
    fetch: upgradeOrRefuse,
    websocket: {
      perMessageDeflate: compress,
      publishToSelf: true,
      open: (socket) => {
        socket.subscribe("room");
      },
      message: (socket, message) => {
        socket.publish("room", message, compress);
      },
    },
  };
}

/** Runs the app named on the command line on `serve`. */
export function run(serve: Serve): void {
  const app = requestedApp(Object.keys(apps) as App[]);
  const server = serve(apps[app]());
  if (server.port === undefined) throw new Error("the server has no port");
  announce(server.port);
}
