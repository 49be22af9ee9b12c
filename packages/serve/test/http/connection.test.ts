import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, connectSecurely, request } from "@mantou/testing/raw-client";
import { cert, key } from "@mantou/testing/tls";
import { gate, turnCounter, turns, until } from "@mantou/testing/wait";
import { describe, expect, it, vi } from "vitest";
import { REQUESTS_A_TURN, UNREAD_BODY_BYTES } from "../../src/http/limits.ts";
import { runChild } from "../support/child.ts";
import { startInternal, TestClock } from "../support/servers.ts";

captureErrors();

/** Responds with the path, after as many turns of the event loop as the query says; without one, synchronously. */
function echoPath(req: Request): Response | Promise<Response> {
  const { pathname, search } = new URL(req.url);
  if (search === "") return new Response(pathname);
  return turns(Number(search.slice(1))).then(() => new Response(pathname));
}

describe("persistence (RFC 9112 §9.3)", () => {
  it("keeps an HTTP/1.1 connection for the next request", async () => {
    const client = connect(startInternal({ fetch: echoPath }));
    for (const path of ["/1", "/2?3", "/3"]) {
      const response = await client.write(request(`GET ${path}`)).response();
      expect(response.text).toBe(path.slice(0, 2));
      expect(response.headers["connection"]).toBeUndefined();
    }
    expect(client.ended).toBe(false);
  });

  it.each([
    "close",
    "Close",
    "keep-alive, close",
    "x, close",
  ])("closes after a request with Connection: %s", async (option) => {
    const client = connect(startInternal({ fetch: echoPath }));
    client.write(request("GET /1", [`Connection: ${option}`]), request("GET /2"));
    const response = await client.response();
    expect(response.headers["connection"]).toBe("close");
    expect((await client.closedByServer()).length).toBe(0);
  });

  it.each([
    "HTTP/1.1\r\nHost: a\r\nConnection: close",
    "HTTP/1.0",
  ])("closes its side and the client's behind the response if a client without content asks for that: %j", async (end) => {
    const server = startInternal({ fetch: echoPath });
    for (const path of ["/1", "/1?2"]) {
      const client = connect(server).write(`GET ${path} ${end}\r\n\r\n`);
      expect((await client.response()).text).toBe("/1");
      expect((await client.closedByServer()).length).toBe(0);
      // The client's own side is open.
      await until(() => server.connections.size === 0, "closed");
      expect(client.reset).toBe(false);
    }
  });

  it.each([
    ["content", request("POST /1", ["Content-Length: 2", "Connection: close"], "hi")],
    ["more bytes", `${request("GET /1", ["Connection: close"])}\r\n`],
  ])("waits for the end of a client that has sent %s, and may send an empty line behind it", async (_, bytes) => {
    const server = startInternal({ fetch: echoPath });
    const client = connect(server).write(bytes);
    expect((await client.response()).text).toBe("/1");
    expect((await client.closedByServer()).length).toBe(0);
    client.write("\r\n");
    await turns(20);
    expect([server.connections.size, client.reset]).toEqual([1, false]);
    client.end();
    await until(() => server.connections.size === 0, "closed");
    expect(client.reset).toBe(false);
  });

  it.each([
    ["its own", request("POST /", ["Connection: close", "Content-Length: 2"], "hi")],
    [
      "an earlier one's",
      request("POST /", ["Content-Length: 2"], "hi") + request("GET /", ["Connection: close"]),
    ],
  ])("makes no error at the end for a body that has come: %s", async (_, bytes) => {
    const made: string[] = [];
    class CountedException extends DOMException {
      constructor(message: string, name: string) {
        super(message, name);
        made.push(message);
      }
    }
    vi.stubGlobal("DOMException", CountedException);
    try {
      const server = startInternal({
        fetch: async (req) => new Response(`${req.method} ${await req.text()}`),
      });
      const client = connect(server).write(bytes);
      expect((await client.response()).text).toBe("POST hi");
      await client.closedByServer();
      client.end();
      await until(() => server.connections.size === 0, "closed");
    } finally {
      vi.unstubAllGlobals();
    }
    expect(made).toEqual([]);
  });

  it("closes after a response with Connection: close", async () => {
    const server = startInternal({
      fetch: () => new Response("last", { headers: { connection: "close", "x-other": "kept" } }),
    });
    const client = connect(server).write(request("GET /"), request("GET /"));
    const response = await client.response();
    expect(response.headers["connection"]).toBe("close");
    expect(response.headers["x-other"]).toBe("kept");
    expect((await client.closedByServer()).length).toBe(0);
  });

  it("closes after an HTTP/1.0 request, which needs no Host", async () => {
    const client = connect(startInternal({ fetch: echoPath })).write("GET /old HTTP/1.0\r\n\r\n");
    const response = await client.response();
    expect(response.text).toBe("/old");
    expect(response.headers["connection"]).toBe("close");
    expect((await client.closedByServer()).length).toBe(0);
  });

  it("keeps an HTTP/1.0 connection that asks for it, and says so", async () => {
    const client = connect(startInternal({ fetch: echoPath }));
    const get = "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    for (let i = 0; i < 2; i++) {
      const response = await client.write(get).response();
      expect(response.headers["connection"]).toBe("keep-alive");
      expect(response.text).toBe("/old");
    }
  });

  it("ends a stream for an HTTP/1.0 client by closing, keep-alive or not", async () => {
    const server = startInternal({
      fetch() {
        return new Response(
          new ReadableStream({
            async start(controller) {
              controller.enqueue(Buffer.from("one"));
              await turns();
              controller.enqueue(Buffer.from("two"));
              controller.close();
            },
          }),
        );
      },
    });
    const client = connect(server).write("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    await client.closedByServer();
    const response = await client.response();
    expect(response.framing).toBe("close");
    expect(response.headers["connection"]).toBe("close");
    expect(response.text).toBe("onetwo");
  });

  it("ignores an empty line before a request", async () => {
    const client = connect(startInternal({ fetch: echoPath }));
    expect((await client.write("\r\n", request("GET /1")).response()).text).toBe("/1");
    expect((await client.write("\r\n\r\n", request("GET /2")).response()).text).toBe("/2");
  });
});

