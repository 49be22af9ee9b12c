import { captureErrors } from "@mantou/testing/errors";
import { OPCODE, type RawWebSocket } from "@mantou/testing/raw-websocket";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { WebSocketHandler } from "../../src/api/websocket.ts";
import type { WebSocketConnection } from "../../src/websocket/connection.ts";
import { type InternalServer, TestClock } from "../support/servers.ts";
import { pair } from "../support/websocket-pair.ts";

captureErrors();

/** A WebSocket on a clock of the test's own, and the events of its close handler. */
async function timed(options: WebSocketHandler = {}) {
  const clock = new TestClock();
  const closed: number[] = [];
  const ends = await pair({ ...options, close: (_, code) => void closed.push(code) }, clock);
  return { ...ends, clock, closed };
}

/** More than any kernel keeps for a client that does not read. */
const UNREADABLE = Buffer.alloc(40_000_000);

/** Lets the client read until the server's operating system takes more; there is much behind it yet. */
async function readSome(client: RawWebSocket, server: InternalServer): Promise<void> {
  const [{ transport }] = [...server.webSockets] as [WebSocketConnection];
  const { taken } = transport;
  expect(transport.buffered).toBeGreaterThan(0);
  // A turn at a time: on a busy machine a client that reads while it is waited for could read all.
  await until(async () => {
    client.client.socket.resume();
    await turns(1);
    client.client.socket.pause();
    return transport.taken > taken;
  }, "progress");
}

describe("a silent client", () => {
  it("is pinged shortly before idleTimeout, and lives as long as it sends pongs", async () => {
    const { client, clock, server } = await timed({ idleTimeout: 30 });
    for (let round = 0; round < 5; round++) {
      clock.pass(26);
      await turns();
      expect(client.take(), "not yet").toEqual([]);
      clock.pass(1);
      expect(await client.frame()).toEqual({ opcode: OPCODE.ping, payload: Buffer.alloc(0) });
      const heard = server.timeouts.now;
      client.send(OPCODE.pong);
      await until(() => [...server.webSockets].length === 1, "open");
      // The pong has arrived when the pong to a ping behind it has.
      client.send(OPCODE.ping, "arrived");
      expect((await client.frame()).payload.toString()).toBe("arrived");
      expect(server.timeouts.now).toBe(heard);
    }
  });

  it("that sends no pong is cut off, with 1006", async () => {
    const { client, clock, closed } = await timed({ idleTimeout: 30 });
    clock.pass(27);
    expect((await client.frame()).opcode).toBe(OPCODE.ping);
    clock.pass(4);
    await turns();
    expect(closed).toEqual([]);
    clock.pass(1);
    await until(() => closed.length === 1, "closed");
    expect(closed).toEqual([1006]);
    await client.client.closedByServer();
    expect(clock.idle).toBe(true);
  });

  it("is cut off without a ping if sendPings is false", async () => {
    const { client, clock, closed } = await timed({ idleTimeout: 30, sendPings: false });
    // The first second brings the response to the handshake.
    clock.pass(31);
    await turns();
    expect(closed).toEqual([]);
    clock.pass(1);
    await client.client.closedByServer();
    expect(client.take()).toEqual([]);
    await until(() => closed.length === 1, "closed");
    expect(closed).toEqual([1006]);
  });

  it("is received without pings, too", async () => {
    let heard = 0;
    const { client, clock, closed } = await timed({
      idleTimeout: 10,
      sendPings: false,
      message: () => void heard++,
    });
    for (let round = 1; round <= 4; round++) {
      clock.pass(10);
      client.text("here");
      await until(() => heard === round, "a message");
    }
    expect(closed).toEqual([]);
    clock.pass(11);
    await until(() => closed.length === 1, "closed");
  });

  it.each([true, false])("is named as the reason to the close handler (sendPings: %s)", async (sendPings) => {
    const clock = new TestClock();
    const closed: unknown[] = [];
    const { client } = await pair(
      {
        idleTimeout: 30,
        sendPings,
        close: (ws, code, reason) => void closed.push([code, reason, ws.readyState]),
      },
      clock,
    );
    clock.pass(27);
    if (sendPings) expect((await client.frame()).opcode).toBe(OPCODE.ping);
    clock.pass(5);
    await client.client.closedByServer();
    await until(() => closed.length > 0, "close");
    await turns();
    expect(closed).toEqual([[1006, "The client was silent for longer than idleTimeout", 3]]);
  });

  it("is not cut off at all if idleTimeout is 0", async () => {
    const { ws, client, clock } = await timed({ idleTimeout: 0 });
    clock.pass(100_000);
    ws.send("still here");
    expect(await client.texts(1)).toEqual(["still here"]);
  });

  it("has at least 8 seconds, and 120 by default", async () => {
    for (const [options, seconds] of [
      [{ idleTimeout: 1 }, 8],
      [{ idleTimeout: 8 }, 8],
      [{ idleTimeout: 9 }, 9],
      [{}, 120],
    ] as const) {
      const { clock, closed } = await timed({ ...options, sendPings: false });
      // The first second brings the response to the handshake.
      clock.pass(1 + seconds);
      await turns();
      expect(closed).toEqual([]);
      clock.pass(1);
      await until(() => closed.length === 1, `${seconds} seconds`);
    }
  });

  it("is pinged whatever it is sent: that says nothing of whether it is there", async () => {
    const { ws, client, clock, closed } = await timed({ idleTimeout: 10 });
    for (let second = 1; second <= 7; second++) {
      ws.send("tick");
      expect(await client.texts(1)).toEqual(["tick"]);
      clock.pass(1);
    }
    expect((await client.frame()).opcode).toBe(OPCODE.ping);
    clock.pass(5);
    await until(() => closed.length === 1, "closed");
  });

  it("is known by what it takes if it must not be pinged", async () => {
    const { ws, client, clock, closed } = await timed({ idleTimeout: 10, sendPings: false });
    for (let second = 0; second < 60; second++) {
      ws.send("tick");
      expect(await client.texts(1)).toEqual(["tick"]);
      clock.pass(1);
    }
    await turns();
    expect(closed).toEqual([]);
    clock.pass(11);
    await until(() => closed.length === 1, "closed");
  });
});

