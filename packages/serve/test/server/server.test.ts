import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { freePort } from "@mantou/testing/free-port";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { tempDir } from "@mantou/testing/temp-dir";
import { cert, key } from "@mantou/testing/tls";
import { gate, turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { runChild } from "../support/child.ts";
import { start, startInternal, TestClock } from "../support/servers.ts";

captureErrors();

const hello = () => new Response("hello");

/** Whether a promise has settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  await turns();
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe("closeIdleConnections", () => {
  it("counts what it closes, and nothing twice", async () => {
    const server = start({ fetch: hello });
    const clients = [connect(server), connect(server)];
    for (const client of clients) await client.write(request("GET /")).response();
    expect([server.closeIdleConnections(), server.closeIdleConnections()]).toEqual([2, 0]);
    for (const client of clients) await client.closedByServer();
    expect(server.closeIdleConnections()).toBe(0);
    const last = connect(server);
    await last.write(request("GET /")).response();
    const stopping = server.stop();
    expect(server.closeIdleConnections()).toBe(0);
    await stopping;
  });

  it("takes an empty line behind content for no part of a request", async () => {
    const server = start({ fetch: hello });
    const client = connect(server).write(`${request("POST /", ["Content-Length: 2"], "hi")}\r\n`);
    await client.response();
    expect(server.closeIdleConnections()).toBe(1);
    expect((await client.closedByServer()).length).toBe(0);
  });

  it("closes those on which nothing is under way, and says how many; the server goes on", async () => {
    const permit = gate<Response>();
    const server = startInternal({ fetch: (req) => (req.url.endsWith("/slow") ? permit.promise : hello()) });
    const [fresh, used, begun, busy] = [0, 1, 2, 3].map(() => connect(server));
    await fresh!.connected();
    await used!.write(request("GET /")).response();
    begun!.write("GET / HT");
    busy!.write(request("GET /slow"));
    await until(() => server.pendingRequests === 1 && server.connections.size === 4, "all there");
    await until(
      () => [...server.connections].some(({ http }) => http.waitingFor === "rest-of-head"),
      "begun",
    );
    expect(server.closeIdleConnections()).toBe(2);
    await fresh!.closedByServer();
    await used!.closedByServer();
    permit.open(hello());
    expect((await busy!.response()).status).toBe(200);
    begun!.write("TP/1.1\r\nHost: a\r\n\r\n");
    expect((await begun!.response()).status).toBe(200);
    expect(server.closeIdleConnections()).toBe(2);
    expect((await ask(server, "GET /")).status).toBe(200);
  });
});

it("await using stops the server, and waits until it has", async () => {
  const server = start({ fetch: hello });
  await server[Symbol.asyncDispose]();
  await expect(fetch(server.url)).rejects.toThrow();
});

describe("stop", () => {
  it("closes idle connections at once, and listens no more", async () => {
    const server = startInternal({ fetch: hello });
    const { port } = server;
    const [used, fresh] = [connect({ port }).write(request("GET /")), await connect({ port }).connected()];
    await used.response();
    await until(() => server.connections.size === 2, "both accepted");
    await server.stop();
    await until(() => used.closed || used.ended, "closed");
    await until(() => fresh.closed || fresh.ended, "closed");
    const late = connect({ port });
    await until(() => late.closed, "refused");
    expect(late.reset).toBe(true);
    expect(server.connections.size).toBe(0);
  });

  it("lets requests finish, as the last of their connections", async () => {
    const permit = gate();
    const server = startInternal({
      async fetch() {
        await permit.promise;
        return hello();
      },
    });
    const clients = [1, 2].map(() => connect(server).write(request("GET /"), request("GET /")));
    await until(() => server.pendingRequests === 2, "both pending");
    const stopped = server.stop();
    expect(await settled(stopped)).toBe(false);
    permit.open();
    for (const client of clients) {
      const response = await client.response();
      expect(response.text).toBe("hello");
      expect(response.headers["connection"]).toBe("close");
      expect((await client.closedByServer()).length).toBe(0);
      client.end();
    }
    await stopped;
    expect(server.pendingRequests).toBe(0);
  });

  it.each([
    ["alone", ""],
    ["behind one that has its response", request("GET /first")],
  ])("responds to a request of which a part has come, %s, and closes then", async (_, before) => {
    const whole = request("GET /part");
    for (const at of [1, 4, 20, whole.length - 1]) {
      const server = startInternal({ fetch: (req) => new Response(new URL(req.url).pathname) });
      const client = connect(server).write(before, whole.slice(0, at));
      if (before !== "") expect((await client.response()).text).toBe("/first");
      await until(() => [...server.connections].some(({ http }) => http.unreadBytes === at), "a part");
      const stopped = server.stop();
      expect(await settled(stopped)).toBe(false);
      const response = await client.write(whole.slice(at), request("GET /late")).response();
      expect(response.text).toBe("/part");
      expect(response.headers["connection"]).toBe("close");
      expect((await client.closedByServer()).length).toBe(0);
      client.end();
      await stopped;
    }
  });

  it("waits for the rest of a request no longer than it may take, and not at all with true", async () => {
    const clock = new TestClock();
    for (const breakOff of [false, true]) {
      const server = startInternal({ idleTimeout: 5, fetch: hello }, clock);
      const client = connect(server).write("GET / HT");
      await until(() => [...server.connections].some(({ http }) => http.unreadBytes > 0), "a part");
      const stopped = server.stop(breakOff);
      if (!breakOff) {
        clock.pass(6);
        expect((await client.response()).status).toBe(408);
      }
      expect((await client.closedByServer()).length).toBe(0);
      client.end();
      await stopped;
    }
  });

  it("takes an empty line for no request", async () => {
    const server = startInternal({ fetch: hello });
    const client = connect(server).write(request("POST /", ["Content-Length: 1"], "x\r\n"));
    await client.response();
    await server.stop();
    expect((await client.closedByServer()).length).toBe(0);
  });

  it("lets a stream finish", async () => {
    const finish = gate();
    const stream = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(Buffer.from("begun "));
        await finish.promise;
        controller.enqueue(Buffer.from("done"));
        controller.close();
      },
    });
    const server = startInternal({ fetch: () => new Response(stream) });
    const client = connect(server).write(request("GET /"));
    await until(() => client.received.includes("begun"), "begun");
    const stopped = server.stop();
    expect(await settled(stopped)).toBe(false);
    finish.open();
    expect((await client.response()).text).toBe("begun done");
    await client.closedByServer();
    client.end();
    await stopped;
  });

  it("resolves at once without connections, each time", async () => {
    const server = start({ fetch: hello });
    await server.stop();
    await server.stop();
    await server.stop(true);
  });

  it("with true breaks everything off", async () => {
    const server = startInternal({ fetch: () => new Promise<Response>(() => {}) });
    const clients = [connect(server).write(request("GET /")), connect(server)];
    await until(() => server.pendingRequests === 1 && server.connections.size === 2, "both accepted");
    await server.stop(true);
    expect(server.pendingRequests).toBe(0);
    expect(server.connections.size).toBe(0);
    for (const client of clients) expect((await client.closedByServer()).length).toBe(0);
  });

  it("with true hurries a stop that waits", async () => {
    const server = startInternal({ fetch: () => new Promise<Response>(() => {}) });
    connect(server).write(request("GET /"));
    await until(() => server.pendingRequests === 1, "pending");
    const stopped = server.stop();
    expect(await settled(stopped)).toBe(false);
    await Promise.all([server.stop(true), stopped]);
  });

  it("may be called by a handler; its response is still sent", async () => {
    const server = start({
      fetch(_req, server) {
        void server.stop();
        return hello();
      },
    });
    const response = await connect(server).write(request("GET /")).response();
    expect(response.text).toBe("hello");
    expect(response.headers["connection"]).toBe("close");
  });

  it("happens when the server is disposed of", async () => {
    const server = startInternal({ fetch: () => new Promise<Response>(() => {}) });
    const client = connect(server).write(request("GET /"));
    await until(() => server.pendingRequests === 1, "pending");
    server[Symbol.dispose]();
    await client.closedByServer();
  });

  it("frees the port for another server", async () => {
    const port = await freePort();
    await start({ port, fetch: hello }).stop();
    const second = start({ port, fetch: () => new Response("second") });
    expect((await ask(second, "GET /")).text).toBe("second");
  });
});

describe("reload", () => {
  it("takes other handlers, also for connections that are open, and keeps the error handler", async () => {
    const server = start({
      routes: { "/x": new Response("x 1") },
      fetch: () => new Response("fetch 1"),
      error: (error) => new Response(`caught ${error.message}`),
    });
    const client = connect(server);
    const text = async (path: string) => (await client.write(request(`GET ${path}`)).response()).text;
    expect([await text("/x"), await text("/")]).toEqual(["x 1", "fetch 1"]);
    const returned = server.reload({
      routes: { "/y": () => new Response("y 2") },
      fetch() {
        throw new Error("2");
      },
    });
    expect(returned).toBe(server);
    expect([await text("/x"), await text("/y")]).toEqual(["caught 2", "y 2"]);
    server.reload({ fetch: () => new Response("fetch 3") });
    expect([await text("/y"), await text("/")]).toEqual(["fetch 3", "fetch 3"]);
  });

  describe("leaves what is not named", () => {
    const failing = () => {
      throw new Error("x");
    };
    const begin = () =>
      start({
        routes: { "/route": new Response("route 1"), "/handler": () => new Response("handler 1") },
        fetch(req, server) {
          if (req.headers.has("upgrade")) return void server.upgrade(req);
          return req.url.endsWith("/fail") ? failing() : new Response("fetch 1");
        },
        error: () => new Response("error 1"),
        websocket: { message: (ws) => void ws.send("socket 1") },
      });
    /** The responses to five requests and a message. */
    const responses = async (server: ReturnType<typeof begin>): Promise<string[]> => {
      const all: string[] = [];
      for (const path of ["/", "/fail", "/route", "/handler", "/new"])
        all.push((await ask(server, `GET ${path}`)).text);
      const socket = await RawWebSocket.open(server);
      const [message] = await socket.text("x").texts(1);
      socket.close(1000);
      await socket.closing();
      return [...all, String(message)];
    };
    const before = ["fetch 1", "error 1", "route 1", "handler 1", "fetch 1", "socket 1"];
    const withoutRoutes = ["fetch 1", "error 1", "fetch 1", "fetch 1", "fetch 1", "socket 1"];
    const routes = { "/new": new Response("route 2") };
    const websocket = { message: (ws: { send(text: string): number }) => void ws.send("socket 2") };
    const error = () => new Response("error 2");

    it.each<[string, object, string[]]>([
      ["routes", { routes }, withoutRoutes.with(4, "route 2")],
      ["websocket", { websocket }, withoutRoutes.with(5, "socket 2")],
      ["error", { error }, withoutRoutes.with(1, "error 2")],
      [
        "error, and what is undefined",
        { error, fetch: undefined, routes: undefined, websocket: undefined },
        withoutRoutes.with(1, "error 2"),
      ],
      ["routes and null", { routes, fetch: null, error: null }, withoutRoutes.with(4, "route 2")],
      ["no routes", { routes: {} }, withoutRoutes],
      ["static", { static: routes }, withoutRoutes.with(4, "route 2")],
      ["routes and websocket", { routes, websocket }, withoutRoutes.with(4, "route 2").with(5, "socket 2")],
    ])("%s", async (_what, options, after) => {
      const server = begin();
      expect(await responses(server)).toEqual(before);
      expect(server.reload(options)).toBe(server);
      expect(await responses(server)).toEqual(after);
    });

    it("routes too, if there is no fetch", async () => {
      const server = start({ routes: { "/": failing, "/route": new Response("route") } });
      server.reload({ error });
      expect((await ask(server, "GET /")).text).toBe("error 2");
      expect((await ask(server, "GET /route")).text).toBe("route");
      expect(() => server.reload({ routes: {} })).toThrow(TypeError);
      expect((await ask(server, "GET /route")).text).toBe("route");
    });
  });

  it("refuses options of TLS that stand beside tls: they would have no effect", () => {
    const server = start({ fetch: () => new Response() });
    const options = { fetch: () => new Response(), requestCert: true, keyFile: undefined };
    expect(() => server.reload(options)).toThrow("reload() has no option requestCert: write tls.requestCert");
  });

  it("does not touch requests that are under way", async () => {
    const permit = gate();
    const server = startInternal({
      async fetch() {
        await permit.promise;
        return new Response("old");
      },
    });
    const client = connect(server).write(request("GET /"));
    await until(() => server.pendingRequests === 1, "pending");
    server.reload({ fetch: () => new Response("new") });
    permit.open();
    expect((await client.response()).text).toBe("old");
    expect((await client.write(request("GET /")).response()).text).toBe("new");
  });

  it("that fails leaves everything as it was", async () => {
    const server = start({ routes: { "/": new Response("good") }, fetch: hello });
    const bad: unknown[] = [
      {},
      { fetch: 5 },
      { routes: { "/": 5 } },
      { fetch: hello, error: "no" },
      { fetch: hello, routes: 5 },
    ];
    for (const options of bad) {
      expect(() => server.reload(options as Parameters<typeof server.reload>[0])).toThrow(TypeError);
    }
    expect((await ask(server, "GET /")).text).toBe("good");
    expect((await ask(server, "GET /x")).text).toBe("hello");
  });
});