describe("pipelining (RFC 9112 §9.3.2)", () => {
  it("responds in the order of the requests, sync and async handlers mixed, at every split", async () => {
    const paths = ["/a", "/b?4", "/c", "/d", "/e?1", "/f?3", "/g"];
    const bytes = Buffer.from(paths.map((path) => request(`GET ${path}`)).join(""));
    const server = startInternal({ fetch: echoPath });
    for (const at of [1, 10, 37, 38, 100, bytes.length - 1, bytes.length]) {
      const client = connect(server).write(bytes.subarray(0, at));
      await turns();
      if (at < bytes.length) client.write(bytes.subarray(at));
      for (const path of paths) expect((await client.response()).text).toBe(path.slice(0, 2));
      expect(client.received.length).toBe(0);
    }
  });

  it("handles one request at a time", async () => {
    const gates = [gate(), gate()];
    const begun: string[] = [];
    const server = startInternal({
      async fetch(req) {
        const path = new URL(req.url).pathname;
        begun.push(path);
        await gates[Number(path.slice(1))]!.promise;
        return new Response(path);
      },
    });
    const client = connect(server).write(request("GET /0"), request("GET /1"));
    await until(() => begun.length === 1, "the first request");
    await turns();
    expect(begun).toEqual(["/0"]);
    gates[0]!.open();
    expect((await client.response()).text).toBe("/0");
    await until(() => begun.length === 2, "the second request");
    gates[1]!.open();
    expect((await client.response()).text).toBe("/1");
  });

  it("responds to a thousand requests of one packet", async () => {
    const client = connect(startInternal({ fetch: echoPath }));
    client.write(...Array.from({ length: 1000 }, (_, i) => request(`GET /${i}`)));
    for (let i = 0; i < 1000; i++) expect((await client.response()).text).toBe(`/${i}`);
  });

  it("leaves the event loop to others between many requests of one packet", async () => {
    const { perTurn, count } = turnCounter();
    const server = startInternal({
      fetch: () => {
        count();
        return new Response("x");
      },
    });
    const client = connect(server).write(request("GET /").repeat(5 * REQUESTS_A_TURN));
    for (let i = 0; i < 5 * REQUESTS_A_TURN; i++) await client.response();
    expect(Math.max(...perTurn())).toBeLessThanOrEqual(REQUESTS_A_TURN);
  });

  it("keeps bodies and the requests behind them apart", async () => {
    const server = startInternal({ fetch: async (req) => new Response(`${req.method} ${await req.text()}`) });
    const client = connect(server).write(
      request("POST /", ["Content-Length: 5"], "first"),
      request("POST /", ["Transfer-Encoding: chunked"], "3\r\nsec\r\n3\r\nond\r\n0\r\n\r\n"),
      request("GET /"),
      request("PUT /", ["Content-Length: 4"], "last"),
    );
    for (const text of ["POST first", "POST second", "GET ", "PUT last"]) {
      expect((await client.response()).text).toBe(text);
    }
  });

  it("does not read on without end while a handler works", async () => {
    const waiting = gate();
    const server = startInternal({
      async fetch() {
        await waiting.promise;
        return new Response();
      },
    });
    const client = connect(server);
    const block = request("GET /", [`X-Pad: ${"x".repeat(8000)}`]).repeat(125);
    client.write(...Array.from({ length: 24 }, () => block));
    // The rest fills the buffers of the two kernels; what the client could not hand over shows in its queue.
    await until(() => client.socket.bytesWritten > 0 && server.pendingRequests === 1, "the first request");
    let before = -1;
    while (before !== client.socket.writableLength) {
      before = client.socket.writableLength;
      await turns(200);
    }
    expect(before).toBeGreaterThan(0);
    waiting.open();
    await client.response();
    await until(() => client.socket.writableLength === 0, "everything is read then");
  });

  it("serves a client no further that reads no responses", async () => {
    let handled = 0;
    const big = new Response("x".repeat(64 * 1024));
    const server = startInternal({
      fetch() {
        handled++;
        return big.clone();
      },
    });
    const client = connect(server);
    client.socket.pause();
    const total = 4000;
    client.write(request("GET /").repeat(total));
    let before = -1;
    while (before !== handled || handled === 0) {
      before = handled;
      await turns(200);
    }
    expect(handled).toBeLessThan(total / 4);
    client.socket.resume();
    await until(() => handled > before, "it goes on when the client reads");
    client.destroy();
  });
});

