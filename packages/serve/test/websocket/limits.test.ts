import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { clientFrame, HANDSHAKE, OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServeOptions } from "../../src/api/server.ts";
import { start, TestClock } from "../support/servers.ts";
import { startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

/** Opens a WebSocket that counts its messages. */
async function counted(most: number) {
  const clock = new TestClock();
  const seen: unknown[] = [];
  const { connect } = startWebSockets(
    {
      maxMessagesPerSecond: most,
      message: (_ws, text) => void seen.push(text),
      close: (_ws, code, reason) => void seen.push([code, reason]),
    },
    clock,
  );
  const { client } = await connect();
  return { client, clock, seen };
}

describe("maxMessagesPerSecond", () => {
  it("lets so many pass in each second", async () => {
    const { client, clock, seen } = await counted(3);
    for (let second = 0; second < 4; second++) {
      for (const text of ["a", "b", "c"]) client.text(text);
      await until(() => seen.length === 3 * (second + 1), "messages");
      clock.pass(1);
    }
  });

  it("closes with 1008 at one more, which no handler gets, nor what is behind it", async () => {
    const { client, seen } = await counted(3);
    client.client.write(...["a", "b", "c", "d", "e"].map((text) => clientFrame(OPCODE.text, text)));
    expect(await client.closing()).toEqual({ code: 1008, reason: expect.stringContaining("messages") });
    await client.client.closedByServer();
    expect(seen).toEqual(["a", "b", "c", [1008, expect.stringContaining("messages")]]);
  });

  it("counts pings and fragments' messages, but not pongs and fragments", async () => {
    const { client, seen } = await counted(2);
    for (let i = 0; i < 10; i++) client.send(OPCODE.pong);
    client.send(OPCODE.text, "a", { fin: false });
    for (let i = 0; i < 10; i++) client.send(OPCODE.continuation, "b", { fin: false });
    client.send(OPCODE.continuation, "");
    await until(() => seen.length === 1, "a message");
    client.send(OPCODE.ping).send(OPCODE.ping);
    await until(() => seen.length === 2, "closed");
    expect(seen[1]).toEqual([1008, expect.any(String)]);
  });

  it("ends a client that goes on to send without reading", async () => {
    const { client, clock, seen } = await counted(1);
    const flood = clientFrame(OPCODE.text, "x".repeat(1_000));
    for (let i = 0; i < 50; i++) client.client.write(flood);
    await until(() => seen.length === 2, "closed");
    for (let second = 0; second < 12; second++) {
      client.client.write(flood);
      await turns(3);
      clock.pass(1);
    }
    await until(() => client.client.closed || client.client.ended, "gone");
    expect(seen).toHaveLength(2);
  });
});

describe("origins", () => {
  const server = (more: Partial<ServeOptions> = {}, upgraded: unknown[] = []) =>
    start({
      fetch(request, server) {
        const isUpgraded = server.upgrade(request);
        upgraded.push(isUpgraded);
        return isUpgraded ? undefined : new Response("no");
      },
      websocket: { origins: ["https://example.com", "null"], message() {} },
      ...more,
    } as ServeOptions);

  it.each(["https://example.com", "null"])("may connect: %s", async (origin) => {
    const { client } = await RawWebSocket.open(server(), { fields: [`Origin: ${origin}`] });
    client.destroy();
  });

  it("that a client does not send keep it from nothing", async () => {
    const { client } = await RawWebSocket.open(server());
    client.destroy();
  });

  it.each([
    "https://evil.example",
    "http://example.com",
    "https://example.com:8443",
    "https://example.com.evil",
    "https://example.com/",
    "",
    "https://example.com, https://evil.example",
  ])("get 403 otherwise, and upgrade is false: %s", async (origin) => {
    const upgraded: unknown[] = [];
    const response = await ask(server({}, upgraded), "GET /", [...HANDSHAKE, `Origin: ${origin}`]);
    expect([response.status, response.text, upgraded]).toEqual([403, "", [false]]);
  });

  it("are those of a route's own handlers", async () => {
    const with2 = server({
      routes: { "/own": { websocket: { origins: ["https://own.example"], message() {} } } },
    } as never);
    const fields = [...HANDSHAKE, "Origin: https://example.com"];
    expect((await ask(with2, "GET /own", fields)).status).toBe(403);
    const { client } = await RawWebSocket.open(with2, {
      path: "/own",
      fields: ["Origin: https://own.example"],
    });
    client.destroy();
  });

  it("do not matter to requests that are no handshakes", async () => {
    const response = await ask(server(), "GET /", ["Origin: https://evil.example"]);
    expect([response.status, response.text]).toEqual([200, "no"]);
  });
});
