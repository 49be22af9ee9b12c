import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { cert, key } from "@mantou/testing/tls";
import { until } from "@mantou/testing/wait";
import { WebSocket as UndiciWebSocket } from "undici";
import { afterAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { ServeOptions } from "../../src/api/server.ts";
import { start } from "../support/servers.ts";
import { openWs, WsClient } from "../support/ws-client.ts";

captureErrors();

const directory = mkdtempSync(join(tmpdir(), "mantou-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** Echoes, and tells each client where it comes from. */
const ECHO: Pick<ServeOptions, "fetch" | "websocket"> = {
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 426 })),
  websocket: {
    open: (ws) => void ws.send(`from ${ws.remoteAddress}`),
    message: (ws, message) => void (message === "bye" ? ws.close(4000, "as you like") : ws.send(message)),
  },
};

describe("undici's WebSocket", () => {
  it("agrees with the server on everything", async () => {
    const server = start(ECHO as ServeOptions);
    const client = new UndiciWebSocket(`ws://127.0.0.1:${server.port}/`, ["chat", "superchat"]);
    client.binaryType = "arraybuffer";
    const received: unknown[] = [];
    let closed: { code: number; reason: string; wasClean: boolean } | null = null;
    client.addEventListener("message", ({ data }) => received.push(data));
    client.addEventListener("close", ({ code, reason, wasClean }) => {
      closed = { code, reason, wasClean };
    });
    await until(() => received.length === 1, "a greeting");
    expect(client.protocol).toBe("chat");
    client.send("héllo");
    client.send(new Uint8Array([1, 2, 3]));
    client.send("x".repeat(100_000));
    await until(() => received.length === 4, "the echoes");
    expect(received).toEqual([
      "from 127.0.0.1",
      "héllo",
      new Uint8Array([1, 2, 3]).buffer,
      "x".repeat(100_000),
    ]);
    client.send("bye");
    await until(() => closed !== null, "closed");
    expect(closed).toEqual({ code: 4000, reason: "as you like", wasClean: true });
    await until(() => server.pendingWebSockets === 0, "gone");
  });
});

describe("the ws package's client", () => {
  it("is content with subprotocols and headers", async () => {
    const server = start({
      fetch(request, server) {
        server.upgrade(request, {
          headers: { "Sec-WebSocket-Protocol": "superchat", "X-Echo": request.headers.get("x-say") ?? "" },
        });
      },
      websocket: {},
    });
    let echoed: string | string[] | undefined;
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}`, ["chat", "superchat"], {
      headers: { "X-Say": "hello" },
    });
    socket.on("upgrade", (response) => {
      echoed = response.headers["x-echo"];
    });
    const client = new WsClient(socket);
    await until(() => socket.readyState === WebSocket.OPEN, "open");
    expect([socket.protocol, echoed]).toEqual(["superchat", "hello"]);
    // It offers permessage-deflate by default, and hears nothing of it.
    expect(socket.extensions).toBe("");
    socket.close(1000);
    expect(await client.untilClosed()).toEqual({ code: 1000, reason: "" });
  });

  it("sends fragments and pings, and is understood", async () => {
    const server = start(ECHO as ServeOptions);
    const client = await openWs(server);
    client.socket.send("in ", { fin: false });
    client.socket.ping("between");
    client.socket.send("three ", { fin: false });
    client.socket.send("parts", { fin: true });
    expect(await client.take(2)).toEqual(["from 127.0.0.1", "in three parts"]);
    await until(() => client.pongs.length === 1, "a pong");
    expect(client.pongs).toEqual(["between"]);
  });

  it("speaks over TLS", async () => {
    const server = start({ ...(ECHO as ServeOptions), tls: { key, cert } } as ServeOptions);
    const client = new WsClient(
      new WebSocket(`wss://127.0.0.1:${server.port}`, {
        rejectUnauthorized: false,
        perMessageDeflate: false,
      }),
    );
    expect(await client.take(1)).toEqual(["from 127.0.0.1"]);
    const bytes = Buffer.alloc(300_000, 7);
    for (let i = 0; i < 20; i++) client.socket.send(bytes);
    for (const message of await client.take(20)) expect(bytes.equals(message as Buffer)).toBe(true);
    client.socket.send("bye");
    expect(await client.untilClosed()).toEqual({ code: 4000, reason: "as you like" });
    await until(() => server.pendingWebSockets === 0, "gone");
  });

  it("speaks over a Unix socket, which has no addresses", async () => {
    const path = join(directory, "socket");
    start({ ...(ECHO as ServeOptions), unix: path } as ServeOptions);
    const client = new WsClient(new WebSocket(`ws+unix://${path}:/`));
    expect(await client.take(1)).toEqual(["from "]);
    client.socket.send("over a path");
    expect(await client.take(1)).toEqual(["over a path"]);
  });
});
