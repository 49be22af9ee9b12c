import { captureErrors } from "@mantou/testing/errors";
import { connectSecurely } from "@mantou/testing/raw-client";
import { clientFrame, OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { cert, key } from "@mantou/testing/tls";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it, vi } from "vitest";
import type { ServerWebSocket } from "../../src/api/websocket.ts";
import { startInternal } from "../support/servers.ts";
import { type Pair, pair, startWebSockets } from "../support/websocket-pair.ts";
import { spyWrites } from "../support/write-spy.ts";
import { openWs } from "../support/ws-client.ts";

captureErrors();

/** More than 64 KiB on both sides of the compressor, so that it goes through the thread pool. */
const big = Buffer.from(Array.from({ length: 150_000 }, (_, i) => ((i * i * 7919) >> 9) & 255)).toString(
  "base64",
);

describe("a Blob", () => {
  it.each([0, 1, 100_000])("of %i bytes comes before what is sent and published behind it", async (size) => {
    const { ws, client, server } = await pair();
    ws.subscribe("news");
    ws.send(new Blob([Buffer.alloc(size, 1)]));
    server.publish("news", "published");
    await turns(1);
    ws.send("sent");
    const [blob, published, sent] = await client.frames(3);
    expect(blob).toEqual({ opcode: OPCODE.binary, payload: Buffer.alloc(size, 1) });
    expect([String(published!.payload), String(sent!.payload)]).toEqual(["published", "sent"]);
  });
});

describe("messages that wait for the thread pool", () => {
  it("are backpressure when others wait ahead of them, and `drain` comes when all are written", async () => {
    const events: string[] = [];
    const { server } = startWebSockets({
      perMessageDeflate: true,
      message(ws) {
        events.push(`${ws.send(big, true)} ${ws.send("small", true)} ${ws.send(big, true)}`);
      },
      drain: (ws) => void events.push(`drain at ${ws.getBufferedAmount()}`),
    });
    const client = await openWs(server, "/", { perMessageDeflate: true });
    client.socket.send("go");
    expect(await client.take(3)).toEqual([big, "small", big]);
    await until(() => events.length > 1, "drain");
    expect(events).toEqual([`${big.length} -1 -1`, "drain at 0"]);
  });

  it("are refused beyond the limit, and `drain` says when more can be sent", async () => {
    let sent = 0;
    let refused = 0;
    const { server } = startWebSockets({
      perMessageDeflate: true,
      backpressureLimit: 2.5 * big.length,
      open(ws) {
        for (let result = 1; result !== 0; ) {
          result = ws.send(big, true);
          if (result === 0) refused++;
          else sent++;
        }
      },
      drain: (ws) => void ws.send("drained"),
    });
    const client = await openWs(server, "/", { perMessageDeflate: true });
    expect(await client.take(4)).toEqual([big, big, big, "drained"]);
    expect([sent, refused]).toEqual([3, 1]);
  });

  it("and are lost with their client, are not told of by `drain`", async () => {
    let drained = 0;
    const { server } = startWebSockets({
      perMessageDeflate: true,
      open: (ws) => void (ws.send(big, true) && ws.send(big, true)),
      drain: () => void drained++,
    });
    const client = await openWs(server, "/", { perMessageDeflate: true });
    client.socket.terminate();
    await until(() => server.webSockets.size === 0, "gone");
    await turns(5);
    expect(drained).toBe(0);
  });
});

/** Sends until the operating system takes no more for a client that has stopped reading. */
async function stick({ ws, client }: Pair): Promise<number> {
  client.client.socket.pause();
  let sent = 1;
  for (; ws.send(Buffer.alloc(60_000)) > 0; sent++) {
    expect(sent).toBeLessThan(1000);
    await turns(1);
  }
  return sent;
}

