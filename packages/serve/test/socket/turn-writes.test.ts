import { Buffer } from "node:buffer";
import net from "node:net";
import { captureErrors } from "@mantou/testing/errors";
import { freePort } from "@mantou/testing/free-port";
import { connect, type RawClient, request } from "@mantou/testing/raw-client";
import { clientFrame, handshake, OPCODE } from "@mantou/testing/raw-websocket";
import { gate, turns, until } from "@mantou/testing/wait";
import { afterEach, describe, expect, it } from "vitest";
import { SocketTransport } from "../../src/socket/socket-transport.ts";
import { TurnWrites } from "../../src/socket/turn-writes.ts";
import { COPIED_BYTES, WriteQueue } from "../../src/socket/write-queue.ts";
import { runChild } from "../support/child.ts";
import { start } from "../support/servers.ts";
import { spyWrites } from "../support/write-spy.ts";

captureErrors();

let listening: net.Server | null = null;
afterEach(() => listening?.close());

/** Write queues on real connections, and the writes that they make. */
async function open(count: number): Promise<{ queues: readonly WriteQueue[]; writes: { bytes: string }[] }> {
  const queues: WriteQueue[] = [];
  const handler = { onBytes() {}, onEnd() {}, onClose() {} };
  const server = net.createServer((socket) => {
    queues.push(new WriteQueue(new SocketTransport(socket, () => handler)));
  });
  listening = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  for (let i = 0; i < count; i++) connect({ port });
  await until(() => queues.length === count, "all connections");
  return { queues, writes: spyWrites({ port }) };
}

/** Reads each and sends a text on it, and gives the number of writes after each. */
function respond(
  turnWrites: TurnWrites,
  queues: readonly WriteQueue[],
  writes: readonly unknown[],
): number[] {
  return queues.map((queue, at) => {
    turnWrites.beforeRead();
    queue.text(`${at}`);
    turnWrites.write(queue);
    return writes.length;
  });
}

describe("the responses of a turn", () => {
  it("are written at its end, in their order; but the first at once", async () => {
    const { queues, writes } = await open(8);
    const turnWrites = new TurnWrites(() => 0);
    expect(respond(turnWrites, queues, writes)).toEqual(Array(8).fill(1));
    await turns();
    expect(writes.map(({ bytes }) => bytes)).toEqual(queues.map((_, at) => `${at}`));
    // The next turn is another.
    expect(respond(turnWrites, queues, writes).at(0)).toBe(9);
  });

  it("are written when many wait", async () => {
    const { queues, writes } = await open(15);
    const after = respond(new TurnWrites(() => 0), queues, writes);
    expect(after.slice(0, 10)).toEqual([...Array(9).fill(1), 10]);
    await turns();
    expect(writes).toHaveLength(15);
  });

  it("are written when a handler takes long, by the fourth one at the latest", async () => {
    const { queues, writes } = await open(9);
    let now = 0;
    const turnWrites = new TurnWrites(() => now);
    respond(turnWrites, queues.slice(0, 3), writes);
    expect(writes).toHaveLength(1);
    now = 5;
    expect(respond(turnWrites, queues.slice(3), writes)).toEqual([1, 1, 5, 5, 5, 5]);
  });

  it("are written when handlers take long that do not respond yet, by the fourth one at the latest", async () => {
    const { queues, writes } = await open(3);
    let now = 0;
    const turnWrites = new TurnWrites(() => now);
    respond(turnWrites, queues, writes);
    const after = Array.from({ length: 4 }, () => {
      now += 5;
      turnWrites.beforeRead();
      return writes.length;
    });
    expect(after).toEqual([1, 1, 3, 3]);
  });

  it("are one write of each connection", async () => {
    const { queues, writes } = await open(4);
    const turnWrites = new TurnWrites(() => 0);
    const [first, second, third, fourth] = queues as [WriteQueue, WriteQueue, WriteQueue, WriteQueue];
    respond(turnWrites, [first, second, third, fourth, second, fourth], writes);
    await turns();
    expect(writes.splice(0).map(({ bytes }) => bytes)).toEqual(["0", "14", "2", "35"]);
    respond(turnWrites, [first, first, second, first, fourth], writes);
    await turns();
    expect(writes.map(({ bytes }) => bytes)).toEqual(["0", "13", "2", "4"]);
  });

  it("are written at once behind turns of one response each, but for each seventeenth, which looks for others", async () => {
    const { queues, writes } = await open(4);
    const turnWrites = new TurnWrites(() => 0);
    const inOneTurn = (): number[] => {
      const before = writes.length;
      return respond(turnWrites, queues, writes).map((count) => count - before);
    };
    for (let turn = 0; turn < 4; turn++) {
      respond(turnWrites, queues.slice(0, 1), writes);
      await turns();
    }
    const seen: number[][] = [];
    for (let turn = 0; turn < 5; turn++) {
      seen.push(inOneTurn());
      await turns();
    }
    const atOnce = [1, 2, 3, 4];
    expect(seen).toEqual([atOnce, atOnce, atOnce, atOnce, [1, 1, 1, 1]]);
  });

  it("do not wait if they are long", async () => {
    const { queues, writes } = await open(3);
    const turnWrites = new TurnWrites(() => 0);
    respond(turnWrites, queues.slice(0, 2), writes);
    queues[2]!.bytes(Buffer.alloc(COPIED_BYTES));
    queues[2]!.text("and more");
    turnWrites.write(queues[2]!);
    expect(writes.map(({ bytes }) => bytes.length)).toEqual([1, COPIED_BYTES + 8]);
  });
});

