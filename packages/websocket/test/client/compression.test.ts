import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type * as ws from "ws";
import { WebSocket, type WebSocketOptions } from "../../src/client/index.ts";
import { BINARY, CLOSE, TEXT } from "../../src/opcode.ts";
import { wire } from "../support.ts";
import { afterTest, rawPair, record, until, wsServer } from "./support.ts";

/** A client of an echo server of the ws package that compresses everything. */
async function pair(
  deflate: ws.ServerOptions["perMessageDeflate"] = { threshold: 0 },
  options: WebSocketOptions = {},
): Promise<{
  client: WebSocket;
  peer: ws.WebSocket;
  got: unknown[];
  closed: Promise<unknown>;
  events: string[];
}> {
  const { url, server } = await wsServer({ perMessageDeflate: deflate });
  const connected = once(server, "connection") as Promise<[ws.WebSocket]>;
  const client = new WebSocket(url, options);
  client.binaryType = "nodebuffer";
  const got: unknown[] = [];
  client.onmessage = ({ data }) => got.push(data);
  const { closed, events } = record(client);
  const [peer] = await connected;
  await until(() => client.readyState === WebSocket.OPEN, "open");
  return { client, peer, got, closed, events };
}

/** Occupies all threads until they are released. Each opens a FIFO, which waits for the other end, and takes no CPU time. */
function occupyThreadPool(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mantou-pool-"));
  const path = join(folder, "fifo");
  execFileSync("mkfifo", [path]);
  const opened = Promise.all(Array.from({ length: 4 }, () => open(path, "r")));
  let isReleased = false;
  const release = async (): Promise<void> => {
    if (isReleased) return;
    isReleased = true;
    const otherEnd = openSync(path, "w");
    for (const handle of await opened) await handle.close();
    closeSync(otherEnd);
    rmSync(folder, { recursive: true });
  };
  afterTest(release);
  return release;
}

/** Some in the thread pool, some not, in both directions. */
const messages = [
  "small",
  "é".repeat(100_000),
  "behind the big one",
  randomBytes(300_000),
  Buffer.alloc(0),
  Buffer.alloc(2_000_000, "x"),
  "last",
  "",
];

