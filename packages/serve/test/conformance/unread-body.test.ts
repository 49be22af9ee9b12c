import { Buffer } from "node:buffer";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { gate, turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { DISCARD_BYTES } from "../../src/http/limits.ts";
import { chunked } from "../support/chunked.ts";
import { startInternal, TestClock } from "../support/servers.ts";

const errors = captureErrors();

describe("maxRequestBodySize", () => {
  const seen: string[] = [];
  const limited = () =>
    startInternal({
      maxRequestBodySize: 10,
      async fetch(req) {
        seen.push("called");
        const text = await req.text().catch((error: Error) => error.name);
        seen.push(text);
        return new Response(text);
      },
    });

  it("allows just as much", async () => {
    const server = limited();
    expect((await ask(server, "POST /", ["Content-Length: 10"], "x".repeat(10))).text).toBe("x".repeat(10));
    const exact = chunked(Buffer.alloc(10, "x"), 3).toString();
    expect((await ask(server, "POST /", ["Transfer-Encoding: chunked"], exact)).text).toBe("x".repeat(10));
  });

  it("refuses a declared length before any handler is called", async () => {
    seen.length = 0;
    const client = connect(limited()).write(request("POST /", ["Content-Length: 11"]));
    expect((await client.response()).status).toBe(413);
    expect((await client.closedByServer()).length).toBe(0);
    expect(seen).toEqual([]);
  });

  it("refuses a chunked body at the chunk that is too much", async () => {
    seen.length = 0;
    const client = connect(limited()).write(
      request("POST /", ["Transfer-Encoding: chunked"], "a\r\n0123456789\r\n"),
    );
    await until(() => seen.length === 1, "the handler reads");
    client.write("1\r\n");
    expect((await client.response()).status).toBe(413);
    expect((await client.closedByServer()).length).toBe(0);
    await until(() => seen.length === 2, "the handler is told");
    expect(seen[1]).toBe("ProtocolError");
  });

  it("of 0 allows no body", async () => {
    const server = startInternal({ maxRequestBodySize: 0, fetch: () => new Response("ok") });
    expect((await ask(server, "POST /", ["Content-Length: 1"], "x")).status).toBe(413);
    expect((await ask(server, "POST /", ["Content-Length: 0"])).status).toBe(200);
  });
});

describe("a body that a handler does not read", () => {
  const ok = () => startInternal({ fetch: () => new Response("ok") });

  it("is taken out of the way if it is small: the connection goes on", async () => {
    const client = connect(ok());
    for (let i = 0; i < 3; i++) {
      client.write(request("POST /", ["Content-Length: 200000"]), "x".repeat(200_000));
      const response = await client.response();
      expect(response.text).toBe("ok");
      expect(response.headers["connection"]).toBeUndefined();
    }
  });

  it("ends the connection if it is large, and the response says so", async () => {
    const client = connect(ok()).write(request("POST /", ["Content-Length: 50000000"]));
    const response = await client.response();
    expect(response.text).toBe("ok");
    expect(response.headers["connection"]).toBe("close");
    expect((await client.closedByServer()).length).toBe(0);
    expect(client.reset).toBe(false);
  });

  it("ends the connection if it is of very many pieces, however few bytes they have", async () => {
    let handled = 0;
    const server = startInternal({
      fetch() {
        handled++;
        return new Response("ok");
      },
    });
    for (const [pieces, requests] of [
      [1_000, 2],
      [20_000, 1],
    ] as const) {
      handled = 0;
      const client = connect(server);
      const content = chunked(Buffer.alloc(pieces, "x"), 1);
      client.write(request("POST /", ["Transfer-Encoding: chunked"]), content);
      client.write(request("GET /", ["Connection: close"]));
      await client.closedByServer();
      expect(handled).toBe(requests);
    }
  });

  it("ends the connection if it is chunked and turns out to be large; nothing behind it is handled", async () => {
    let handled = 0;
    const server = startInternal({
      fetch() {
        handled++;
        return new Response("ok");
      },
    });
    // Whether the smaller ones are too much depends on packets; in some the next request is in the last of them.
    for (const size of [265_000, 275_000, 285_000, 295_000, 305_000, 315_000, 325_000, 335_000, 600_000]) {
      handled = 0;
      const content = chunked(Buffer.alloc(size, "x"), 8000);
      const last = request("GET /", ["Connection: close"]);
      const client = connect(server);
      client.write(request("POST /", ["Transfer-Encoding: chunked"]), content, last);
      const responses = (await client.closedByServer()).toString().match(/HTTP\/1\.1 200 OK/g) ?? [];
      expect(handled, `as many handled as responses, ${size} bytes`).toBe(responses.length);
      expect(client.reset).toBe(false);
    }
    expect(handled).toBe(1);
  });

  it("pauses the client as long as the handler works", async () => {
    const permit = gate();
    const server = startInternal({
      async fetch() {
        await permit.promise;
        return new Response("ok");
      },
    });
    const size = 64 * 1024 * 1024;
    const client = connect(server).write(request("POST /", [`Content-Length: ${size}`]));
    const block = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent < size; sent += block.length) client.socket.write(block);
    await until(() => server.pendingRequests === 1, "pending");
    let before = -1;
    while (before !== client.socket.writableLength) {
      before = client.socket.writableLength;
      await turns(200);
    }
    // The kernels' buffers hold some megabytes of it; the server 64 KiB and one read.
    expect(before).toBeGreaterThan(size / 2);
    permit.open();
    expect((await client.response()).headers["connection"]).toBe("close");
  });

  it("waits as long as its reader is slow, and none of it is lost", async () => {
    const next = gate();
    const server = startInternal({
      async fetch(req) {
        let size = 0;
        for await (const chunk of req.body ?? []) {
          if (size === 0) await next.promise;
          size += (chunk as Uint8Array).length;
        }
        return new Response(String(size));
      },
    });
    const size = 32 * 1024 * 1024;
    const client = connect(server).write(request("POST /", [`Content-Length: ${size}`]));
    client.socket.write(Buffer.alloc(size));
    await until(() => server.pendingRequests === 1, "pending");
    await turns(500);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    next.open();
    expect((await client.response()).text).toBe(String(size));
  });
});

