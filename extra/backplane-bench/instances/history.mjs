// An instance of ours whose topics have a history: `history.mjs [URL]`, whose URL is that of the engine. Without one the history is in memory.
import { fromUrl } from "@mantou/backplane";
import { serve } from "@mantou/serve";
import { announce } from "./announce.mjs";

const url = process.argv[2];

const server = serve({
  port: 0,
  hostname: "127.0.0.1",
  ...(url === undefined ? {} : { backplane: fromUrl(url) }),
  topics: { "r*": { history: { size: 200, seconds: 300 } } },
  fetch(request, self) {
    const topic = new URL(request.url).searchParams.get("topic");
    return self.upgrade(request, { data: { topic } }) ? undefined : new Response("", { status: 426 });
  },
  websocket: {
    open: (ws) => void ws.subscribe(ws.data.topic),
    message: (ws, text) => void ws.publish(ws.data.topic, text),
  },
});
announce(server.port);
