import assert from "node:assert/strict";
import { after, test } from "node:test";
import { serve } from "bun";
import { app } from "../src/app.ts";

const server = serve({ port: 0, fetch: app.fetch });
after(() => server.stop(true));

test("greets by name", async () => {
  const response = await fetch(new URL("/hello/Ada", server.url));
  assert.deepEqual(await response.json(), { hello: "Ada" });
});
