import { announce, requestedApp } from "./announce.ts";

/**
 * The apps as a user of `Bun.serve` writes them. Bun and Mantou run this same code, so the difference between them is
 * the runtime's alone.
 */

interface Socket {
  send(message: string | Uint8Array): number;
  subscribe(topic: string): void;
  publish(topic: string, message: string | Uint8Array): number;
}

interface Server {
  readonly port?: number | undefined;
  upgrade(request: Request): boolean;
}

interface Options {
  readonly port: number;
  readonly hostname: string;
  readonly routes?: Record<string, Response | ((request: Request & { params: { id: string } }) => Response)>;
  readonly fetch?: (request: Request, server: Server) => Response | undefined;
  readonly websocket?: {
    readonly publishToSelf?: boolean;
    readonly open?: (socket: Socket) => void;
    readonly message: (socket: Socket, message: string | Uint8Array) => void;
  };
}

/** The part of `Bun.serve` that the apps use. */
export type Serve = (options: Options) => Server;

const address = { port: 0, hostname: "127.0.0.1" };

const upgradeOrRefuse = (request: Request, server: Server): Response | undefined => {
  if (server.upgrade(request)) return undefined;
  return new Response("expected a WebSocket", { status: 426 });
};

const apps = {
  hello: (): Options => ({ ...address, fetch: () => new Response("Bun!") }),

  static: (): Options => ({
    ...address,
    routes: { "/": new Response("Bun!") },
    fetch: () => new Response("not found", { status: 404 }),
  }),

  routed: (): Options => ({
    ...address,
    routes: { "/users/:id": (request) => new Response(`user ${request.params.id}`) },
    fetch: () => new Response("not found", { status: 404 }),
  }),

  echo: (): Options => ({
    ...address,
    fetch: upgradeOrRefuse,
    websocket: {
      message: (socket, message) => {
        socket.send(message);
      },
    },
  }),

  chat: (): Options => ({
    ...address,
    fetch: upgradeOrRefuse,
    websocket: {
      publishToSelf: true,
      open: (socket) => socket.subscribe("room"),
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
