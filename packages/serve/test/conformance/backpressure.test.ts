import { captureErrors } from "@mantou/testing/errors";
import { OPCODE } from "@mantou/testing/raw-websocket";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { type Pair, pair, startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

/** More than any kernel keeps for a client that does not read. */
const UNREADABLE = Buffer.alloc(24_000_000);

/** Stops the client's reading, and sends so much that something waits for it. */
async function clog({ ws, client }: Pair): Promise<void> {
  client.client.socket.pause();
  expect(ws.send(UNREADABLE)).toBe(-1);
  await until(() => ws.getBufferedAmount() > 0, "a backlog");
}

describe("send to a client that does not read", () => {
  it("returns -1, and drain runs once when all is written", async () => {
    let drains = 0;
    const ends = await pair({
      backpressureLimit: 0,
      drain(ws) {
        drains++;
        expect(ws.getBufferedAmount()).toBe(0);
      },
    });
    await clog(ends);
    const { ws, client } = ends;
    expect([ws.send("a"), ws.send("b"), ws.ping("p")]).toEqual([-1, -1, -1]);
    await turns(20);
    expect(drains).toBe(0);
    client.client.socket.resume();
    const frames = await client.frames(4);
    expect(frames.slice(1).map(({ payload }) => payload.toString())).toEqual(["a", "b", "p"]);
    await until(() => drains > 0, "drain");
    await turns(20);
    expect(drains).toBe(1);
    expect(ws.send("fluent")).toBe(6);
    expect(await client.texts(1)).toEqual(["fluent"]);
    await turns(20);
    expect(drains).toBe(1);
  });

  it("drains again after each -1", async () => {
    let drains = 0;
    const ends = await pair({ drain: () => void drains++ });
    for (let round = 1; round <= 2; round++) {
      await clog(ends);
      ends.client.client.socket.resume();
      expect((await ends.client.frame()).payload.length).toBe(UNREADABLE.length);
      await until(() => drains === round, `drain ${round}`);
    }
  });

  it("may send on in drain", async () => {
    let more = 1;
    const ends = await pair({
      drain(ws) {
        if (more-- > 0) ws.send(UNREADABLE);
      },
    });
    await clog(ends);
    ends.client.client.socket.resume();
    for (let i = 0; i < 2; i++) {
      expect((await ends.client.frame()).payload.length).toBe(UNREADABLE.length);
    }
  });

  it("returns 0 and drops the message beyond backpressureLimit; what was taken arrives", async () => {
    const ends = await pair({ backpressureLimit: 1_000 });
    await clog(ends);
    const { ws, client } = ends;
    expect([ws.send("dropped"), ws.send(new Uint8Array(5)), ws.ping("p"), ws.pong("p")]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(ws.readyState).toBe(1);
    client.client.socket.resume();
    expect((await client.frame()).payload.length).toBe(UNREADABLE.length);
    expect(ws.send("heard")).toBe(5);
    expect(await client.texts(1)).toEqual(["heard"]);
  });

  it("may reach the limit and go one message over it", async () => {
    const ends = await pair({ backpressureLimit: 40_000_000 });
    await clog(ends);
    const { ws } = ends;
    let taken = 0;
    while (ws.send(Buffer.alloc(100_000)) === -1 && taken < 1_000) taken++;
    const most = 40_000_000 + 100_000 + 10;
    expect(ws.getBufferedAmount()).toBeGreaterThan(40_000_000);
    expect(ws.getBufferedAmount()).toBeLessThanOrEqual(most);
    ends.client.client.destroy();
  });

  it("is 16 MiB by default", async () => {
    const ends = await pair();
    ends.client.client.socket.pause();
    const chunk = Buffer.alloc(1_000_000);
    let taken = 0;
    while (ends.ws.send(chunk) !== 0 && taken < 100) taken++;
    expect(ends.ws.getBufferedAmount()).toBeGreaterThan(16 * 1024 * 1024);
    expect(ends.ws.getBufferedAmount()).toBeLessThan(16 * 1024 * 1024 + 1_000_100);
    ends.client.client.destroy();
  });

  it("closes it instead with closeOnBackpressureLimit", async () => {
    const closed: number[] = [];
    const ends = await pair({
      backpressureLimit: 1_000,
      closeOnBackpressureLimit: true,
      close: (_, code) => void closed.push(code),
    });
    await clog(ends);
    expect(ends.ws.send("too much")).toBe(0);
    expect(closed).toEqual([1006]);
    expect(ends.ws.readyState).toBe(3);
    await until(() => ends.server.webSockets.size === 0, "gone");
  });

  it("drops what waits when the client is gone, without drain", async () => {
    let drains = 0;
    const ends = await pair({ drain: () => void drains++ });
    await clog(ends);
    ends.client.client.abort();
    await until(() => ends.server.webSockets.size === 0, "gone");
    expect(drains).toBe(0);
    expect(ends.ws.getBufferedAmount()).toBe(0);
  });
});

describe("publish with a client that does not read", () => {
  it("keeps no more than its limit for it, also within one turn; others get everything", async () => {
    const limit = 30_000_000;
    const { server, connect } = startWebSockets({ backpressureLimit: limit });
    const [slow, fine] = [await connect(), await connect()];
    for (const { ws } of [slow, fine]) ws.subscribe("t");
    await clog(slow);
    const message = Buffer.alloc(100_000, 1);
    const rounds = 10;
    const each = 20;
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < each; i++) server.publish("t", message);
      const frames = await fine.client.frames(each);
      for (const { opcode, payload } of frames) {
        expect([opcode, payload.equals(message)]).toEqual([OPCODE.binary, true]);
      }
      expect(slow.ws.getBufferedAmount()).toBeLessThanOrEqual(limit + message.length + 10);
    }
    slow.client.client.socket.resume();
    expect((await slow.client.frame()).payload.length).toBe(UNREADABLE.length);
    await until(() => slow.ws.getBufferedAmount() === 0, "all is written");
    slow.ws.send("end");
    let whole = 0;
    for (
      let frame = await slow.client.frame();
      frame.opcode !== OPCODE.text;
      frame = await slow.client.frame()
    ) {
      expect(frame.payload.equals(message)).toBe(true);
      whole++;
    }
    expect(whole).toBeGreaterThan(0);
    expect(whole).toBeLessThan(rounds * each);
  });

  it("calls drain for what was published, too", async () => {
    let drains = 0;
    const { server, connect } = startWebSockets({ backpressureLimit: 0, drain: () => void drains++ });
    const ends = await connect();
    ends.ws.subscribe("t");
    ends.client.client.socket.pause();
    server.publish("t", UNREADABLE);
    await until(() => ends.ws.getBufferedAmount() > 0, "a backlog");
    server.publish("t", "behind");
    await turns();
    ends.client.client.socket.resume();
    expect((await ends.client.frames(2))[1]!.payload.toString()).toBe("behind");
    await until(() => drains === 1, "drain");
  });
});
