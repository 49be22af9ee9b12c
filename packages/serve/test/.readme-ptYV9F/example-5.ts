import assert from "node:assert/strict";
import { Response, serve } from "@mantou/serve";

const server = serve({
  port: 0,
  routes: {
    "/count": () =>
      new Response(async function* () {
        for (let i = 1; i <= 3; i++) yield `${i} `;
      }),
    "/shout": (request) => {
      const upper = new TransformStream<string, string>({
        transform: (text, controller) => controller.enqueue(text.toUpperCase()),
      });
      return new Response(
        request.body?.pipeThrough(new TextDecoderStream()).pipeThrough(upper).pipeThrough(new TextEncoderStream()),
      );
    },
  },
});

assert.equal(await (await fetch(new URL("/count", server.url))).text(), "1 2 3 ");
const shouted = await fetch(new URL("/shout", server.url), { method: "POST", body: "steam" });
assert.equal(await shouted.text(), "STEAM");
await server.stop();

export const finished = true;
