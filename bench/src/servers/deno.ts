import { announce, requestedApp } from "./announce.ts";
import { cert, key } from "./certificate.ts";
import { type HandlerApp, handlers } from "./handlers.ts";

/** `Deno.serve`, run by Deno itself, whose types this workspace does not install. */
interface Deno {
  serve(
    options: {
      readonly hostname: string;
      readonly port: number;
      readonly onListen: (address: { readonly port: number }) => void;
      readonly cert?: string;
      readonly key?: string;
    },
    handler: (request: Request) => Response | Promise<Response>,
  ): unknown;
  upgradeWebSocket(request: Request): { readonly socket: Socket; readonly response: Response };
}
interface Socket {
  readonly readyState: number;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((event: { readonly data: string | ArrayBuffer }) => void) | null;
  send(data: string | ArrayBuffer): void;
}

const { Deno } = globalThis as unknown as { readonly Deno?: Deno };
if (Deno === undefined) throw new Error("this server runs on Deno only");
const runtime = Deno;

/** A loop over the clients: Deno has no topics. */
const room = new Set<Socket>();
const open = 1;

function echo(request: Request): Response {
  const { socket, response } = runtime.upgradeWebSocket(request);
  socket.onmessage = ({ data }) => socket.send(data);
  return response;
}

function chat(request: Request): Response {
  const { socket, response } = runtime.upgradeWebSocket(request);
  socket.onopen = () => room.add(socket);
  socket.onclose = () => room.delete(socket);
  socket.onmessage = ({ data }) => {
    for (const client of room) if (client.readyState === open) client.send(data);
  };
  return response;
}

const apps = { ...handlers, "hello-tls": handlers.hello, echo, chat };
const app = requestedApp(Object.keys(apps) as (HandlerApp | "hello-tls" | "echo" | "chat")[]);
runtime.serve(
  {
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => announce(port),
    ...(app === "hello-tls" ? { cert, key } : {}),
  },
  apps[app],
);
