import { Buffer } from "node:buffer";
import { connect, connectSecurely, type RawClient, request } from "@mantou/testing/raw-client";
import { cert, key } from "@mantou/testing/tls";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { READS_WHILE_ACCEPTING } from "../../src/socket/short-turns.ts";
import { start } from "../support/servers.ts";

const BUSY = 100;
const NEWCOMERS = 100;

const upgrade = request("GET /busy", [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
]);
/** A masked text of one character. */
const message = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61]);

/** Opens clients each of which sends more as soon as it has received something. They are all under way when it resolves. */
async function keepBusy(
  open: () => RawClient,
  first: string,
  next: string | Uint8Array,
): Promise<RawClient[]> {
  const clients = Array.from({ length: BUSY }, open);
  for (const client of clients) {
    client.socket.on("data", () => client.socket.write(next));
    client.write(first);
  }
  await until(
    () => clients.every(({ receivedBytes }) => receivedBytes > 1000),
    "some responses to each client",
  );
  return clients;
}

/** Resolves when each client has received something, or was turned away. */
function allServed(clients: readonly RawClient[]): Promise<unknown> {
  return Promise.all(
    clients.map(
      ({ socket }) =>
        new Promise((resolve) => socket.once("data", resolve).once("end", resolve).once("close", resolve)),
    ),
  );
}

describe("while clients wait to be accepted", () => {
  /** Requests and messages of busy clients. */
  let served = 0;
  const options = {
    fetch: (incoming: Request, server: { upgrade(request: Request): boolean }): Response | undefined => {
      if (!incoming.url.endsWith("/busy")) return new Response("new");
      served++;
      return server.upgrade(incoming) ? undefined : new Response("busy");
    },
    websocket: {
      message(socket: { send(text: string): unknown }): void {
        served++;
        socket.send("a text that is as long as some header fields are");
      },
    },
  };

  it.each([
    ["requests", {}, connect, request("GET /busy")],
    ["requests over TLS", { tls: { key, cert } }, connectSecurely, request("GET /busy")],
    ["messages", {}, connect, message],
  ])("few %s of busy clients are handled in a turn, and as many of each client", async (_, more, open, next) => {
    const server = start({ ...options, ...more });
    // A server with TLS turns newcomers without it away. That they are accepted is what counts.
    const first = typeof next === "string" ? next : upgrade;
    const busy = await keepBusy(() => open(server), first, next);
    const received = busy.map(({ receivedBytes }) => receivedBytes);
    served = 0;
    await allServed(Array.from({ length: NEWCOMERS }, () => connect(server).write(request("GET /new"))));
    // Without a limit half of the busy clients are read in each turn, as the others read what they got.
    expect(served).toBeLessThan(NEWCOMERS * READS_WHILE_ACCEPTING + 10 * BUSY);
    const each = busy.map(({ receivedBytes }, i) => receivedBytes - received[i]!);
    expect(Math.max(...each)).toBeLessThanOrEqual(2 * Math.min(...each));
  });
});
