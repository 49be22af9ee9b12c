import { captureErrors } from "@mantou/testing/errors";
import { connect, type RawClient, request } from "@mantou/testing/raw-client";
import { gate, turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServeOptions } from "../../src/api/server.ts";
import { type InternalServer, startInternal, TestClock } from "../support/servers.ts";

captureErrors();

/** A server that sends bodies back, on a clock of the test's own. */
function limited(options: object): { server: InternalServer; clock: TestClock } {
  const clock = new TestClock();
  const fetch = async (request: Request) => new Response(await request.text());
  return { server: startInternal({ fetch, ...options } as ServeOptions, clock), clock };
}

/** Sends a piece in each of so many seconds. */
async function trickle(client: RawClient, clock: TestClock, seconds: number, piece: string): Promise<void> {
  for (let second = 0; second < seconds && !client.ended; second++) {
    client.write(piece);
    await turns(3);
    clock.pass(1);
    await turns(3);
  }
}

async function refused(client: RawClient, status = 408): Promise<void> {
  const response = await client.response();
  expect([response.status, response.headers["connection"]]).toEqual([status, "close"]);
  expect((await client.closedByServer()).length).toBe(0);
}

describe("headersTimeout", () => {
  it("gives a head that trickles in 408, however steadily", async () => {
    const { server, clock } = limited({ headersTimeout: 5, idleTimeout: 0 });
    const client = connect(server).write("GET / HTTP/1.1\r\n");
    await until(() => server.connections.size === 1, "accepted");
    await trickle(client, clock, 5, "X-A: b\r\n");
    expect(client.received.length).toBe(0);
    await trickle(client, clock, 2, "X-A: b\r\n");
    await refused(client);
  });

  it("gives it more time than idleTimeout, which is the time between its bytes then", async () => {
    const { server, clock } = limited({ headersTimeout: 30, idleTimeout: 5 });
    const client = connect(server).write("GET / HTTP/1.1\r\nHost: a\r\n");
    await until(() => server.connections.size === 1, "accepted");
    await trickle(client, clock, 20, "X-A: b\r\n");
    expect((await client.write("\r\n").response()).status).toBe(200);
    const silent = connect(server).write("GET / HTTP/1.1\r\n");
    await until(() => server.connections.size === 2, "accepted");
    await turns(20);
    clock.pass(6);
    await refused(silent);
  });

  it("begins anew with each head, also behind another in one packet", async () => {
    const { server, clock } = limited({ headersTimeout: 5, idleTimeout: 0 });
    const client = connect(server);
    for (let i = 0; i < 4; i++) {
      client.write(request("GET /").slice(0, 10));
      await turns(5);
      clock.pass(3);
      client.write(request("GET /").slice(10));
      expect((await client.response()).status).toBe(200);
    }
  });

  it("says nothing of an idle connection", async () => {
    const { server, clock } = limited({ headersTimeout: 5, idleTimeout: 0 });
    const client = connect(server).write(request("GET /"));
    await client.response();
    clock.pass(1_000);
    expect((await client.write(request("GET /")).response()).status).toBe(200);
  });
});

