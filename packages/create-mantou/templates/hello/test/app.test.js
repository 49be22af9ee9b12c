import assert from "node:assert/strict";
import { after, test } from "node:test";
import { serve } from "@mantou/serve";
import { app } from "../app.js";

const server = serve({ ...app, port: 0 });
after(() => server.stop(true));

const get = (path, init) => fetch(new URL(path, server.url), init);

test("greets by name", async () => {
  assert.equal(await (await get("/hello/Ada")).text(), "Hello Ada!\n");
});

test("echoes JSON, and refuses what is none", async () => {
  const echoed = await get("/api/echo", { method: "POST", body: '{"a":1}' });
  assert.deepEqual(await echoed.json(), { received: { a: 1 } });
  const refused = await get("/api/echo", { method: "POST", body: "{" });
  assert.equal(refused.status, 400);
});

test("serves files of public/, and nothing outside", async () => {
  assert.equal((await get("/public/notes.txt")).status, 200);
  assert.equal((await get("/public/..%2Fpackage.json")).status, 404);
});
