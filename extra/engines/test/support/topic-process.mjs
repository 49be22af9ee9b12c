// A server with a history topic and a plain one as a process of its own: `topic-process.mjs URL`, with the URL of its engine and a port in PORT. It prints its port
// when it has reached the engine. SIGTERM stops it as a deployment does.
import { fromUrl } from "@mantou/backplane";
import { serve } from "@mantou/serve";

const TOPIC = "room/1";

const server = serve({
  port: Number(process.env.PORT ?? 0),
  hostname: "127.0.0.1",
  backplane: fromUrl(process.argv[2]),
  topics: { "room/*": { history: { size: 10_000, seconds: 600 } } },
  async fetch(request, self) {
    if (self.upgrade(request)) return undefined;
    if (request.method !== "POST") return new Response("", { status: 426 });
    if (new URL(request.url).pathname === "/plain")
      return new Response(String(self.publish("plain", await request.text())));
    // The engine has the message when this is answered.
    return new Response(await self.topics.publish(TOPIC, await request.text()));
  },
  websocket: {
    idleTimeout: 0,
    open: (ws) => {
      ws.subscribe("plain");
      ws.subscribe(TOPIC);
    },
    message: (ws, text) => void ws.publish(TOPIC, text),
  },
});

// Without a listener they would be logged.
for (const event of ["down", "gap", "dropped"]) server.topics.on(event, () => {});
let isAnnounced = false;
server.topics.on("up", () => {
  if (!isAnnounced) process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
  isAnnounced = true;
});

process.once("SIGTERM", () => {
  server.stop({ timeout: 5, spread: 0.5 }).then(() => process.exit(0));
});
// It ends with the test, in whichever way that ends. A worker has no standard input that would tell, so it asks whether the test is there.
const { MANTOU_WORKER, MANTOU_TEST_PID } = process.env;
if (MANTOU_WORKER === undefined) process.stdin.resume().on("end", () => process.exit(2));
else setInterval(askForTest, 1000).unref();

function askForTest() {
  try {
    process.kill(Number(MANTOU_TEST_PID), 0);
  } catch {
    process.kill(process.ppid, "SIGTERM");
  }
}