describe("requestIP", () => {
  it("is the client's address, and null when the client has gone", async () => {
    const requests: Request[] = [];
    const server = startInternal({
      fetch(req, server) {
        requests.push(req);
        return Response.json(server.requestIP(req));
      },
    });
    const client = connect(server).write(request("GET /"));
    const { localPort } = await client.connected().then(({ socket }) => socket);
    expect(JSON.parse((await client.response()).text)).toEqual({
      address: "127.0.0.1",
      family: "IPv4",
      port: localPort,
    });
    client.destroy();
    await until(() => server.connections.size === 0, "closed");
    expect(server.requestIP(requests[0]!)).toBeNull();
    expect(server.requestIP(new Request("http://a/"))).toBeNull();
  });

  it("knows IPv6", async () => {
    const server = start({ hostname: "::1", fetch: (req, server) => Response.json(server.requestIP(req)) });
    const address = JSON.parse((await ask({ port: server.port, host: "::1" }, "GET /")).text);
    expect(address).toMatchObject({ address: "::1", family: "IPv6" });
  });
});

describe("ref and unref", () => {
  it("decide whether the server keeps its process alive", async () => {
    const source = `const server = serve({ port: 0, fetch: () => new Response() });`;
    const [unref, both, ref] = await Promise.all([
      runChild(`${source} server.unref(); console.log("ends");`),
      runChild(
        `${source} server.unref(); server.ref(); setTimeout(() => { console.log("lives"); server.stop(); }, 50).unref();`,
      ),
      runChild(`${source} setTimeout(() => { console.log("lives"); server.stop(); }, 50).unref();`),
    ]);
    expect(unref).toEqual({ code: 0, stdout: "ends\n", stderr: "" });
    expect(both).toEqual({ code: 0, stdout: "lives\n", stderr: "" });
    expect(ref).toEqual({ code: 0, stdout: "lives\n", stderr: "" });
  });
});

