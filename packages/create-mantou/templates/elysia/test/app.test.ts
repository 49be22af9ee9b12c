import assert from "node:assert/strict";
import { after, test } from "node:test";
import { serve } from "bun";
import { app } from "../src/app.ts";

const server = serve({ port: 0, fetch: app.fetch });
after(() => server.stop(true));

const double = (body: unknown) =>
  fetch(new URL("/double", server.url), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

test("greets by name", async () => {
  const response = await fetch(new URL("/hello/Ada", server.url));
  assert.deepEqual(await response.json(), { hello: "Ada" });
});

test("checks what it is sent", async () => {
  assert.deepEqual(await (await double({ number: 21 })).json(), { double: 42 });
  assert.equal((await double({ number: "many" })).status, 422);
});