describe("a client that takes everything", () => {
  it.each([
    1,
    1000,
    32 * 1024,
  ])("gets all of a turn, with a backpressureLimit of %i", async (backpressureLimit) => {
    const results = new Set<number>();
    const amounts = new Set<number>();
    let drained = 0;
    for (const closeOnBackpressureLimit of [false, true]) {
      const send = (ws: ServerWebSocket): void => {
        for (let n = 0; n < 200; n++) {
          results.add(ws.send("a".repeat(20)));
          amounts.add(ws.getBufferedAmount());
        }
      };
      const { client } = await pair({
        backpressureLimit,
        closeOnBackpressureLimit,
        open: send,
        message: send,
        drain: () => void drained++,
      });
      expect((await client.texts(200)).length).toBe(200);
      client.client.write(clientFrame(OPCODE.text, "go"));
      expect((await client.texts(200)).length).toBe(200);
    }
    expect([[...results], [...amounts], drained]).toEqual([[20], [0], 0]);
  });

  it("gets all that is published in a turn, with a small backpressureLimit", async () => {
    const { server, client, ws } = await pair({ backpressureLimit: 100, closeOnBackpressureLimit: true });
    ws.subscribe("news");
    const results = new Set<number>();
    for (let n = 0; n < 1000; n++) results.add(server.publish("news", "a".repeat(100)));
    expect([...results]).toEqual([100]);
    expect((await client.texts(1000)).length).toBe(1000);
  });

  it("gets all of a turn also by TLS, which passes nothing on before the next", async () => {
    let socket: ServerWebSocket | null = null;
    const server = startInternal({
      tls: { cert, key },
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response()),
      websocket: {
        backpressureLimit: 1000,
        closeOnBackpressureLimit: true,
        open(ws) {
          socket = ws;
        },
        message(ws) {
          for (let n = 0; n < 1000; n++) expect(ws.send("a".repeat(100))).toBe(100);
          expect(ws.getBufferedAmount()).toBe(0);
        },
      },
    });
    const client = await RawWebSocket.open(connectSecurely(server));
    client.client.write(clientFrame(OPCODE.text, "go"));
    expect((await client.texts(1000)).length).toBe(1000);
    expect(socket!.readyState).toBe(1);
  });
});

describe("publish", () => {
  it("returns -1 while it has to wait for a subscriber, and 0 if it is dropped for one", async () => {
    const { server, connect } = startWebSockets({ backpressureLimit: 1024 * 1024 });
    const [stuck, free, other] = [await connect(), await connect(), await connect()];
    for (const { ws } of [stuck, free]) ws.subscribe("news");
    other.ws.subscribe("other");
    expect([server.publish("news", "five5"), server.publish("nobody", "five5")]).toEqual([5, 0]);
    const sent = await stick(stuck);
    expect(server.publish("news", "first")).toBe(-1);
    await turns();
    expect(server.publish("news", "again")).toBe(-1);
    expect([free.ws.publish("news", "from1"), other.ws.publish("news", "from2")]).toEqual([-1, -1]);
    expect(stuck.ws.publish("news", "self?"), "all others are free").toBe(5);
    expect(server.publish("other", "fine!")).toBe(5);
    while (stuck.ws.send(Buffer.alloc(60_000)) !== 0);
    expect([server.publish("news", "lost1"), free.ws.publish("news", "lost2")]).toEqual([0, 0]);
    expect(stuck.ws.publish("news", "self2")).toBe(5);
    expect(await free.client.texts(7)).toEqual([
      "five5",
      "first",
      "again",
      "from2",
      "self?",
      "lost1",
      "self2",
    ]);
    stuck.ws.unsubscribe("news");
    expect(server.publish("news", "fine!")).toBe(5);
    stuck.ws.subscribe("news");
    expect(server.publish("news", "lost3")).toBe(0);
    stuck.client.client.socket.resume();
    await stuck.client.frames(sent);
    await until(() => stuck.ws.getBufferedAmount() === 0, "everything written");
    await turns();
    expect(server.publish("news", "fine!")).toBe(5);
  });

  it("knows a client that gets stuck by what is published", async () => {
    const { server, client, ws } = await pair();
    ws.subscribe("news");
    client.client.socket.pause();
    let published = 0;
    // Also in a loop that never lets the turn end.
    while (server.publish("news", "x".repeat(50_000)) > 0) expect(++published).toBeLessThan(1000);
    expect(server.publish("news", "x")).toBe(-1);
    client.client.abort();
    await until(() => ws.readyState === 3, "gone");
    expect(server.publish("news", "x")).toBe(0);
  });
});

