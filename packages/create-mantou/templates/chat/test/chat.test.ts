import assert from "node:assert/strict";
import { after, test } from "node:test";
import { TopicSocket } from "@mantou/topics";
import { start } from "../src/chat.ts";

const server = start(0);
after(() => server.stop(true));

/** A page in a room, and what it is shown. */
function join(name: string): { socket: TopicSocket; next: () => Promise<{ name: string; text: string }> } {
  const socket = new TopicSocket(new URL(`/rooms/kitchen?name=${name}`, server.url), { last: 50 });
  after(() => socket.close());
  const shown: string[] = [];
  const waiting: ((data: string) => void)[] = [];
  socket.on("message", ({ data }) => {
    const resolve = waiting.shift();
    if (resolve === undefined) shown.push(String(data));
    else resolve(String(data));
  });
  const next = async () =>
    JSON.parse(shown.shift() ?? (await new Promise<string>((resolve) => waiting.push(resolve))));
  return { socket, next };
}

test("what one says reaches all in the room, and those who come later", async () => {
  const ann = join("Ann");
  const bo = join("Bo");
  const live = [ann, bo].map(
    ({ socket }) => new Promise<void>((resolve) => socket.on("live", () => resolve())),
  );
  await Promise.all(live);
  ann.socket.send("The buns are ready");
  for (const { next } of [ann, bo]) assert.equal((await next()).text, "The buns are ready");
  assert.equal((await join("Cy").next()).name, "Ann");
});

test("the page and its client are served", async () => {
  for (const path of ["/", "/page.js", "/topics/index.js"]) {
    assert.equal((await fetch(new URL(path, server.url))).status, 200, path);
  }
});

test("pages of other sites may not connect", async () => {
  const headers = { origin: "https://elsewhere.example" };
  assert.equal((await fetch(new URL("/rooms/kitchen", server.url), { headers })).status, 403);
});
