import assert from "node:assert/strict";
import { Response, serve } from "@mantou/serve";

const server = serve({
  port: 0,
  compress: true, // or { encodings: ["br", "gzip"], threshold: 1024, types: ["text/*"], level: { br: 5 } }
  routes: {
    "/": new Response("Buns for everybody. ".repeat(500)), // compressed once
    "/events": () =>
      new Response(
        async function* () {
          yield "data: steaming\n\n"; // leaves at once
        },
        { headers: { "Content-Type": "text/event-stream" } },
      ),
  },
});

const response = await fetch(server.url, { headers: { "Accept-Encoding": "gzip" } });
assert.equal(response.headers.get("content-encoding"), "gzip");
assert.equal(response.headers.get("vary"), "Accept-Encoding");
assert.equal((await response.text()).length, 10_000);
assert.equal(await (await fetch(new URL("/events", server.url))).text(), "data: steaming\n\n");
await server.stop();

export const finished = true;