describe("what publish returns in one turn", () => {
  it.each([
    { size: 1_000, limit: 1_000 },
    { size: 20_000, limit: 1_000 },
    { size: 20_000, limit: 100_000 },
    { size: 200_000, limit: 1_000 },
  ])("is true of each of many messages of $size bytes, with a limit of $limit", async ({ size, limit }) => {
    const { server, client, ws } = await pair({ backpressureLimit: limit });
    ws.subscribe("news");
    client.client.socket.pause();
    await turns();
    // More than the operating system takes for a client that does not read.
    const returned = Array.from({ length: Math.ceil(20_000_000 / size) }, (_, n) =>
      server.publish("news", String(n).padEnd(size)),
    );
    expect(returned[0]).toBe(size);
    expect(returned).toContain(0);
    const due = returned.flatMap((value, n) => (value === 0 ? [] : [n]));
    client.client.socket.resume();
    expect((await client.texts(due.length)).map(Number)).toEqual(due);
    await until(() => ws.getBufferedAmount() === 0, "everything written");
    ws.send("the end");
    expect(await client.texts(1)).toEqual(["the end"]);
  });
});

it("what is published does not wait for the end of the turn without end, though the messages have no bytes", async () => {
  const { server, client, ws } = await pair();
  ws.subscribe("news");
  const flush = vi.spyOn(server.publisher.broker, "flush");
  for (let i = 0; i < 20_000; i++) server.publish("news", "");
  expect(flush.mock.calls.length).toBe(3);
  expect((await client.texts(20_000)).every((text) => text === "")).toBe(true);
});

describe("what publish returns for a subscriber with a Blob that is not read yet", () => {
  it.each([
    { limit: 1_000, returned: 0, due: ["later"] },
    { limit: 1_000_000, returned: -1, due: ["now", "later"] },
  ])("is $returned with a limit of $limit", async ({ limit, returned, due }) => {
    let drained = 0;
    const { server, client, ws } = await pair({
      backpressureLimit: limit,
      drain() {
        drained++;
      },
    });
    ws.subscribe("news");
    expect(ws.send(new Blob([Buffer.alloc(100_000)]))).toBe(100_000);
    expect(server.publish("news", "now")).toBe(returned);
    expect((await client.frame()).payload.length).toBe(100_000);
    await until(() => ws.getBufferedAmount() === 0, "everything written");
    await turns();
    expect(server.publish("news", "later")).toBe(5);
    expect(await client.texts(due.length)).toEqual(due);
    expect(drained).toBe(1);
  });

  it("is 0 once it has closed", async () => {
    const { server, client, ws } = await pair();
    ws.subscribe("news");
    ws.send(new Blob([Buffer.alloc(100_000)]));
    client.client.abort();
    await until(() => ws.readyState === 3, "gone");
    expect(server.publish("news", "x")).toBe(0);
  });
});

describe("what waits for a client that has stopped reading", () => {
  it("is joined, and written a bounded amount at a time", async () => {
    const stuck = await pair();
    const { ws, client, server } = stuck;
    ws.subscribe("news");
    const first = await stick(stuck);
    // Together more than the pieces of which as much may wait.
    const count = 18_000;
    const results = new Set<number>();
    for (let n = 0; n < count; n++) {
      results.add(ws.send(n % 2 === 0 ? "" : "a"));
      if (n % 1000 === 0) await turns(1);
    }
    for (let n = 0; n < count; n++) results.add(server.publish("news", "p"));
    for (let n = 0; n < 50; n++) results.add(ws.send(Buffer.alloc(60_000)));
    expect([...results]).toEqual([-1]);
    await turns();
    const writes = spyWrites(server);
    client.client.socket.resume();
    const frames = await client.frames(first + 2 * count + 50);
    expect(frames.slice(first, first + 4).map(({ payload }) => String(payload))).toEqual(["", "a", "", "a"]);
    expect(String(frames.at(-51)!.payload)).toBe("p");
    expect(frames.at(-1)!.payload.length).toBe(60_000);
    expect(Math.max(...writes.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(1024 * 1024);
    expect(writes.length).toBeLessThan(40);
  });

  it("is not without end behind a Blob, though it has few bytes", async () => {
    const { ws, client } = await pair();
    ws.send(new Blob(["blob"]));
    let sent = 0;
    while (sent < 100_000 && ws.send("x") !== 0) sent++;
    // 512 of the default backpressureLimit for each.
    expect(sent).toBe(32_769);
    expect((await client.frames(1 + sent)).length).toBe(1 + sent);
    expect(ws.send("fine")).toBe(4);
  });
});
