/** `ws` 8 on real sockets, as client and as server: its events for the same bytes, and conversations of both. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import * as ws from "ws";
import { message } from "../../src/arbitraries/index.ts";
import type { Connection, Event } from "../../src/index.ts";
import { peerSuite } from "../peer-suite.ts";
import { sendToClients, tellServer } from "../peers.ts";
import { acceptAll, closeAll, closeLater, open, run } from "../sockets.ts";
import { plain } from "../support.ts";

afterEach(closeAll);

function eventOf(data: ws.RawData, isBinary: boolean): string {
  return plain(isBinary ? { type: "binary", bytes: data as Buffer } : { type: "text", text: String(data) });
}

/** Starts a server of ws with our limits. */
async function wsServer(onConnection: (peer: ws.WebSocket) => void): Promise<number> {
  const options = { port: 0, host: "127.0.0.1", maxPayload: 16 * 1024 * 1024 };
  const server = new ws.WebSocketServer(options);
  closeLater(() => server.close());
  server.on("connection", onConnection);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("a ws server", () => {
  peerSuite("ws server", "server", async function* (inputs) {
    let received: string[] = [];
    const port = await wsServer((peer) => {
      received = [];
      peer.on("message", (data, isBinary) => received.push(eventOf(data, isBinary)));
      peer.on("ping", (bytes) => received.push(plain({ type: "ping", bytes })));
      peer.on("pong", (bytes) => received.push(plain({ type: "pong", bytes })));
      peer.on("error", () => {});
    });
    for (const input of inputs) {
      const closeCode = await tellServer(port, "/", input);
      yield { received, closeCode };
    }
  });
});

describe("a ws client", () => {
  peerSuite("ws client", "client", (inputs) =>
    sendToClients(inputs, async (url, received) => {
      const client = new ws.WebSocket(url, { perMessageDeflate: false });
      client.on("message", (data, isBinary) => received.push(eventOf(data, isBinary)));
      client.on("error", () => {});
      await new Promise((resolve) => client.on("close", resolve));
    }),
  );
});

describe("over sockets", () => {
  const messages = [
    ...fc.sample(message(), { numRuns: 200, seed: 1 }),
    { type: "text" as const, text: "é".repeat(300_000) },
  ];
  const all = messages.map(plain);
  const echo = (event: Event, connection: Connection): void => {
    if (event.type === "text") connection.text(event.text);
    if (event.type === "binary") connection.binary(event.bytes);
  };

  it("a ws client's messages come back from our server, and it closes cleanly", async () => {
    const closes: string[] = [];
    const port = await acceptAll((socket) =>
      run("server", socket, (event, connection) => {
        echo(event, connection);
        if (event.type === "close") closes.push(plain(event));
      }),
    );
    const client = new ws.WebSocket(`ws://127.0.0.1:${port}`, ["first", "second"], {
      perMessageDeflate: false,
    });
    await once(client, "open");
    expect(client.protocol).toBe("first");
    const back: string[] = [];
    const done = new Promise<void>((resolve) => {
      client.on("message", (data, isBinary) => {
        back.push(eventOf(data, isBinary));
        if (back.length === messages.length) resolve();
      });
    });
    for (const one of messages) client.send(one.type === "text" ? one.text : one.bytes);
    await done;
    expect(back.every((one, i) => one === all[i])).toBe(true);
    client.close(4001, "done");
    const [code, reason] = await once(client, "close");
    expect([code, String(reason), closes]).toEqual([4001, "done", ['close 4001 "done"']]);
  });

  it("our server's ping and its close get a response", async () => {
    const received: string[] = [];
    const port = await acceptAll((socket) =>
      run("server", socket, (event, connection) => {
        received.push(plain(event));
        if (event.type === "text") connection.ping(Buffer.from("?"));
        if (event.type === "pong") connection.close(1001, "going");
      }),
    );
    // ws offers permessage-deflate, which this server does not accept.
    const client = new ws.WebSocket(`ws://127.0.0.1:${port}`);
    await once(client, "open");
    client.send("go");
    const [code, reason] = await once(client, "close");
    expect([code, String(reason)]).toEqual([1001, "going"]);
    expect(received).toEqual(['text "go"', "pong 3f", 'close 1001 "going"']);
  });

  it("our client's messages come back from a ws server, and it closes cleanly", async () => {
    const port = await wsServer((peer) =>
      peer.on("message", (data, isBinary) => peer.send(data, { binary: isBinary })),
    );
    const socket = await open(port);
    const back: string[] = [];
    const closed = new Promise<Event>((resolve) => {
      const connection = run("client", socket, (event) => {
        if (event.type === "text" || event.type === "binary") back.push(plain(event));
        if (back.length === messages.length) connection.close(4002, "enough");
        if (event.type === "close") resolve(event);
      });
      for (const one of messages) echo(one, connection);
    });
    socket.resume();
    expect(await closed).toEqual({ type: "close", code: 4002, reason: "enough" });
    expect(back.every((one, i) => one === all[i])).toBe(true);
    await once(socket, "end");
  });
});
