import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { tempDir } from "@mantou/testing/temp-dir";
import { cert, key } from "@mantou/testing/tls";
import { gate, turns, until } from "@mantou/testing/wait";
import { afterEach, describe, expect, it } from "vitest";
import type { ServeOptions } from "../../src/api/server.ts";
import { file, Response } from "../../src/plain.ts";
import { type TestClient, testClient, WebSocket } from "../../src/testing.ts";

const errors = captureErrors();

const clients: TestClient<unknown>[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((each) => each.stop()));
});

function client<R extends string>(options: ServeOptions<undefined, R>): TestClient {
  const made = testClient({ development: false, ...options } as ServeOptions<undefined, R>);
  clients.push(made as TestClient<unknown>);
  return made;
}

function event(socket: WebSocket, type: "open" | "close"): Promise<Event> {
  return new Promise((resolve) => socket.addEventListener(type, resolve as never, { once: true }));
}

describe("testClient().fetch", () => {
  it("gets what routes, files, and the error handler respond with", async () => {
    const folder = tempDir();
    writeFileSync(join(folder, "a.txt"), "0123456789");
    const { fetch } = client({
      routes: {
        "/static": new Response("static"),
        "/users/:id": (request) => Response.json({ id: request.params.id }),
        "/file": file(join(folder, "a.txt")),
        "/cookie": (request) => {
          request.cookies.set("b", "2");
          return new Response(request.cookies.get("a"));
        },
        "/throws": () => {
          throw new Error("broken");
        },
      },
      fetch: (request) => new Response(request.url, { status: 404 }),
      error: (error) => new Response(error.message, { status: 500 }),
    });
    expect(await (await fetch("/static")).text()).toBe("static");
    expect(await (await fetch("/users/5")).json()).toEqual({ id: "5" });
    const part = await fetch("/file", { headers: { range: "bytes=2-4" } });
    expect([part.status, await part.text()]).toEqual([206, "234"]);
    const cookie = await fetch("/cookie", { headers: { cookie: "a=1" } });
    expect([await cookie.text(), cookie.headers.getSetCookie()]).toEqual([
      "1",
      ["b=2; Path=/; SameSite=Lax"],
    ]);
    const broken = await fetch("/throws");
    expect([broken.status, await broken.text()]).toEqual([500, "broken"]);
    const missing = await fetch("/x?y");
    expect([missing.status, await missing.text()]).toEqual([404, "http://localhost:3000/x?y"]);
  });

  it("sends bodies of each kind, follows redirects, and streams both ways", async () => {
    const { fetch } = client({
      routes: {
        "/old": () => new Response(null, { status: 302, headers: { location: "/new" } }),
        "/new": { GET: () => new Response("new") },
        "/form": async (request) => new Response(String((await request.formData()).get("name"))),
        "/echo": (request) => new Response(request.body),
        "/length": (request) => new Response(request.headers.get("content-length")),
      },
    });
    const moved = await fetch("/old", { method: "POST", body: "x" });
    expect([moved.redirected, moved.url, await moved.text()]).toEqual([
      true,
      "http://localhost:3000/new",
      "new",
    ]);
    const form = new FormData();
    form.set("name", "Ada");
    expect(await (await fetch("/form", { method: "POST", body: form })).text()).toBe("Ada");
    expect(await (await fetch("/length", { method: "POST", body: "12345" })).text()).toBe("5");
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const init = { method: "POST", body: readable, duplex: "half" } as RequestInit;
    const echoed = fetch("/echo", init);
    void writer.write(Buffer.from("one")).catch(() => {});
    const reader = (await echoed).body!.getReader();
    expect(String(Buffer.from((await reader.read()).value!))).toBe("one");
    void writer.write(Buffer.alloc(1 << 20, "x")).then(
      () => writer.close(),
      () => {},
    );
    let size = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) size += part.value.length;
    expect(size).toBe(1 << 20);
  });

  it("sends a body of many pieces without a listener left behind for each", async () => {
    const { fetch } = client({
      fetch: async (request) => new Response(`${(await request.arrayBuffer()).byteLength}`),
    });
    const warnings: Error[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on("warning", listener);
    try {
      const pieces = Array.from({ length: 16 }, () => Buffer.alloc(1 << 16));
      const init = { method: "POST", body: ReadableStream.from(pieces), duplex: "half" } as RequestInit;
      expect(await (await fetch("/", init)).text()).toBe(String(1 << 20));
      await turns(1);
      expect(warnings).toEqual([]);
    } finally {
      process.off("warning", listener);
    }
  });

  it("knows the client's address, and takes requests for any host, and Request objects", async () => {
    const { fetch } = client({
      port: 8080,
      fetch: (request, server) => {
        const { address, family, port } = server.requestIP(request)!;
        return Response.json([
          request.url,
          request.headers.get("host"),
          address,
          family,
          port > 0,
          server.port,
        ]);
      },
    });
    expect(await (await fetch("/a")).json()).toEqual([
      "http://localhost:8080/a",
      "localhost:8080",
      "127.0.0.1",
      "IPv4",
      true,
      8080,
    ]);
    const request = new Request("http://api.example/b", { headers: { "x-a": "1" } });
    expect(await (await fetch(request)).json()).toContain("http://api.example/b");
  });

  it("aborts as on the wire: the handler's signal fires, and the promise rejects with the reason", async () => {
    const asked = gate();
    const aborted = gate();
    const { fetch } = client({
      fetch(request) {
        request.signal.addEventListener("abort", () => aborted.open());
        asked.open();
        return new Promise<Response>(() => {});
      },
    });
    const controller = new AbortController();
    const response = fetch("/", { signal: controller.signal });
    await asked.promise;
    controller.abort(new Error("enough"));
    await expect(response).rejects.toThrow("enough");
    await aborted.promise;
  });

  it("breaks a response whose stream fails, and is refused when the server has stopped", async () => {
    const made = client({
      fetch: () =>
        new Response(
          (async function* () {
            yield "begun";
            await turns(5);
            throw new Error("stream broke");
          })(),
        ),
    });
    const response = await made.fetch("/");
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(String(errors.take())).toContain("stream broke");
    await made.stop();
    expect(made.server.ready).toBe(false);
    const refused = (await made.fetch("/").catch((error: unknown) => error)) as TypeError;
    expect(refused).toBeInstanceOf(TypeError);
    expect((refused.cause as { code?: string }).code).toBe("ECONNREFUSED");
    expect(() => made.websocket("/")).toThrow("ECONNREFUSED");
  });

  it("ends a request that is idle for too long, and stop() one that is under way", async () => {
    const made = client({
      idleTimeout: 1,
      fetch: () => new Promise<Response>(() => {}),
    });
    await expect(made.fetch("/")).rejects.toThrow("fetch failed");
    const asked = gate();
    const other = client({
      fetch: () => {
        asked.open();
        return new Promise<Response>(() => {});
      },
    });
    const lost = other.fetch("/").catch((error: unknown) => String(error));
    await asked.promise;
    await other.stop();
    expect(await lost).toContain("fetch failed");
  });

  it("has https: URLs with tls, without encryption, and checks options as serve() does", async () => {
    const made = client({ tls: { key, cert }, fetch: (request) => new Response(request.url) });
    expect(await (await made.fetch("/a")).text()).toBe("https://localhost:3000/a");
    expect([made.server.protocol, made.server.port]).toEqual(["https", 3000]);
    expect(() => testClient({ fetch: 5 } as never)).toThrow(new TypeError("fetch must be a function, not 5"));
    expect(() => testClient({ port: 70_000, fetch: () => new Response() } as never)).toThrow(RangeError);
    expect(() => testClient(undefined as never)).toThrow(TypeError);
    await expect(made.fetch(5 as never)).rejects.toThrow();
    expect(() => made.websocket(5 as never)).toThrow(
      new TypeError("websocket() takes a path or a URL, and not 5"),
    );
  });

  it("has an address of its own for each kind, and takes no port", async () => {
    const fetch = (): Response => new Response("here");
    const [one, other, unix] = [
      client({ port: 0, fetch }),
      client({ port: 0, fetch }),
      client({ unix: "/a", fetch }),
    ];
    expect([one.server.port, one.server.url.href]).toEqual([49_152, "http://localhost:49152/"]);
    expect([unix.server.address, unix.server.port, unix.server.url.href]).toEqual([
      "/a",
      undefined,
      "unix:///a",
    ]);
    for (const each of [one, other, unix]) expect(await (await each.fetch("/")).text()).toBe("here");
  });
});

