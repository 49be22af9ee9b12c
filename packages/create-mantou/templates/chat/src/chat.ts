import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Server, serve } from "bun";

/** What is kept of a connection: its `ws.data`. */
interface Visitor {
  readonly name: string;
  readonly topic: string;
}

const MAX_TEXT = 2000;

const folderOf = (url: string): string => dirname(fileURLToPath(url));

/** Starts the chat. Without a port, that is the one in `PORT`, or 3000. */
export function start(port?: number): Server<Visitor> {
  const running = serve({
    ...(port === undefined ? {} : { port }),
    // A room keeps its last messages: a page that was away gets what it has missed. With presence, pages see who is here.
    topics: { "room/*": { history: { size: 200, seconds: 600 }, presence: true } },
    routes: {
      "/rooms/:room": (request, server) => {
        if (!isSameOrigin(request))
          return new Response("Pages of other sites may not connect.\n", { status: 403 });
        const name = (new URL(request.url).searchParams.get("name") ?? "").trim().slice(0, 40) || "guest";
        if (server.upgrade(request, { data: { name, topic: `room/${request.params.room}` } })) return;
        return new Response("A WebSocket is wanted.\n", { status: 426, headers: { Upgrade: "websocket" } });
      },
      "/topics/*": { dir: folderOf(import.meta.resolve("@mantou/topics")) },
      "/*": { dir: join(folderOf(import.meta.url), "../public") },
    },
    websocket: {
      data: {} as Visitor,
      maxPayloadLength: 4 * MAX_TEXT,
      open(ws) {
        ws.subscribe(ws.data.topic, { presence: { name: ws.data.name } });
      },
      message(ws, message) {
        const text = String(message).trim().slice(0, MAX_TEXT);
        // The server publishes, so that the sender gets its own message in the order of all others.
        if (text !== "")
          running.publish(ws.data.topic, JSON.stringify({ name: ws.data.name, text, at: Date.now() }));
      },
    },
  });
  return running;
}

/** Browsers let any site open a WebSocket to any other; they say where the page came from. */
function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get("origin");
  return origin === null || (URL.canParse(origin) && new URL(origin).host === request.headers.get("host"));
}