describe("HEAD (RFC 9110 §9.3.2)", () => {
  it("is served as GET, without a body, and the connection goes on", async () => {
    const client = connect(startInternal({ fetch: echoPath }));
    client.write(request("HEAD /1"), request("GET /2"));
    const head = await client.response({ head: true });
    expect(head.status).toBe(200);
    expect(head.headers["content-length"]).toBe("2");
    expect((await client.response()).text).toBe("/2");
  });
});

describe("a client that closes its sending side", () => {
  it("gets the responses to what it has sent, if they are ready", async () => {
    const client = connect(startInternal({ fetch: (req) => new Response(new URL(req.url).pathname) }));
    client.write(request("GET /1"), request("GET /2")).end();
    expect((await client.response()).text).toBe("/1");
    expect((await client.response()).text).toBe("/2");
    expect((await client.closedByServer()).length).toBe(0);
  });

  it("gets all of a response that is complete, also if it is the last one", async () => {
    const body = "x".repeat(8 * 1024 * 1024);
    const client = connect(startInternal({ fetch: () => new Response(body) }));
    client.write(request("GET /", ["Connection: close"]));
    await client.bytes(1);
    client.socket.pause();
    await turns(20);
    client.end();
    await turns(20);
    client.socket.resume();
    expect((await client.closedByServer()).toString().endsWith(`\r\n\r\n${body}`)).toBe(true);
  });

  it("is closed when it sends nothing at all", async () => {
    const server = startInternal({ fetch: echoPath });
    const client = connect(server);
    client.end();
    expect((await client.closedByServer()).length).toBe(0);
    await until(() => server.connections.size === 0, "closed");
  });

  it.each([
    "GET / HT",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
  ])("in the middle of a message is told so: %j", async (bytes) => {
    const server = startInternal({
      async fetch(req) {
        await req.text().catch(() => {});
        return new Response("never");
      },
    });
    const client = connect(server).write(bytes);
    client.end();
    expect((await client.response()).status).toBe(400);
    expect((await client.closedByServer()).length).toBe(0);
  });
});

