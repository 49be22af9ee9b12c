// One instance of the soak: a chat server with a backplane. It prints a line of JSON for each event, and its memory every two seconds.
//   node --expose-gc instance.mjs URL
import { fromUrl } from "@mantou/backplane";
import { serve } from "@mantou/serve";

const print = (line) => process.stdout.write(`${JSON.stringify({ t: Date.now(), ...line })}\n`);

const server = serve({
  port: 0,
  hostname: "127.0.0.1",
  backplane: fromUrl(process.argv[2], { prefix: "soak" }),
  fetch(request, self) {
    const topic = new URL(request.url).searchParams.get("topic");
    return self.upgrade(request, { data: { topic } }) ? undefined : new Response("", { status: 426 });
  },
  websocket: {
    idleTimeout: 0,
    open: (ws) => void ws.subscribe(ws.data.topic),
    message: (ws, text) => void ws.publish(ws.data.topic, text),
  },
});

server.topics.on("up", () => print({ event: "up" }));
server.topics.on("down", ({ error }) => print({ event: "down", text: error.message }));
server.topics.on("gap", ({ topic, count }) => print({ event: "gap", topic, count }));
server.topics.on("dropped", ({ reason, messages }) => print({ event: "dropped", reason, messages }));
setInterval(() => {
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  const { duplicates, missed, queueBytes, refusedFrames } = server.topics.metrics;
  print({ event: "memory", heapUsed, rss, duplicates, missed, queueBytes, refusedFrames });
}, 2000).unref();
print({ event: "listening", url: String(server.url) });

// It ends with the soak, in whichever way that ends.
process.stdin.resume().on("end", () => process.exit());
