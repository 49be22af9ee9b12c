import { connect as connectTLS } from "node:tls";
import { captureErrors } from "@mantou/testing/errors";
import { connect, RawClient, request } from "@mantou/testing/raw-client";
import { cert, key } from "@mantou/testing/tls";
import { gate, turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { startInternal, TestClock } from "../support/servers.ts";

captureErrors();

const hello = () => new Response("hello");

/** A server whose handler never responds, with the signals of its requests. */
function startHanging() {
  const clock = new TestClock();
  const signals: AbortSignal[] = [];
  const server = startInternal(
    {
      idleTimeout: 5,
      fetch(req) {
        signals.push(req.signal);
        return new Promise<Response>(() => {});
      },
    },
    clock,
  );
  return { clock, signals, server };
}

describe("a connection", () => {
  it("is closed without a word when it is idle for idleTimeout", async () => {
    const clock = new TestClock();
    const server = startInternal({ idleTimeout: 5, fetch: hello }, clock);
    const [fresh, used] = [await connect(server).connected(), connect(server).write(request("GET /"))];
    await used.response();
    await until(() => server.connections.size === 2, "both accepted");
    clock.pass(5);
    await turns();
    expect(server.connections.size).toBe(2);
    clock.pass(1);
    for (const client of [fresh, used]) expect((await client.closedByServer()).length).toBe(0);
    await until(() => server.connections.size === 0, "closed");
    expect(clock.idle).toBe(true);
  });

  it("has idleTimeout again after each response", async () => {
    const clock = new TestClock();
    const permit = gate();
    const server = startInternal(
      {
        idleTimeout: 5,
        async fetch() {
          await permit.promise;
          return hello();
        },
      },
      clock,
    );
    const client = connect(server).write(request("GET /"));
    await until(() => server.pendingRequests === 1, "pending");
    clock.pass(4);
    permit.open();
    await client.response();
    clock.pass(5);
    await turns();
    expect(server.connections.size).toBe(1);
    clock.pass(1);
    await client.closedByServer();
  });

  it("stays for ever with idleTimeout 0", async () => {
    const clock = new TestClock();
    const server = startInternal({ idleTimeout: 0, fetch: hello }, clock);
    const client = connect(server).write(request("GET /"));
    await client.response();
    clock.pass(100_000);
    expect((await client.write(request("GET /")).response()).text).toBe("hello");
  });

  it.each([
    ["plain", {}],
    ["secure", { tls: { key, cert } }],
  ])("with idleTimeout 0 that leaves while it is not read is noticed: %s", async (kind, tls) => {
    for (const [leave, sent] of [
      ["abort", 8_000_000],
      ["abort", 100_000],
      ["end", 100_000],
      ["end", 200_000],
    ] as const) {
      const clock = new TestClock();
      const reasons: string[] = [];
      const server = startInternal(
        {
          ...tls,
          idleTimeout: 0,
          fetch(req) {
            req.signal.addEventListener("abort", () => reasons.push(req.signal.reason.name));
            return new Promise<Response>(() => {});
          },
        },
        clock,
      );
      const { socket } = connect(server);
      const client =
        kind === "plain"
          ? new RawClient(socket)
          : new RawClient(connectTLS({ socket, rejectUnauthorized: false }));
      client.write(request("POST /", ["Content-Length: 10000000"]), Buffer.alloc(sent));
      await until(() => server.pendingRequests === 1, "pending");
      await turns(100);
      if (leave === "end") client.end();
      else socket.resetAndDestroy();
      await until(async () => {
        clock.pass(1);
        await turns(20);
        return reasons.length === 1;
      }, `${leave} behind ${sent} bytes is noticed`);
      expect(reasons).toEqual(["AbortError"]);
      await until(() => server.connections.size === 0 || leave === "end", "gone");
    }
  });

  it.each([
    "abort",
    "end",
  ] as const)("with idleTimeout 0 that sends requests ahead and leaves is noticed: %s", async (leave) => {
    const clock = new TestClock();
    let aborted = false;
    const server = startInternal(
      {
        idleTimeout: 0,
        fetch(req) {
          req.signal.addEventListener("abort", () => (aborted = true));
          return new Promise<Response>(() => {});
        },
      },
      clock,
    );
    const client = connect(server).write(request("GET /").repeat(leave === "end" ? 5_000 : 10_000));
    await until(() => server.pendingRequests === 1, "pending");
    await turns(100);
    client[leave]();
    await until(async () => {
      clock.pass(1);
      await turns(20);
      return aborted;
    }, "noticed");
  });

  it("with idleTimeout 0 whose upload is not read stays, and holds no more however often it is looked at", async () => {
    const clock = new TestClock();
    const read = gate();
    const server = startInternal(
      {
        idleTimeout: 0,
        async fetch(req) {
          await read.promise;
          return new Response(String((await req.arrayBuffer()).byteLength));
        },
      },
      clock,
    );
    const size = 32 * 1024 * 1024;
    const client = connect(server).write(request("POST /", [`Content-Length: ${size}`]));
    client.socket.write(Buffer.alloc(size));
    await until(() => server.pendingRequests === 1, "pending");
    for (let second = 0; second < 100; second++) {
      clock.pass(1);
      await turns(20);
    }
    // The kernels' buffers hold some megabytes of it; the server 320 KiB and one read.
    expect(client.socket.writableLength).toBeGreaterThan(size / 2);
    read.open();
    expect((await client.response()).text).toBe(String(size));
  });

  it("gets 408 for a head that trickles in, however steadily", async () => {
    for (const idleTimeout of [5, 0]) {
      const clock = new TestClock();
      const server = startInternal({ idleTimeout, fetch: hello }, clock);
      const client = connect(server).write("GET / HTTP/1.1\r\nHost: a\r\n");
      await until(() => server.connections.size === 1, "accepted");
      await turns(10);
      for (let second = 0; second < 70 && !client.ended; second++) {
        client.write("x");
        await turns();
        clock.pass(1);
        await turns();
      }
      const response = await client.response();
      expect(response.status).toBe(408);
      expect(response.headers["connection"]).toBe("close");
      expect((await client.closedByServer()).length).toBe(0);
    }
  });

  it("gets 408 for a body that does not come, and the handler gets an error", async () => {
    const clock = new TestClock();
    const seen: string[] = [];
    const server = startInternal(
      {
        idleTimeout: 5,
        async fetch(req) {
          seen.push(await req.text().catch((error: Error) => error.name));
          return hello();
        },
      },
      clock,
    );
    const client = connect(server).write(request("POST /", ["Content-Length: 10"], "half"));
    await until(() => server.pendingRequests === 1, "pending");
    clock.pass(6);
    expect((await client.response()).status).toBe(408);
    expect((await client.closedByServer()).length).toBe(0);
    client.destroy();
    await until(() => seen.length === 1, "told");
    expect(seen).toEqual(["AbortError"]);
    expect(server.pendingRequests).toBe(0);
  });

  it("goes on while a body comes, slowly but steadily", async () => {
    const clock = new TestClock();
    const server = startInternal(
      { idleTimeout: 5, fetch: async (req) => new Response(await req.text()) },
      clock,
    );
    const client = connect(server).write(request("POST /", ["Content-Length: 10"]));
    await until(() => server.pendingRequests === 1, "pending");
    for (let i = 0; i < 10; i++) {
      clock.pass(4);
      client.write("x");
      await turns();
    }
    expect((await client.response()).text).toBe("x".repeat(10));
  });

  it("is broken off when the handler takes too long, and the request aborted", async () => {
    const { clock, signals, server } = startHanging();
    const client = connect(server).write(request("GET /"));
    await until(() => signals.length === 1, "the request");
    clock.pass(5);
    await turns();
    expect(signals[0]!.aborted).toBe(false);
    clock.pass(1);
    expect((await client.closedByServer()).length).toBe(0);
    await until(() => signals[0]!.aborted, "aborted");
    expect(server.pendingRequests).toBe(0);
  });

  it.each([
    ["", "\r\n"],
    ["and its content", "Content-Length: 2\r\n\r\nhi"],
  ])("has all of idleTimeout for a handler whose head came in two pieces: %s", async (_, rest) => {
    const { clock, signals, server } = startHanging();
    const client = connect(server).write("POST / HTTP/1.1\r\nHost: a\r\n");
    await until(
      () => [...server.connections].some(({ http }) => http.waitingFor === "rest-of-head"),
      "the first piece",
    );
    clock.pass(5);
    client.write(rest);
    await until(() => signals.length === 1, "the request");
    clock.pass(5);
    await turns();
    expect([signals[0]!.aborted, client.ended]).toEqual([false, false]);
    clock.pass(1);
    expect((await client.closedByServer()).length).toBe(0);
    await until(() => signals[0]!.aborted, "aborted");
  });

  it("is idle behind the empty line that some old clients send behind content (RFC 9112 §2.2)", async () => {
    const old = `${request("POST /", ["Content-Length: 2"], "hi")}\r\n`;
    for (const limits of [{}, { headersTimeout: 3, requestTimeout: 3 }]) {
      const clock = new TestClock();
      const server = startInternal({ idleTimeout: 5, fetch: hello, ...limits }, clock);
      const client = connect(server).write(old);
      expect((await client.response()).text).toBe("hello");
      clock.pass(6);
      expect((await client.closedByServer()).length).toBe(0);
    }
    const clock = new TestClock();
    const server = startInternal({ idleTimeout: 0, requestTimeout: 30, fetch: hello }, clock);
    const client = connect(server).write(old);
    expect((await client.response()).text).toBe("hello");
    clock.pass(1_000);
    expect((await client.write(request("GET /")).response()).text).toBe("hello");
  });

  it("goes on while a stream sends, slowly but steadily", async () => {
    const clock = new TestClock();
    let sent = 0;
    const server = startInternal(
      {
        idleTimeout: 5,
        fetch: () =>
          new Response(
            new ReadableStream({
              async pull(controller) {
                await turns(2);
                clock.pass(4);
                controller.enqueue(Buffer.from("x"));
                if (++sent === 10) controller.close();
              },
            }),
          ),
      },
      clock,
    );
    expect((await connect(server).write(request("GET /")).response()).text).toBe("x".repeat(10));
  });

  it("goes on while its client reads a large response slowly, and not when it stops", async () => {
    const clock = new TestClock();
    const size = 64 * 1024 * 1024;
    const server = startInternal({ idleTimeout: 5, fetch: () => new Response(Buffer.alloc(size)) }, clock);
    const client = connect(server);
    // More than the kernels hold, so that the server sees it.
    const portion = 10 * 1024 * 1024;
    let wanted = 0;
    client.socket.removeAllListeners("data").on("data", (chunk: Buffer) => {
      wanted -= chunk.length;
      if (wanted <= 0) client.socket.pause();
    });
    client.socket.pause();
    client.write(request("GET /"));
    await until(() => server.connections.size === 1, "accepted");
    await turns(50);
    for (let i = 0; i < 5; i++) {
      wanted = portion;
      client.socket.resume();
      await until(() => wanted <= 0, "it reads on");
      clock.pass(6);
      await turns(20);
      expect(server.connections.size).toBe(1);
    }
    for (let i = 0; i < 5; i++) {
      clock.pass(6);
      await turns();
    }
    await until(() => server.connections.size === 0, "given up");
  });

  it("that is closing is given two seconds to read, and then broken off", async () => {
    const clock = new TestClock();
    const server = startInternal({ fetch: hello }, clock);
    const client = connect(server).write("nonsense\r\n\r\n");
    expect((await client.response()).status).toBe(400);
    await client.closedByServer();
    client.write("more nonsense");
    await turns();
    expect(server.connections.size).toBe(1);
    clock.pass(3);
    await until(() => server.connections.size === 0, "broken off");
  });
});

describe("server.timeout", () => {
  it("gives one request more time, or less, and the next one the usual", async () => {
    const clock = new TestClock();
    const responses: ((response: Response) => void)[] = [];
    const server = startInternal(
      {
        idleTimeout: 5,
        fetch(req, server) {
          const seconds = new URL(req.url).search.slice(1);
          if (seconds !== "") server.timeout(req, Number(seconds));
          return new Promise<Response>((resolve) => responses.push(resolve));
        },
      },
      clock,
    );
    const client = connect(server);
    for (const seconds of [20, 0]) {
      client.write(request(`GET /?${seconds}`));
      await until(() => responses.length === 1, "the request");
      clock.pass(19);
      responses.pop()!(new Response("late"));
      expect((await client.response()).text).toBe("late");
    }
    // Also without a byte from the client, the time after the response is the usual one.
    clock.pass(5);
    await turns();
    expect(client.ended).toBe(false);
    clock.pass(1);
    await client.closedByServer();

    const hasty = connect(server).write(request("GET /?1"));
    await until(() => responses.length === 1, "the request");
    clock.pass(2);
    expect((await hasty.closedByServer()).length).toBe(0);
  });

  it.each([60, 0])("gives a request %i seconds until its client has taken the response", async (seconds) => {
    const clock = new TestClock();
    const size = 32 * 1024 * 1024;
    const server = startInternal(
      {
        idleTimeout: 5,
        fetch(req, server) {
          if (new URL(req.url).pathname === "/next") return new Response("next");
          server.timeout(req, seconds);
          return new Response(Buffer.alloc(size));
        },
      },
      clock,
    );
    const client = connect(server);
    client.socket.pause();
    client.write(request("GET /"));
    await until(() => server.connections.size === 1, "accepted");
    await turns(50);
    for (let i = 0; i < 8; i++) {
      clock.pass(6);
      await turns();
    }
    expect(server.connections.size).toBe(1);
    client.socket.resume();
    expect((await client.response()).body.length).toBe(size);
    expect((await client.write(request("GET /next")).response()).text).toBe("next");
    clock.pass(6);
    await client.closedByServer();
  });

  it("takes whole seconds from 0 to 255", () => {
    const server = startInternal({ fetch: hello });
    for (const seconds of [-1, 1.5, 256, Number.NaN, "5", null, undefined]) {
      const kind = typeof seconds === "number" ? RangeError : TypeError;
      expect(() => server.timeout(new Request("http://a/"), seconds as number)).toThrow(kind);
    }
    // A request that is not this server's has no connection that could time out.
    server.timeout(new Request("http://a/"), 5);
  });
});