describe("properties", () => {
  it.each([
    ["DebugHTTPServer", true, undefined],
    ["HTTPServer", false, undefined],
    ["DebugHTTPSServer", true, { key, cert }],
    ["HTTPSServer", false, { key, cert }],
  ])("name its kind, as Bun's do: %s", (name, development, tls) => {
    const server = start({ development, fetch: hello, ...(tls === undefined ? {} : { tls }) });
    expect(Object.prototype.toString.call(server)).toBe(`[object ${name}]`);
  });

  it("tell what was asked for", () => {
    const server = start({ id: "name", development: true, fetch: hello });
    expect(server.id).toBe("name");
    expect(server.development).toBe(true);
    expect(server.protocol).toBe("http");
    expect(server.pendingRequests).toBe(0);
    expect([server.pendingWebSockets, server.pendingWebsockets]).toEqual([0, 0]);
    expect(start({ fetch: hello }).id).toBe("");
    expect(start({ fetch: hello, id: null }).id).toBe("");
  });
});

describe("what it says of itself", () => {
  it("is where it listens, and the same URL each time", () => {
    const server = start({ fetch: hello });
    expect(server.url).toBe(server.url);
    expect(server.address).toEqual({ address: "127.0.0.1", family: "IPv4", port: server.port });
  });

  it("is a path for a Unix socket", () => {
    const unix = join(tempDir(), "s");
    const server = start({ unix, fetch: hello });
    expect([server.address, server.url.href, server.port, server.hostname]).toEqual([
      unix,
      `unix://${unix}`,
      undefined,
      undefined,
    ]);
    expect(server.url).toBe(server.url);
  });
});
