import { captureErrors } from "@mantou/testing/errors";
import { ask, connect } from "@mantou/testing/raw-client";
import { handshake, RawWebSocket } from "@mantou/testing/raw-websocket";
import { gate, until } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import { start } from "../support/servers.ts";

captureErrors();

it("a light request is upgraded like the platform's, with light headers", async () => {
  const server = start<{ path: string }>({
    fetch(request, server) {
      const headers = new Headers({ "X-Mode": "light" });
      headers.append("Set-Cookie", "a=1");
      const data = { path: new URL(request.url).pathname };
      return server.upgrade(request, { headers, data }) ? undefined : new Response("no", { status: 426 });
    },
    websocket: { message: (ws, message) => void ws.send(`${ws.data.path} ${message}`) },
  });
  expect((await ask(server, "GET /")).status).toBe(426);
  const client = await RawWebSocket.open(server, { path: "/lobby" });
  expect(client.response.headers).toMatchObject({ "x-mode": "light", "set-cookie": "a=1" });
  expect(await client.text("hi").texts(1)).toEqual(["/lobby hi"]);
});

it("what is not the received request cannot be upgraded", async () => {
  const results: boolean[] = [];
  const waiting = gate();
  const server = start({
    async fetch(request, server) {
      results.push(server.upgrade(new Request(request)));
      results.push(server.upgrade(new Request(server.url, { headers: request.headers })));
      await waiting.promise;
      results.push(server.upgrade(request), server.upgrade(request));
    },
    websocket: {},
  });
  const client = connect(server).write(handshake());
  await until(() => results.length === 2, "two refusals");
  waiting.open();
  expect((await client.response()).status).toBe(101);
  expect(results).toEqual([false, false, true, false]);
});
