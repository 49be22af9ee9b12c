import { captureErrors } from "@mantou/testing/errors";
import { freePort } from "@mantou/testing/free-port";
import { connect, connectSecurely, type RawClient, request, type Target } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { cert, key } from "@mantou/testing/tls";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it, vi } from "vitest";
import { turnEnd } from "../../src/socket/turn-end.ts";
import { runChild } from "../support/child.ts";

const errors = captureErrors();

describe("the end of a turn", () => {
  it("comes once for each task, and for all of them: an error is reported", async () => {
    const ran: string[] = [];
    const error = new Error("no end");
    turnEnd.run(() => {
      ran.push("a");
      turnEnd.run(() => void ran.push("behind"));
      throw error;
    });
    turnEnd.run(() => void ran.push("b"));
    await turns();
    expect(ran).toEqual(["a", "b", "behind"]);
    expect(errors.take()).toBe(error);
  });
});

describe("the end of a turn, where the log throws", () => {
  it("comes for the others, and in the next turn", async () => {
    const ran: string[] = [];
    const log = vi.spyOn(console, "error").mockImplementation(() => {
      throw new Error("no log");
    });
    turnEnd.run(() => {
      throw new Error("no end");
    });
    turnEnd.run(() => void ran.push("a"));
    await turns();
    log.mockRestore();
    turnEnd.run(() => void ran.push("b"));
    await turns();
    expect(ran).toEqual(["a", "b"]);
  });
});

const CLIENTS = 4;
const MANY = 60;
const LONG = 70_000;

/** Connects to a server whose process may not listen yet. */
async function reach(open: (target: Target) => RawClient, port: number): Promise<RawClient> {
  let client: RawClient | undefined;
  await until(async () => {
    client = open({ port });
    const { socket } = client;
    await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
    return !socket.destroyed;
  }, "a server that listens");
  return client!;
}

/** Options of a server that responds to all clients in one turn, within which its process ends. */
const lastTurn = `
  let open, count = 0;
  const all = new Promise((resolve) => (open = resolve));
  const end = () => {
    setImmediate(() => process.exit(7));
    open();
  };
  const options = {
    hostname: "127.0.0.1",
    async fetch(request, server) {
      if (server.upgrade(request)) return;
      if (++count === ${CLIENTS}) end();
      await all;
      return new Response("last");
    },
    websocket: {
      open: (ws) => ws.subscribe("all"),
      async message(ws) {
        if (++count === ${CLIENTS}) {
          end();
          server.publish("all", "published");
        }
        await all;
        ws.send("sent");
      },
    },
  };`;

describe("a process that ends within a turn", () => {
  it.each([
    ["", connect, {}],
    [" by net.Socket", connect, { MANTOU_TRANSPORT: "stream" }],
    [" by TLS", connectSecurely, {}],
  ])("has written its responses%s", async (_, open, env) => {
    const port = await freePort();
    const more = open === connect ? {} : { tls: { cert, key } };
    const child = runChild(
      `${lastTurn} serve({ ...options, port: ${port}, ...${JSON.stringify(more)} });`,
      env,
    );
    const clients = [await reach(open, port)];
    while (clients.length < CLIENTS) clients.push(open({ port }));
    for (const client of clients) client.write(request("GET /"));
    for (const client of clients) expect((await client.response()).text).toBe("last");
    expect((await child).code).toBe(7);
  });

  it("has written what its WebSockets were sent", async () => {
    const port = await freePort();
    const child = runChild(`${lastTurn} const server = serve({ ...options, port: ${port} });`);
    const webSockets = [await RawWebSocket.open(await reach(connect, port))];
    while (webSockets.length < CLIENTS) webSockets.push(await RawWebSocket.open({ port }));
    for (const webSocket of webSockets) webSocket.text("hello");
    for (const webSocket of webSockets) expect(await webSocket.texts(2)).toEqual(["published", "sent"]);
    expect((await child).code).toBe(7);
  });

  it("at its end, by a handler that is called there, has written all the same what waits behind", async () => {
    const port = await freePort();
    const child = runChild(`
      import { writeSync } from "node:fs";
      let slow;
      const waiting = [];
      /** Some requests get their responses in each turn, until the process ends in one of these. */
      const respond = () => {
        for (const resolve of waiting.splice(0, 3)) resolve();
        setImmediate(respond);
      };
      serve({
        hostname: "127.0.0.1",
        port: ${port},
        topics: { all: { history: { size: 1, seconds: 60 } } },
        async fetch(request, server) {
          const { pathname } = new URL(request.url);
          if (server.upgrade(request, { data: pathname })) return;
          await new Promise((resolve) => {
            if (waiting.push(resolve) < ${MANY}) return;
            slow.send(new Uint8Array(24_000_000));
            void server.topics.publish("all", "published").then(respond);
          });
          writeSync(1, ".");
          return new Response("responded");
        },
        websocket: {
          backpressureLimit: 1,
          closeOnBackpressureLimit: true,
          open(ws) {
            if (ws.data === "/slow") slow = ws;
            ws.subscribe("all");
          },
          // The delivery at the end of a turn closes the one that is too slow.
          close: (ws) => ws === slow && process.exit(7),
          message() {},
        },
      });`);
    const slow = await RawWebSocket.open(await reach(connect, port), { path: "/slow" });
    const others = [await RawWebSocket.open({ port }), await RawWebSocket.open({ port })];
    slow.client.socket.pause();
    const clients = Array.from({ length: MANY }, () => connect({ port }).write(request("GET /")));
    const { code, stdout } = await child;
    expect(code).toBe(7);
    for (const other of others) expect(await other.texts(1)).toEqual(["published"]);
    await until(() => clients.every((client) => client.ended || client.closed), "the end");
    const responded = clients.filter((client) => client.received.includes("responded"));
    expect(stdout.length).toBeGreaterThan(0);
    expect(responded).toHaveLength(stdout.length);
  });

  it("by a handler that a delivery before its end calls, has delivered to the others", async () => {
    const port = await freePort();
    const child = runChild(`
      let slow;
      const server = serve({
        hostname: "127.0.0.1",
        port: ${port},
        fetch: (request, server) => void server.upgrade(request, { data: new URL(request.url).pathname }),
        websocket: {
          backpressureLimit: 1,
          closeOnBackpressureLimit: true,
          open(ws) {
            if (ws.data === "/slow") slow = ws;
            ws.subscribe("all");
          },
          close: (ws) => ws === slow && process.exit(7),
          message() {
            slow.send(new Uint8Array(24_000_000));
            // So many bytes do not wait for the end of the turn.
            server.publish("all", "x".repeat(${LONG}));
          },
        },
      });`);
    const slow = await RawWebSocket.open(await reach(connect, port), { path: "/slow" });
    const others = [await RawWebSocket.open({ port }), await RawWebSocket.open({ port })];
    slow.client.socket.pause();
    others[0]!.text("go");
    expect((await child).code).toBe(7);
    for (const other of others) expect(await other.texts(1)).toEqual(["x".repeat(LONG)]);
  });
});