describe("testClient().websocket", () => {
  it("upgrades, sends and publishes through the real protocol, with subprotocols, fields and compression", async () => {
    const made = client({
      fetch: (request, server) => {
        const ok = server.upgrade(request, { headers: { "x-from": request.headers.get("x-name") ?? "" } });
        return ok ? undefined : new Response("no", { status: 400 });
      },
      websocket: {
        perMessageDeflate: true,
        open: (ws) => void ws.subscribe("all"),
        message(ws, message) {
          if (message === "all") made.server.publish("all", "to all", true);
          else ws.send(message, true);
        },
      },
    });
    const sockets = [made.websocket("/a", ["chat"]), made.websocket("/b", { headers: { "x-name": "b" } })];
    const received: string[][] = [[], []];
    for (const [i, socket] of sockets.entries()) {
      socket.addEventListener("message", ({ data }) => void received[i]!.push(String(data)));
      await event(socket, "open");
    }
    expect([sockets[0]!.protocol, sockets[0]!.extensions.includes("permessage-deflate")]).toEqual([
      "chat",
      true,
    ]);
    expect(made.server.pendingWebSockets).toBe(2);
    sockets[0]!.send("x".repeat(100_000));
    sockets[1]!.send("all");
    await until(() => received[0]!.length === 2 && received[1]!.length === 1, "messages");
    expect(received[1]).toEqual(["to all"]);
    expect(received[0]!.map(({ length }) => length).sort()).toEqual([100_000, 6].sort());
    expect((await made.fetch("/a")).status).toBe(400);
  });

  it("is limited as on the wire, and sends no PROXY header", async () => {
    for (const [limits, status] of [
      [{ maxConnections: 1 }, 503],
      [{ maxConnectionsPerIP: 1 }, 429],
    ] as const) {
      const entered = gate();
      const left = gate();
      const made = client({
        ...limits,
        proxyProtocol: true,
        async fetch() {
          entered.open();
          await left.promise;
          return new Response("first");
        },
      });
      const first = made.fetch("/");
      await entered.promise;
      expect((await made.fetch("/")).status).toBe(status);
      left.open();
      expect(await (await first).text()).toBe("first");
      await until(() => made.server.pendingRequests === 0, "no request");
      await until(async () => (await made.fetch("/")).status === 200, "the place of the first one");
    }
  });

  it("closes as on the wire: by either side, and with 1001 by stop()", async () => {
    const closed: unknown[] = [];
    const made = client({
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 400 })),
      websocket: {
        message: (ws, message) => ws.close(4000, String(message)),
        close: (_, code, reason) => void closed.push([code, reason]),
      },
    });
    const first = made.websocket("/");
    await event(first, "open");
    first.send("bye");
    expect(await event(first, "close")).toMatchObject({ code: 4000, reason: "bye", wasClean: true });
    const second = made.websocket("/");
    await event(second, "open");
    second.close(4001, "mine");
    expect(await event(second, "close")).toMatchObject({ code: 4001, wasClean: true });
    const third = made.websocket("/");
    await event(third, "open");
    third.terminate();
    await until(() => closed.length === 3, "closed");
    const fourth = made.websocket("/");
    await event(fourth, "open");
    const ended = event(fourth, "close");
    await made.stop();
    expect(await ended).toMatchObject({ code: 1001 });
    expect(closed).toEqual([
      [4000, "bye"],
      [4001, "mine"],
      [1006, ""],
      [1001, "Server closed"],
    ]);
    expect(first).toBeInstanceOf(WebSocket);
  });

  it("lets a sender wait for a client that does not read", async () => {
    const drained = gate();
    const made = client({
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 400 })),
      websocket: {
        message(ws) {
          let sent = 0;
          while (ws.sendBinary(Buffer.alloc(1 << 20)) !== -1) sent++;
          expect(sent).toBeLessThan(8);
        },
        drain: () => drained.open(),
      },
    });
    const socket = made.websocket("/");
    await event(socket, "open");
    socket.pause();
    socket.send("fill");
    await turns(50);
    socket.resume();
    await drained.promise;
  });
});
