import assert from "node:assert/strict";
import test from "node:test";
import { serve, type ServeOptions } from "@mantou/serve";
import { testClient } from "@mantou/serve/testing";

const app: ServeOptions = {
  routes: { "/hello/:name": (request) => new Response(`Hello, ${request.params["name"]}`) },
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("?", { status: 404 })),
  websocket: { message: (ws, message) => void ws.send(`You said ${message}`) },
};
if (process.env["SERVE"] === "1") serve(app); // the program

await test("greets, and answers", async () => {
  const client = testClient(app);
  const response = await client.fetch("/hello/Ada");
  assert.equal(await response.text(), "Hello, Ada");
  const socket = client.websocket("/");
  socket.onopen = () => socket.send("hi");
  const { data } = await new Promise<MessageEvent>((resolve) => (socket.onmessage = resolve as never));
  assert.equal(data, "You said hi");
  await client.stop();
});

export const finished = true;
