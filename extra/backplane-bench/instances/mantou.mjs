// An instance of ours: `mantou.mjs URL`, whose URL is that of the engine.
import { fromUrl } from "@mantou/backplane";
import { serve } from "@mantou/serve";
import { announce } from "./announce.mjs";

const server = serve({
  port: 0,
  hostname: "127.0.0.1",
  backplane: fromUrl(process.argv[2]),
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
