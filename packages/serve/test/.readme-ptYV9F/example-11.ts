import assert from "node:assert/strict";
import { serve } from "@mantou/serve";

const server = serve({
  port: 0,
  fetch() {
    throw new Error("The oven is cold");
  },
  error: (error) => new Response(error.message, { status: 503 }),
});

const response = await fetch(server.url);
assert.deepEqual([response.status, await response.text()], [503, "The oven is cold"]);
await server.stop();

export const finished = true;