describe("permessage-deflate (RFC 7692)", () => {
  it("is offered as browsers do, and shown when the server accepts", async () => {
    const { client } = await pair();
    expect(client.extensions).toBe("permessage-deflate");
  });

  it("is not used when it is turned off, or the server does not accept", async () => {
    const off = await pair({ threshold: 0 }, { perMessageDeflate: false });
    expect([off.client.extensions, off.peer.extensions]).toEqual(["", ""]);
    const declined = await pair(false);
    expect(declined.client.extensions).toBe("");
    declined.client.send("plain");
    await until(() => declined.got.length === 1, "an echo");
    expect(declined.got).toEqual(["plain"]);
  });

  it.each<[string, ws.ServerOptions["perMessageDeflate"], WebSocketOptions]>([
    ["with context takeover", { threshold: 0 }, {}],
    ["without the server's", { threshold: 0, serverNoContextTakeover: true }, {}],
    ["without the client's", { threshold: 0, clientNoContextTakeover: true }, {}],
    ["with small windows", { threshold: 0, clientMaxWindowBits: 9, serverMaxWindowBits: 9 }, {}],
    [
      "as the client demands",
      { threshold: 0 },
      { perMessageDeflate: { compress: "shared", decompress: "3KB" } },
    ],
  ])("carries messages of all sizes in order, %s", async (_name, deflate, options) => {
    const { client, got } = await pair(deflate, options);
    for (const message of messages) client.send(message);
    await until(() => got.length === messages.length, "the echoes");
    expect(got.map((data) => Buffer.from(data as string).length)).toEqual(
      messages.map((message) => Buffer.from(message as string).length),
    );
    for (const [i, message] of messages.entries()) {
      expect(
        typeof message === "string" ? got[i] === message : message.equals(got[i] as Buffer),
        `${i}`,
      ).toBe(true);
    }
    await until(() => client.bufferedAmount === 0, "all is handed over");
  });

  it("sends the bytes' content at the call of send, also if they are read in the thread pool", async () => {
    const { client, got } = await pair();
    const big = Buffer.alloc(1_000_000, "a");
    const small = Buffer.from("a");
    client.send(big);
    client.send(small);
    big.fill("b");
    small.fill("b");
    await until(() => got.length === 2, "the echoes");
    expect(Buffer.alloc(1_000_000, "a").equals(got[0] as Buffer)).toBe(true);
    expect(String(got[1])).toBe("a");
  });

  it("counts a message in bufferedAmount uncompressed, while it is in the thread pool too", async () => {
    const { client, peer, got } = await pair();
    const release = occupyThreadPool();
    client.send(Buffer.alloc(1_000_000));
    client.send("behind");
    client.ping();
    expect(client.bufferedAmount).toBe(1_000_006);
    // The ping overtakes both, and what is handed over with it is no part of them.
    await once(peer, "ping");
    expect(client.bufferedAmount).toBe(1_000_006);
    await release();
    await until(() => got.length === 2, "the echoes");
    expect(client.bufferedAmount).toBe(0);
  });

  it("closes cleanly behind messages in the thread pool, in both directions", async () => {
    const { client, peer, events, closed } = await pair();
    const received: number[] = [];
    peer.removeAllListeners("message");
    peer.on("message", (data: Buffer) => received.push(data.length));
    client.send(Buffer.alloc(3_000_000));
    client.close(4000, "done");
    await closed;
    expect([received, events]).toEqual([[3_000_000], ["open", 'close 4000 "done" clean']]);

    const other = await pair();
    other.peer.send(Buffer.alloc(3_000_000));
    other.peer.close(4001);
    await other.closed;
    expect(other.got.map((data) => (data as Buffer).length)).toEqual([3_000_000]);
    expect(other.events.at(-1)).toBe('close 4001 "" clean');
  });

  it("does not read on while a big message waits for the thread pool", async () => {
    let client: WebSocket | null = null;
    const peer = await rawPair((url) => {
      client = new WebSocket(url);
    });
    const { events, closed } = record(client!);
    await peer.accept(Buffer.alloc(0), "Sec-WebSocket-Extensions: permessage-deflate");
    await until(() => client!.readyState === WebSocket.OPEN, "open");
    const release = occupyThreadPool();
    const flushed = deflateRawSync(randomBytes(200_000), { finishFlush: constants.Z_SYNC_FLUSH });
    peer.socket.write(wire("server", { opcode: BINARY, rsv: 4, payload: flushed.subarray(0, -4) }));
    const plain = wire("server", { opcode: BINARY, payload: Buffer.alloc(60_000) });
    for (let i = 0; i < 500; i++) peer.socket.write(plain);
    let seen = 0;
    let polls = 0;
    await until(() => {
      polls = seen === peer.socket.writableLength ? polls + 1 : 0;
      seen = peer.socket.writableLength;
      return polls === 10 && seen > 10_000_000;
    }, "the server's sending backs up");
    expect(events).toEqual(["open"]);
    await release();
    await until(() => events.length === 502, "everything");
    peer.socket.end(wire("server", { opcode: CLOSE }));
    await closed;
  });

  it("loses nothing to a pause", async () => {
    const { client, peer, got } = await pair();
    client.addEventListener("message", () => client.pause());
    const sizes = [2_000_000, 1, 2_000_000, 2];
    for (const size of sizes) peer.send(Buffer.alloc(size));
    for (let i = 1; i <= sizes.length; i++) {
      await until(() => got.length === i, `message ${i}`);
      expect(client.isPaused).toBe(true);
      client.resume();
    }
    expect(got.map((data) => (data as Buffer).length)).toEqual(sizes);
  });

  it("gets a big message and a Close frame although the server closes the connection behind them at once", async () => {
    let client: WebSocket | null = null;
    const peer = await rawPair((url) => {
      client = new WebSocket(url);
    });
    const { events, closed } = record(client!);
    await peer.accept(Buffer.alloc(0), "Sec-WebSocket-Extensions: permessage-deflate");
    await until(() => client!.readyState === WebSocket.OPEN, "open");
    const flushed = deflateRawSync(randomBytes(200_000), { finishFlush: constants.Z_SYNC_FLUSH });
    const big = { opcode: BINARY, rsv: 4, payload: flushed.subarray(0, -4) };
    const close = { opcode: CLOSE, payload: Buffer.of(0x0f, 0xa0) };
    peer.socket.end(wire("server", big, { opcode: TEXT, payload: Buffer.from("x") }, close));
    await closed;
    expect(events).toEqual(["open", "message Blob 200000", 'message "x"', 'close 4000 "" clean']);
  });

  it("can be interrupted while a message is in the thread pool", async () => {
    for (const interrupt of ["terminate", "close", "the server's reset"]) {
      const { client, peer, closed, events } = await pair();
      client.send(Buffer.alloc(3_000_000));
      if (interrupt === "terminate") client.terminate();
      else if (interrupt === "close") client.close();
      else peer.terminate();
      await closed;
      expect(events.at(-1), interrupt).toMatch(interrupt === "close" ? /^close 1005/ : /^close 1006/);
    }
  });

  it("limits the message that comes out, not the one that comes in", async () => {
    const { peer, closed, events } = await pair(undefined, { maxPayloadLength: 100_000 });
    peer.send(Buffer.alloc(100_000));
    peer.send(Buffer.alloc(100_001));
    const [code] = (await once(peer, "close")) as [number];
    await closed;
    expect(code).toBe(1009);
    expect(events).toEqual([
      "open",
      expect.stringMatching(/^message Buffer/),
      "error",
      'close 1006 "" unclean',
    ]);
  });

  it("is refused when the server compresses without having agreed to it", async () => {
    let client: WebSocket | null = null;
    const peer = await rawPair((url) => {
      client = new WebSocket(url);
    });
    const { errors, closed } = record(client!);
    await peer.accept(wire("server", { opcode: TEXT, rsv: 4 }, { opcode: BINARY }));
    await until(() => peer.ended, "our side is closed");
    peer.socket.end();
    await closed;
    expect(errors[0]).toMatchObject({ code: "RESERVED_BITS" });
  });
});