describe("a slow reader", () => {
  it("is not silent as long as it reads", async () => {
    const { ws, client, clock, server, closed } = await timed({ idleTimeout: 10 });
    client.client.socket.pause();
    ws.send(UNREADABLE);
    for (let round = 0; round < 4; round++) {
      await readSome(client, server);
      clock.pass(7);
      await turns();
      expect(closed).toEqual([]);
    }
    client.client.socket.resume();
    expect((await client.frame()).payload.length).toBe(UNREADABLE.length);
  });

  it("is cut off when it stops", async () => {
    const { ws, client, clock, closed } = await timed({ idleTimeout: 10, backpressureLimit: 0 });
    client.client.socket.pause();
    ws.send(UNREADABLE);
    await until(() => ws.getBufferedAmount() > 0, "a backlog");
    for (let second = 0; second < 30; second++) {
      // More behind it is no progress.
      ws.send("are you there?");
      await turns(2);
      clock.pass(1);
    }
    await until(() => closed.length === 1, "closed");
    expect(closed).toEqual([1006]);
  });

  it("gets everything that was sent before close() as long as it reads", async () => {
    const { ws, client, clock, server } = await timed();
    client.client.socket.pause();
    ws.send(UNREADABLE);
    ws.close(4000);
    for (let round = 0; round < 4; round++) {
      await readSome(client, server);
      clock.pass(6);
    }
    client.client.socket.resume();
    expect((await client.frame()).payload.length).toBe(UNREADABLE.length);
    expect(await client.closing()).toEqual({ code: 4000, reason: "" });
  });
});

describe("a client that does not take part in closing", () => {
  it.each([
    true,
    false,
  ])("has 5 seconds to reply to our Close frame, with sendPings %s", async (sendPings) => {
    const { ws, client, clock, server } = await timed({ sendPings });
    ws.close();
    await client.closing();
    clock.pass(5);
    await turns();
    expect(server.webSockets.size).toBe(1);
    clock.pass(1);
    await until(() => server.webSockets.size === 0, "cut off");
  });

  it("is not given more by saying other things", async () => {
    const { ws, client, clock, server } = await timed();
    ws.close();
    await client.closing();
    for (let second = 0; second < 6; second++) {
      client.text("wait").send(OPCODE.ping);
      await turns(20);
      clock.pass(1);
    }
    await until(() => server.webSockets.size === 0, "cut off");
  });

  it("has 5 seconds to close the connection after both Close frames, and after it broke the protocol", async () => {
    for (const end of [
      (client: RawWebSocket) => client.close(1000),
      (client: RawWebSocket) => client.send(OPCODE.text, "x", { masked: false }),
    ]) {
      const { client, clock, server } = await timed({ idleTimeout: 0 });
      end(client);
      await client.client.closedByServer();
      for (let second = 0; second < 5; second++) {
        // What it sends now is not handled.
        client.text("but I have more to say");
        await turns(20);
        clock.pass(1);
      }
      await turns();
      expect(server.webSockets.size).toBe(1);
      clock.pass(1);
      await until(() => server.webSockets.size === 0, "cut off");
    }
  });

  it("has 5 seconds, twice, to read what was sent before terminate(), also without an idleTimeout", async () => {
    const { ws, client, clock, server } = await timed({ idleTimeout: 0 });
    client.client.socket.pause();
    ws.send(UNREADABLE);
    ws.terminate();
    clock.pass(6);
    await turns();
    expect(server.webSockets.size).toBe(1);
    clock.pass(6);
    await until(() => server.webSockets.size === 0, "cut off");
  });

  it("has no more than a second when the server stops", async () => {
    const { ws, client, clock, server } = await timed({ idleTimeout: 0 });
    client.client.socket.pause();
    ws.send(UNREADABLE);
    const stopped = server.stop(true);
    clock.pass(1);
    await stopped;
    expect(server.webSockets.size).toBe(0);
  });
});
