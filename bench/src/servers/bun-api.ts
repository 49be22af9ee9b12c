import type { ServeOptions, WebSocketHandler } from "@mantou/serve";
import type { App } from "../scenario.ts";
import { announce, requestedApp } from "./announce.ts";
import { cert, key } from "./certificate.ts";
import { benchFile, fileSizes } from "./files.ts";
import { apiRoutes, handlers } from "./handlers.ts";
import { topicsOf } from "./topics.ts";

/**
 * The apps as a user of `Bun.serve` writes them. Bun and Mantou run this same code, so the difference between them is
 * the runtime's alone.
 */

/** `Bun.serve` and `Bun.file`, or ours. */
export interface BunApi {
  readonly serve: <Data>(options: ServeOptions<Data>) => { readonly port?: number | undefined };
  readonly file: (path: string) => Blob;
}

type WebSocketServeOptions = Extract<ServeOptions, { readonly websocket: unknown }>;

const address = { port: 0, hostname: "127.0.0.1" };

const notFound = (): Response => new Response("not found", { status: 404 });

const upgradeOrRefuse: NonNullable<WebSocketServeOptions["fetch"]> = (request, server) => {
  if (server.upgrade(request)) return undefined;
  return new Response("expected a WebSocket", { status: 426 });
};

const apps: Record<Exclude<App, "topics">, (bun: BunApi) => ServeOptions> = {
  hello: () => ({ ...address, fetch: handlers.hello }),

  "hello-tls": () => ({ ...address, tls: { cert, key }, fetch: handlers.hello }),

  static: () => ({ ...address, routes: { "/": new Response("Bun!") }, fetch: notFound }),

  routed: () => ({
    ...address,
    routes: { "/users/:id": (request) => new Response(`user ${request.params["id"]}`) },
    fetch: notFound,
  }),

  "routed-500": () => {
    const handler = (request: { readonly params: object }): Response => {
      return new Response(`item ${(request.params as { readonly id: string }).id}`);
    };
    const routes = Object.fromEntries(apiRoutes.map((route) => [route, handler]));
    return { ...address, routes, fetch: notFound };
  },

  json: () => ({ ...address, fetch: handlers.json }),

  "body-64k": () => ({ ...address, fetch: handlers["body-64k"] }),

  upload: () => ({ ...address, fetch: handlers.upload }),

  stream: () => ({ ...address, fetch: handlers.stream }),

  file: ({ file }) => {
    const routes = Object.fromEntries(
      Object.entries(fileSizes).map(([path, bytes]) => {
        const name = benchFile(bytes);
        return [path, (): Response => new Response(file(name))];
      }),
    );
    return { ...address, routes, fetch: notFound };
  },

  echo: () => echo(),

  "echo-tls": () => ({ ...echo(), tls: { cert, key } }),

  "echo-deflate": () => compressedEcho(true),

  "echo-dedicated": () => compressedEcho({ compress: "dedicated", decompress: "dedicated" }),

  chat: () => chat(false),

  "chat-deflate": () => chat(true),
};

function echo(): WebSocketServeOptions {
  return {
    ...address,
    fetch: upgradeOrRefuse,
    websocket: {
      message: (socket, message) => {
        socket.send(message);
      },
    },
  };
}

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

/** A client publishes to the first of its topics. */
function topics(): ServeOptions<string[]> {
  let clients = 0;
  return {
    ...address,
    fetch: (request, server) => {
      const data = topicsOf(clients++);
      return server.upgrade(request, { data })
        ? undefined
        : new Response("expected a WebSocket", { status: 426 });
    },
    websocket: {
      publishToSelf: true,
      open: (socket) => {
        for (const topic of socket.data) socket.subscribe(topic);
      },
      message: (socket, message) => {
        socket.publish(socket.data[0]!, message);
      },
    },
  };
}

/** Runs the app named on the command line. */
export function run(bun: BunApi): void {
  const app = requestedApp([...(Object.keys(apps) as (keyof typeof apps)[]), "topics"]);
  const server = app === "topics" ? bun.serve(topics()) : bun.serve(apps[app](bun));
  if (server.port === undefined) throw new Error("the server has no port");
  announce(server.port);
}