describe("a client that does not send what it has begun", () => {
  /** What the handler is told, and whether that comes out of it as an error of the application's. */
  const told = (react: (req: Request) => Promise<Response>, clock?: TestClock) => {
    const seen: string[] = [];
    const note = (what: string) => (error: unknown) => {
      seen.push(`${what} ${error instanceof Error ? error.name : String(error)}`);
      throw error;
    };
    const server = startInternal(
      {
        idleTimeout: 5,
        async fetch(req) {
          req.signal.addEventListener("abort", () => seen.push(`signal ${req.signal.reason.name}`));
          return react(req).catch(note("reader"));
        },
        error(error) {
          seen.push(`error ${error.name}`);
          return new Response("error", { status: 500 });
        },
      },
      clock,
    );
    return { seen, server };
  };
  const readers: [string, (req: Request) => Promise<Response>][] = [
    ["text", async (req) => new Response(await req.text())],
    ["json", async (req) => Response.json(await req.json())],
    ["arrayBuffer", async (req) => new Response(await req.arrayBuffer())],
    ["formData", async (req) => new Response(String(await req.formData()))],
    ["a clone", async (req) => new Response(await req.clone().text())],
    [
      "its stream",
      async (req) => {
        for await (const _ of req.body!);
        return new Response();
      },
    ],
  ];
  const framings = [
    ["with a length", "Content-Length: 10", "half"],
    ["chunked", "Transfer-Encoding: chunked", "4\r\nhalf\r\n"],
  ] as const;

  describe.each(framings)("%s", (_, field, half) => {
    const post = request("POST /", [field, "Content-Type: multipart/form-data; boundary=b"], half);

    it.each(readers)("and ends aborts the request, quietly: %s", async (_, react) => {
      for (const leave of ["end", "abort"] as const) {
        const { seen, server } = told(react);
        const client = connect(server).write(post);
        await until(() => server.pendingRequests === 1, "pending");
        await turns();
        client[leave]();
        await until(() => seen.length === 2, "told");
        await turns();
        expect(seen.sort()).toEqual(["reader AbortError", "signal AbortError"]);
      }
    });

    it("and ends while what has come is sent back breaks that off, quietly", async () => {
      const { seen, server } = told(async (req) => new Response(req.body));
      const client = connect(server).write(post);
      await until(() => server.pendingRequests === 1, "pending");
      await turns();
      client.end();
      await until(() => seen.length === 1, "told");
      await client.closedByServer();
      expect(seen).toEqual(["signal AbortError"]);
    });

    it("and ends after its response is no error of the application's", async () => {
      const late: string[] = [];
      const server = startInternal({
        fetch(req) {
          req.text().catch((error: Error) => late.push(error.name));
          return new Response("accepted");
        },
      });
      const client = connect(server).write(post);
      await client.response();
      client.end();
      await until(() => late.length === 1, "told");
      expect(late).toEqual(["AbortError"]);
    });

    it("and takes too long gets 408, and the request is aborted", async () => {
      const clock = new TestClock();
      const { seen, server } = told(readers[0]![1], clock);
      const client = connect(server).write(post);
      await until(() => server.pendingRequests === 1, "pending");
      await turns();
      clock.pass(6);
      await until(() => seen.length === 2, "told");
      expect(seen.sort()).toEqual(["reader AbortError", "signal AbortError"]);
      expect((await client.response()).status).toBe(408);
    });
  });

  it("and breaks the protocol is told so, and the application is not blamed", async () => {
    const { seen, server } = told(readers[0]![1]);
    const client = connect(server).write(
      request("POST /", ["Transfer-Encoding: chunked"], "3\r\nabc\r\nnonsense"),
    );
    expect((await client.response()).status).toBe(400);
    await until(() => seen.length === 2, "told");
    await turns();
    expect(seen.sort()).toEqual(["reader ProtocolError", "signal AbortError"]);
  });

  it("and breaks the protocol is told so, too, if the stream of the response has given nothing yet, which is cancelled", async () => {
    const cancelled: unknown[] = [];
    const server = startInternal({
      fetch: () => new Response(new ReadableStream({ cancel: (reason) => void cancelled.push(reason) })),
    });
    // In one packet: the head of the response does not wait longer than that for the stream.
    const client = connect(server).write(
      request("POST /", ["Transfer-Encoding: chunked"], "3\r\nabc\r\nnonsense"),
    );
    expect((await client.response()).status).toBe(400);
    expect((await client.closedByServer()).length).toBe(0);
    await until(() => cancelled.length === 1, "cancelled");
    expect(server.pendingRequests).toBe(0);
  });

  it("because the handler does not read gets 503, and not the blame", async () => {
    for (const field of ["Content-Length: 10000000", "Transfer-Encoding: chunked"]) {
      const clock = new TestClock();
      const { seen, server } = told(() => new Promise(() => {}), clock);
      const client = connect(server).write(
        request("POST /", [field], field.startsWith("T") ? "989680\r\n" : ""),
        Buffer.alloc(1_000_000),
      );
      await until(() => server.pendingRequests === 1, "pending");
      await turns(50);
      clock.pass(6);
      expect((await client.response()).status).toBe(503);
      await until(() => seen.length === 1, "told");
      expect(seen).toEqual(["signal AbortError"]);
    }
  });

  it.each([
    ["collects", (req: Request) => req.text()],
    ["streams", async ({ body }: Request) => (await body!.getReader().read()).value],
    ["cancels", ({ body }: Request) => body!.cancel()],
  ])("because the handler does not read gets 503 also if that %s the body of an earlier request", async (_, read) => {
    const clock = new TestClock();
    const late = gate();
    let hasRead = false;
    const server = startInternal(
      {
        idleTimeout: 5,
        async fetch(req) {
          if (!req.url.endsWith("/1")) return new Promise<Response>(() => {});
          void late.promise.then(() => read(req)).then(() => (hasRead = true));
          return new Response("first");
        },
      },
      clock,
    );
    const client = connect(server).write(request("POST /1", ["Content-Length: 5"], "hello"));
    expect((await client.response()).text).toBe("first");
    client.write(request("POST /2", ["Content-Length: 10000000"]), Buffer.alloc(UNREAD_BODY_BYTES));
    const [connection] = [...server.connections];
    await until(
      () => connection!.http.waitingFor === "content" && connection!.awaited === "nothing",
      "as much as may wait",
    );
    late.open();
    await until(() => hasRead, "the earlier body");
    clock.pass(6);
    expect((await client.response()).status).toBe(503);
  });
});

