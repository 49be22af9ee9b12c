import assert from "node:assert/strict";
import { serve } from "@mantou/serve";

const kitchen = serve({ port: 0, fetch: async (request) => new Response(`${request.method} ${await request.text()}`) });
const front = serve({ port: 0, fetch: (request) => fetch(new Request(kitchen.url, request)) });

const response = await fetch(front.url, { method: "POST", body: "buns" });
assert.equal(await response.text(), "POST buns");
await front.stop();
await kitchen.stop();

export const finished = true;
