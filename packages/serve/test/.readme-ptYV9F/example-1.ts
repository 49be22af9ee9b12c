// server.mjs, or server.js in a package of "type": "module"
import assert from "node:assert/strict";
import { serve } from "@mantou/serve";

const server = serve({
  port: 0, // any free one; the default is 3000
  fetch(request) {
    return new Response(`Hello from ${new URL(request.url).pathname}`);
  },
});

const response = await fetch(new URL("/here", server.url));
assert.equal(await response.text(), "Hello from /here");
await server.stop();

export const finished = true;