describe("a target in absolute-form (RFC 9110 §7.4)", () => {
  const show = (req: Request) => new Response(req.url);

  it.each([
    ["http://a.example/x", 200, 421],
    ["HTTP://a.example", 200, 421],
    ["https://a.example/x", 421, 200],
    ["HttpS://a.example/x", 421, 200],
    ["ftp://a.example/x", 400, 400],
    ["HTTPZ://a.example/", 400, 400],
    ["ws://a.example/", 400, 400],
    ["wss://a.example/", 400, 400],
    ["foo+1.2://a.example/", 400, 400],
  ])("%s", async (target, plain, secure) => {
    for (const [status, client] of [
      [plain, connect(startInternal({ fetch: show }))],
      [secure, connectSecurely(startInternal({ fetch: show, tls: { key, cert } }))],
    ] as const) {
      const response = await client.write(request(`GET ${target}`), request("GET /behind")).response();
      expect(response.status).toBe(status);
      if (status === 200) {
        expect(response.text).toBe(new URL(target).href);
        continue;
      }
      expect(response.headers["connection"]).toBe("close");
      expect((await client.closedByServer()).length).toBe(0);
    }
  });

  it("is refused before its body is awaited, and before any handler is called", async () => {
    const server = startInternal({
      fetch: () => {
        throw new Error("not to be called");
      },
    });
    const client = connect(server).write(request("POST https://a/", ["Content-Length: 10"]));
    expect((await client.response()).status).toBe(421);
    expect(server.pendingRequests).toBe(0);
  });
});

