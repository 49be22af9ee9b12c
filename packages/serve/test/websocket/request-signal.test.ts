import { captureErrors } from "@mantou/testing/errors";
import { OPCODE, RawWebSocket } from "@mantou/testing/raw-websocket";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServerWebSocket } from "../../src/api/websocket.ts";
import { startInternal } from "../support/servers.ts";

captureErrors();

/** A server whose upgraded requests have their signal before the upgrade, and one WebSocket on it. */
async function watched(serial = false) {
  const events: string[] = [];
  const opened: ServerWebSocket[] = [];
  const server = startInternal({
    fetch(request, server) {
      request.signal.addEventListener("abort", () => {
        events.push(`abort ${(request.signal.reason as Error).name} ${opened[0]?.readyState}`);
      });
      server.upgrade(request);
      events.push(`upgraded ${request.signal.aborted}`);
    },
    websocket: {
      serial,
      open: (ws) => void opened.push(ws),
      close: (_, code) => void events.push(`close ${code}`),
    },
  });
  const client = await RawWebSocket.open(server);
  return { client, events, server, ws: opened[0]! };
}

const ends: [how: string, code: number, end: (ends: Awaited<ReturnType<typeof watched>>) => void][] = [
  ["the client closes it", 1000, ({ client }) => client.close(1000)],
  ["the client breaks the connection off", 1006, ({ client }) => client.client.abort()],
  ["the client breaks the protocol", 1006, ({ client }) => client.send(OPCODE.continuation)],
  ["the application closes it", 1001, ({ ws }) => ws.close(1001)],
  ["the application terminates it", 1006, ({ ws }) => ws.terminate()],
  ["the server stops", 1001, ({ server }) => void server.stop(true)],
];

describe("the signal of a request that has become a WebSocket", () => {
  it.each(ends)("is aborted, once and before close, when %s", async (_, code, end) => {
    const all = await watched();
    end(all);
    await until(() => all.events.length === 3, "close");
    expect(all.events).toEqual(["upgraded false", "abort AbortError 3", `close ${code}`]);
    all.client.client.destroy();
    await until(() => all.server.webSockets.size === 0, "gone");
    await turns();
    expect(all.events.length).toBe(3);
  });

  it("is aborted in serial mode, too", async () => {
    const { client, events } = await watched(true);
    client.close(4000);
    await until(() => events.length === 3, "close");
    expect(events.slice(1)).toEqual(["abort AbortError 3", "close 4000"]);
  });

  it("is aborted when it is asked for after the upgrade only, or after the end", async () => {
    const requests: Request[] = [];
    const server = startInternal({
      fetch(request, server) {
        requests.push(request);
        server.upgrade(request);
      },
      websocket: {},
    });
    const first = await RawWebSocket.open(server);
    const second = await RawWebSocket.open(server);
    const { signal } = requests[0]!;
    expect(signal.aborted).toBe(false);
    first.close(1000);
    second.close(1000);
    for (const one of [first, second]) {
      await one.closing();
      one.client.destroy();
    }
    await until(() => server.webSockets.size === 0, "gone");
    expect([signal.aborted, requests[1]!.signal.aborted]).toEqual([true, true]);
    expect((requests[1]!.signal.reason as Error).name).toBe("AbortError");
  });

  it("is aborted during upgrade() if open closes the WebSocket", async () => {
    const seen: boolean[] = [];
    const server = startInternal({
      fetch(request, server) {
        const { signal } = request;
        seen.push(server.upgrade(request), signal.aborted);
      },
      websocket: { open: (ws) => ws.close(4001) },
    });
    const client = await RawWebSocket.open(server);
    expect(await client.closing()).toEqual({ code: 4001, reason: "" });
    expect(seen).toEqual([true, true]);
  });
});