describe("a body when the response has been sent", () => {
  it("still reaches who is reading it, and the connection goes on", async () => {
    const late: string[] = [];
    const server = startInternal({
      fetch(req) {
        req.text().then((text) => late.push(text));
        return new Response("accepted");
      },
    });
    const client = connect(server).write(request("POST /", ["Content-Length: 10"], "hello"));
    expect((await client.response()).text).toBe("accepted");
    client.write("world", request("POST /", ["Content-Length: 4"], "next"));
    expect((await client.response()).text).toBe("accepted");
    await until(() => late.length === 2, "read");
    expect(late).toEqual(["helloworld", "next"]);
  });

  it.each([
    "length",
    "chunked",
  ])("does not hold up the next request if its reader has stopped: %s", async (framing) => {
    const rest: number[] = [];
    const read = gate();
    const server = startInternal({
      async fetch(req) {
        if (req.method === "GET") return new Response("next");
        const reader = req.body!.getReader();
        let size = (await reader.read()).value!.length;
        void read.promise.then(async () => {
          for (let { value } = await reader.read(); value !== undefined; { value } = await reader.read())
            size += value.length;
          rest.push(size);
        });
        return new Response("enough");
      },
    });
    const content = Buffer.alloc(250_000, "x");
    const client = connect(server);
    if (framing === "length") client.write(request("POST /", ["Content-Length: 250000"]), content);
    else client.write(request("POST /", ["Transfer-Encoding: chunked"]), chunked(content, 8000));
    expect((await client.response()).text).toBe("enough");
    client.write(request("GET /"));
    expect((await client.response()).text).toBe("next");
    // And nothing is lost for a reader that goes on.
    read.open();
    await until(() => rest.length === 1, "read to the end");
    expect(rest).toEqual([250_000]);
  });

  it.each([
    0, 5,
  ])("does not hold up a later request if its end fills what is kept of it: idleTimeout %i", async (idleTimeout) => {
    const clock = new TestClock();
    const server = startInternal(
      {
        idleTimeout,
        async fetch(req) {
          await req.body?.getReader().read();
          return new Response(req.method);
        },
      },
      clock,
    );
    const client = connect(server).write(request("POST /", [`Content-Length: ${1 + DISCARD_BYTES}`], "a"));
    expect((await client.response()).text).toBe("POST");
    client.write(Buffer.alloc(DISCARD_BYTES));
    const [connection] = server.connections;
    await until(() => connection!.bodyComplete, "the end of the body");
    clock.pass(4);
    expect((await client.write(request("GET /")).response()).text).toBe("GET");
  });

  it("pauses the client nevertheless if its reader has stopped and it is large", async () => {
    const server = startInternal({
      async fetch(req) {
        await req.body!.getReader().read();
        return new Response("enough");
      },
    });
    const size = 32 * 1024 * 1024;
    const client = connect(server).write(request("POST /", [`Content-Length: ${size}`]));
    client.socket.write(Buffer.alloc(size));
    expect((await client.response()).text).toBe("enough");
    await turns(500);
    expect(client.socket.writableLength).toBeGreaterThan(0);
  });

  it("that does not come any more is an error for who waits", async () => {
    const late: string[] = [];
    const server = startInternal({
      fetch(req) {
        req.text().catch((error: Error) => late.push(error.name));
        return new Response("accepted");
      },
    });
    const client = connect(server).write(request("POST /", ["Content-Length: 10"], "hello"));
    await client.response();
    client.abort();
    await until(() => late.length === 1, "told");
    expect(late).toEqual(["AbortError"]);
  });

  it("is an error for who begins to read then", async () => {
    const late: string[] = [];
    const read = gate();
    const server = startInternal({
      fetch(req) {
        void read.promise.then(() => req.text()).catch((error: Error) => late.push(error.name));
        return new Response("accepted");
      },
    });
    const client = connect(server).write(request("POST /", ["Content-Length: 10"], "hello"));
    await client.response();
    read.open();
    await until(() => late.length === 1, "told");
    expect(late).toEqual(["AbortError"]);
    // The rest is thrown away, and the connection goes on.
    client.write("world", request("GET /"));
    expect((await client.response()).text).toBe("accepted");
  });

  it("still reaches who reads it piece by piece", async () => {
    const pieces: string[] = [];
    const server = startInternal({
      async fetch(req) {
        const reader = req.body!.getReader();
        const read = async () => pieces.push(String(Buffer.from((await reader.read()).value ?? [])));
        await read();
        void read().then(read);
        return new Response("enough");
      },
    });
    const client = connect(server).write(request("POST /", ["Content-Length: 10"], "hello"));
    expect((await client.response()).text).toBe("enough");
    client.write("world");
    await until(() => pieces.length === 3, "read to the end");
    expect(pieces).toEqual(["hello", "world", ""]);
  });
});

it("a handler's cancel throws the rest away", async () => {
  const server = startInternal({
    async fetch(req) {
      await req.body!.cancel();
      return new Response("cancelled");
    },
  });
  const client = connect(server).write(request("POST /", ["Content-Length: 10"], "hello"));
  expect((await client.response()).text).toBe("cancelled");
  client.write("world", request("POST /", ["Content-Length: 1"], "x"));
  expect((await client.response()).text).toBe("cancelled");
  expect(errors.reports).toEqual([]);
});