describe("a body that is read behind the last response of its connection", () => {
  it("ends there, and its reader is told at once that the server has closed", async () => {
    const seen: string[] = [];
    const server = startInternal({
      maxRequestsPerConnection: 2,
      fetch(req) {
        req.text().catch(({ name, message }: Error) => seen.push(`${name}: ${message}`));
        return new Response("early");
      },
    });
    const fields = "Content-Length: 10\r\n\r\nhello";
    for (const head of [
      "POST / HTTP/1.0\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n",
      `${request("GET /")}POST / HTTP/1.1\r\nHost: a\r\n`,
    ]) {
      const client = connect(server).write(head + fields);
      if (head.startsWith("GET")) expect((await client.response()).text).toBe("early");
      expect((await client.response()).text).toBe("early");
      await until(() => seen.length === 1, "told");
      expect(seen.splice(0)).toEqual([
        "AbortError: The server closed the connection before the whole body had come",
      ]);
      expect(client.closed).toBe(false);
    }
  });
});

describe("counts", () => {
  it("pendingRequests counts the requests without a complete response", async () => {
    const waiting = gate();
    const server = startInternal({
      async fetch() {
        await waiting.promise;
        return new Response();
      },
    });
    const clients = [1, 2, 3].map(() => connect(server).write(request("GET /")));
    await until(() => server.pendingRequests === 3, "three are pending");
    clients[0]!.abort();
    await until(() => server.pendingRequests === 2, "one went away");
    waiting.open();
    await clients[1]!.response();
    await clients[2]!.response();
    expect(server.pendingRequests).toBe(0);
    expect(server.connections.size).toBe(2);
  });

  it("are right for responses in the same turn", async () => {
    let pending = -1;
    const server = startInternal({
      fetch() {
        pending = server.pendingRequests;
        return new Response();
      },
    });
    expect((await ask(server, "GET /")).status).toBe(200);
    expect(pending).toBe(1);
    expect(server.pendingRequests).toBe(0);
  });
});

describe("a listener of a request's signal that throws", () => {
  it("is an uncaught exception, as one of any EventTarget; what else the client's departure means goes on", async () => {
    const { stdout } = await runChild(`
      import net from "node:net";
      const heard = [];
      process.on("uncaughtException", (error) => heard.push("uncaught " + error.message));
      const server = serve({
        port: 0, hostname: "127.0.0.1", idleTimeout: 0,
        fetch(request) {
          request.signal.addEventListener("abort", () => { heard.push("first"); throw new Error("first"); });
          request.signal.addEventListener("abort", () => { heard.push("second"); });
          socket.destroy();
          return new Promise(() => {});
        },
      });
      const socket = net.connect(server.port, "127.0.0.1");
      socket.write("GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n");
      const look = setInterval(() => {
        if (heard.length < 3) return;
        clearInterval(look);
        console.log(JSON.stringify([...heard.sort(), server.pendingRequests]));
        server.stop(true);
      }, 5);
    `);
    expect(JSON.parse(stdout)).toEqual(["first", "second", "uncaught first", 0]);
  });
});