/** Clients whose requests the server finds in one turn: the first request of each has opened its connection. */
async function crowd(
  port: number | undefined,
  count: number,
  next = (at: number) => request(`GET /${at}`),
): Promise<RawClient[]> {
  const clients = Array.from({ length: count }, () => connect({ port }));
  for (const client of clients) await client.write(request("GET /first")).response();
  for (const [at, client] of clients.entries()) client.write(next(at));
  return clients;
}

describe("a response", () => {
  it("does not wait for handlers that take long", async () => {
    let written: readonly unknown[] = [];
    const seen: number[] = [];
    const server = start({
      fetch(request) {
        if (request.url.endsWith("/first")) return new Response();
        seen.push(written.length);
        for (const end = performance.now() + 2; performance.now() < end; );
        return new Response();
      },
    });
    written = spyWrites(server);
    const clients = await crowd(server.port, 6);
    for (const client of clients) await client.response();
    expect(seen.map((count) => count - seen[0]!)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it.each([
    ["requests", () => request("GET /slow")],
    ["messages", () => clientFrame(OPCODE.text, "slow")],
  ])("does not wait for the handlers of many %s that take long, and respond later", async (_, make) => {
    let written: readonly unknown[] = [];
    let responses = 0;
    /** How many responses had not been written when a slow handler began. */
    const waiting: number[] = [];
    const work = (): void => {
      waiting.push(responses - written.length);
      for (const end = performance.now() + 2; performance.now() < end; );
    };
    const never = gate();
    const server = start({
      async fetch(incoming, server) {
        if (server.upgrade(incoming)) return;
        if (incoming.url.endsWith("/first")) return new Response();
        if (incoming.url.endsWith("/slow")) {
          work();
          await never.promise;
        } else responses++;
        return new Response();
      },
      websocket: { message: work },
    });
    const quick = await crowd(server.port, 3, () => "");
    const slow = await crowd(server.port, 20, () => "");
    if (typeof make() !== "string")
      for (const client of slow) expect((await client.write(handshake()).response()).status).toBe(101);
    await turns();
    written = spyWrites(server);
    for (const client of quick) client.write(request("GET /quick"));
    for (const client of slow) client.write(make());
    await until(() => waiting.length === 20, "all handlers");
    expect(waiting.filter((count) => count > 0).length).toBeLessThanOrEqual(4);
    never.open();
    for (const client of quick) await client.response();
  });

  it("is there if the server then stops at once", async () => {
    const server = start({
      fetch(request) {
        if (request.url.endsWith("/5")) void server.stop(true);
        return new Response("whole");
      },
    });
    const clients = await crowd(server.port, 6);
    for (const client of clients.slice(0, 5)) expect((await client.response()).text).toBe("whole");
  });

  it("is there if the process ends behind it", async () => {
    const port = await freePort();
    const child = runChild(`
      const fetch = () => {
        setImmediate(() => process.exit(7));
        return new Response("last");
      };
      serve({ port: ${port}, hostname: "127.0.0.1", fetch });`);
    let client: RawClient | undefined;
    await until(async () => {
      client = connect({ port }).write(request("GET /"));
      return (await client.closedByServer()).length > 0;
    }, "a server that listens");
    expect((await client!.response()).text).toBe("last");
    expect((await child).code).toBe(7);
  });
});
