import assert from "node:assert/strict";
import { after, test } from "node:test";
import { start } from "../src/api.ts";
import { type Note, Store } from "../src/store.ts";

const store = new Store(":memory:");
const server = start(store, 0);
after(async () => {
  await server.stop(true);
  store.close();
});

const ask = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);
const post = (body: string) => ask("/notes", { method: "POST", body });

test("a note is made, found, listed and removed", async () => {
  const made = await post('{"text":" Steam for twelve minutes "}');
  assert.equal(made.status, 201);
  const note = (await made.json()) as Note;
  assert.equal(note.text, "Steam for twelve minutes");
  assert.deepEqual(await (await ask(made.headers.get("location")!)).json(), note);
  assert.deepEqual(await (await ask("/notes")).json(), [note]);
  assert.equal((await ask(`/notes/${note.id}`, { method: "DELETE" })).status, 204);
  assert.equal((await ask(`/notes/${note.id}`)).status, 404);
});

test("what is no note is refused", async () => {
  for (const body of ["{", "{}", "[]", "null", '{"text":" "}', '{"text":1}'])
    assert.equal((await post(body)).status, 400, body);
});