describe("requestTimeout", () => {
  it("gives a request that is not whole in time 408, its body or its head", async () => {
    const { server, clock } = limited({ requestTimeout: 5, idleTimeout: 0, minBodyRate: 0 });
    const body = connect(server).write(request("POST /", ["Content-Length: 1000"]));
    await until(() => server.pendingRequests === 1, "the head");
    await trickle(body, clock, 7, "a".repeat(100));
    await refused(body);
    const head = connect(server).write("GET / HTTP/1.1\r\n");
    await until(() => server.connections.size > 0, "accepted");
    await trickle(head, clock, 7, "X-A: b\r\n");
    await refused(head);
  });

  it("counts head and body together, and begins anew with each request", async () => {
    const { server, clock } = limited({ requestTimeout: 6, idleTimeout: 0, minBodyRate: 0 });
    const client = connect(server);
    const whole = request("POST /", ["Content-Length: 4"], "abcd");
    for (let i = 0; i < 3; i++) {
      for (const [from, to] of [
        [0, 10],
        [10, whole.length - 4],
        [whole.length - 4, whole.length - 1],
      ] as const) {
        client.write(whole.slice(from, to));
        await turns(5);
        clock.pass(2);
      }
      if (i < 2) expect((await client.write("d").response()).text).toBe("abcd");
    }
    await turns(5);
    clock.pass(1);
    await refused(client);
  });

  it("ends neither a response that streams nor a request whose handler lets its client wait", async () => {
    const permit = gate();
    const { server, clock } = limited({
      requestTimeout: 5,
      idleTimeout: 0,
      fetch: async (request: Request) => {
        if (request.method === "POST") {
          await permit.promise;
          return new Response(String((await request.arrayBuffer()).byteLength));
        }
        return new Response(new ReadableStream({ start: (c) => c.enqueue(Buffer.from("event")) }), {
          headers: { "content-type": "text/event-stream" },
        });
      },
    });
    const events = connect(server).write(request("GET /"));
    await until(() => events.received.includes("event"), "an event");
    const upload = connect(server).write(
      request("POST /", ["Content-Length: 1000000"]),
      "a".repeat(1_000_000),
    );
    await until(() => server.pendingRequests === 2, "both");
    await turns(50);
    clock.pass(100);
    await turns(20);
    expect(events.ended).toBe(false);
    permit.open();
    expect((await upload.response()).text).toBe("1000000");
  });

  it("waits for a handler that has not asked for the body", async () => {
    const permit = gate();
    const { server, clock } = limited({
      requestTimeout: 5,
      minBodyRate: { bytes: 10, seconds: 5 },
      idleTimeout: 0,
      fetch: async (request: Request) => {
        await permit.promise;
        return new Response(await request.text());
      },
    });
    const client = connect(server).write(request("POST /", ["Content-Length: 2", "Expect: 100-continue"]));
    await until(() => server.pendingRequests === 1, "the head");
    clock.pass(100);
    permit.open();
    expect((await client.bytes(1)).toString()).toContain("100 Continue");
    await turns(5);
    clock.pass(7);
    await until(() => client.received.includes("408"), "408");
  });
});

describe("minBodyRate", () => {
  it("gives a body that comes slower 408, and its handler an abort", async () => {
    const aborts: unknown[] = [];
    const { server, clock } = limited({
      minBodyRate: { bytes: 100, seconds: 5 },
      fetch: async (request: Request) => {
        request.signal.addEventListener("abort", () => aborts.push(request.signal.reason.name));
        return new Response(await request.text());
      },
    });
    const client = connect(server).write(request("POST /", ["Content-Length: 100000"]));
    await until(() => server.pendingRequests === 1, "the head");
    await trickle(client, clock, 4, "a".repeat(80));
    expect(client.received.length).toBe(0);
    await trickle(client, clock, 3, "a".repeat(80));
    await refused(client);
    expect(aborts).toEqual(["AbortError"]);
  });

  it("lets one pass that keeps it, however long it takes", async () => {
    const { server, clock } = limited({ minBodyRate: { bytes: 100, seconds: 5 } });
    const client = connect(server).write(request("POST /", ["Transfer-Encoding: chunked"]));
    await until(() => server.pendingRequests === 1, "the head");
    await trickle(client, clock, 60, `64\r\n${"a".repeat(100)}\r\n`);
    expect((await client.write("0\r\n\r\n").response()).text).toHaveLength(6_000);
  });

  it("is not earned in advance", async () => {
    const { server, clock } = limited({ minBodyRate: { bytes: 100, seconds: 5 } });
    const client = connect(server).write(request("POST /", ["Content-Length: 1000000"]), "a".repeat(500_000));
    await until(() => server.pendingRequests === 1, "the head");
    await turns(20);
    await trickle(client, clock, 12, "a");
    await refused(client);
  });

  it("does not count the seconds in which the handler lets its client wait", async () => {
    const permit = gate();
    const { server, clock } = limited({
      minBodyRate: { bytes: 100, seconds: 5 },
      idleTimeout: 0,
      fetch: async (request: Request) => {
        await permit.promise;
        return new Response(String((await request.arrayBuffer()).byteLength));
      },
    });
    const size = 8_000_000;
    const client = connect(server).write(request("POST /", [`Content-Length: ${size}`]), "a".repeat(size));
    await until(() => server.pendingRequests === 1, "the head");
    await turns(50);
    clock.pass(100);
    await turns(20);
    permit.open();
    expect((await client.response()).text).toBe(String(size));
  });

  it("holds for a body that goes on behind its response, too", async () => {
    const { server, clock } = limited({
      minBodyRate: { bytes: 100, seconds: 5 },
      fetch: () => new Response("early"),
    });
    const client = connect(server).write(request("POST /", ["Content-Length: 1000"]), "a");
    expect((await client.response()).text).toBe("early");
    await trickle(client, clock, 8, "a");
    await client.closedByServer();
  });

  it("holds for a client that does not wait for 100 Continue, from the size of its first chunk on", async () => {
    const { server, clock } = limited({ minBodyRate: { bytes: 100, seconds: 5 } });
    const fields = ["Expect: 100-continue", "Transfer-Encoding: chunked"];
    const client = connect(server).write(request("POST /", fields, "5;a"));
    await until(() => server.pendingRequests === 1, "the head");
    await trickle(client, clock, 8, "a");
    await refused(client);
  });

  it("cuts off a response that has begun", async () => {
    const { server, clock } = limited({
      minBodyRate: { bytes: 100, seconds: 5 },
      fetch: (request: Request) => new Response(request.body),
    });
    const client = connect(server).write(request("POST /", ["Content-Length: 1000"], "begun"));
    await until(() => client.received.includes("begun"), "a part");
    await trickle(client, clock, 8, "a");
    await client.closedByServer();
    expect(client.received.toString()).not.toContain("408");
    await until(() => server.connections.size === 0, "gone");
  });

  it("is 240 bytes a second over a minute by default, far less than Bun demands", async () => {
    const { server, clock } = limited({});
    const fast = connect(server).write(request("POST /", ["Content-Length: 100000"]));
    await until(() => server.pendingRequests === 1, "the head");
    await trickle(fast, clock, 70, "a".repeat(240));
    expect(fast.received.length).toBe(0);
    fast.destroy();
    await until(() => server.pendingRequests === 0, "gone");
    const slow = connect(server).write(request("POST /", ["Content-Length: 100000"]));
    await until(() => server.pendingRequests === 1, "the head");
    await trickle(slow, clock, 63, "a".repeat(200));
    await refused(slow);
  });

  it("is not demanded by default of a request without idleTimeout, which Bun serves however slowly it comes", async () => {
    const fetch = async (request: Request, server: { timeout(request: Request, seconds: number): void }) => {
      if (request.url.endsWith("/patient")) server.timeout(request, 0);
      return new Response(await request.text());
    };
    for (const [options, path] of [
      [{ idleTimeout: 0, fetch }, "/"],
      [{ fetch }, "/patient"],
    ] as const) {
      const { server, clock } = limited(options);
      const client = connect(server).write(request(`POST ${path}`, ["Content-Length: 4"]));
      await until(() => server.pendingRequests === 1, "the head");
      for (const piece of ["a", "b", "c", "d"]) {
        clock.pass(30_000);
        await turns(3);
        client.write(piece);
        await turns(3);
      }
      expect((await client.response()).text).toBe("abcd");
    }
  });

  it("is counted by default over what Bun gives a client that sends in bursts", async () => {
    const { server, clock } = limited({ idleTimeout: 255 });
    const client = connect(server).write(request("POST /", ["Content-Length: 1000000"]));
    await until(() => server.pendingRequests === 1, "the head");
    for (let i = 0; i < 4; i++) {
      client.write("a".repeat(250_000));
      await turns(10);
      if (i < 3) clock.pass(250);
    }
    expect((await client.response()).text).toHaveLength(1_000_000);
  });

  it("leaves no deadline behind", async () => {
    const { server, clock } = limited({ minBodyRate: 100, requestTimeout: 100, headersTimeout: 100 });
    const client = connect(server).write(request("POST /", ["Content-Length: 10"], "a"));
    await until(() => server.pendingRequests === 1, "the head");
    client.destroy();
    await until(() => clock.idle, "forgotten");
  });
});
