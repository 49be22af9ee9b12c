import { Buffer } from "node:buffer";
import net from "node:net";
import { ask, connect, connectSecurely, type RawClient, request } from "@mantou/testing/raw-client";
import type { RawWebSocket } from "@mantou/testing/raw-websocket";
import { cert, key } from "@mantou/testing/tls";
import { gate, turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { Server } from "../../src/api/server.ts";
import { closeSpread } from "../../src/server/spread-close.ts";
import { start, startInternal, TestClock } from "../support/servers.ts";
import { startWebSockets } from "../support/websocket-pair.ts";

describe("server.stop() with an object", () => {
  it("closes the WebSockets with 1012, all at once without a spread, and resolves behind the last connection", async () => {
    const closed: unknown[] = [];
    const { server, connect: open } = startWebSockets({
      close: (_, code, reason) => void closed.push([code, reason]),
    });
    const clients = [(await open()).client, (await open()).client];
    const stopped = server.stop({});
    expect(closed).toEqual(Array(2).fill([1012, "retry=2"]));
    for (const client of clients) {
      expect(await client.closing()).toEqual({ code: 1012, reason: "retry=2" });
      client.close(1012).client.end();
    }
    await stopped;
  });

  it("closes them one after the other over the seconds of the spread, and opens no more", async () => {
    const { server, connect: open } = startWebSockets();
    const clients: RawWebSocket[] = [];
    for (let i = 0; i < 4; i++) clients.push((await open()).client);
    const late = connect(server);
    const started = performance.now();
    const stopped = server.stop({ spread: 0.4 });
    const times: number[] = [];
    for (const client of clients) {
      expect(await client.closing()).toEqual({ code: 1012, reason: "retry=1" });
      times.push(performance.now() - started);
      client.close(1012).client.end();
    }
    expect(times[3]).toBeGreaterThan(250);
    expect(server.pendingWebSockets).toBe(0);
    late.end();
    await stopped;
  });

  it("gives requests their responses, and ends those that take longer than the timeout", async () => {
    const arrived = gate();
    const never = gate();
    const server = start({
      fetch: async () => {
        arrived.open();
        await never.promise;
        return new Response("late");
      },
    });
    const client = connect(server);
    client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await arrived.promise;
    await server.stop({ timeout: 0.05 });
    await until(() => client.ended || client.closed, "closed");
    never.open();
  });

  it("ends a client that does not reply to its Close frame, when the time is over", async () => {
    const { server, connect: open } = startWebSockets();
    const { client } = await open();
    await server.stop({ timeout: 0.05, spread: 0.01 });
    await until(() => client.client.ended || client.client.closed, "closed");
  });

  it("resolves at the latest when the time is over, whatever does not end: at 0, with a client that does not read", async () => {
    // The Heartbeat looks after such a client once a second: here never.
    const { server, connect: open } = startWebSockets({}, { everySecond: () => () => {} });
    const { ws, client } = await open();
    client.client.socket.pause();
    while (ws.sendBinary(Buffer.alloc(1 << 20)) !== -1);
    connect(server).write("GET / HTTP/1.1\r\nHost: a\r\n");
    await until(() => server.connections.size === 1, "a request");
    await server.stop({ timeout: 0 });
    expect([ws.readyState, server.connections.size]).toEqual([3, 0]);
    client.client.destroy();
  });

  it("goes on in the grace, and says that it is not ready", async () => {
    const { server, connect: open } = startWebSockets();
    const { ws, client } = await open();
    expect(server.ready).toBe(true);
    const stopped = server.stop({ grace: 86_400 });
    expect(server.ready).toBe(false);
    expect((await ask(server, "GET /")).headers["connection"]).not.toBe("close");
    const { ws: late, client: other } = await open();
    expect([ws.readyState, late.readyState]).toEqual([1, 1]);
    void server.stop({});
    for (const each of [client, other]) {
      expect(await each.closing()).toEqual({ code: 1012, reason: "retry=2" });
      each.close(1012).client.end();
    }
    await stopped;
    expect(server.ready).toBe(false);
    await expect(refused(server.port!)).resolves.toBe("ECONNREFUSED");
  });

  it("stops when the seconds of the grace are over, and not before", async () => {
    const { server, connect: open } = startWebSockets();
    const { client } = await open();
    const started = performance.now();
    const stopped = server.stop({ grace: 0.3, timeout: 30 });
    expect(await client.closing()).toEqual({ code: 1012, reason: "retry=2" });
    expect(performance.now() - started).toBeGreaterThan(290);
    client.close(1012).client.end();
    await stopped;
    await expect(refused(server.port!)).resolves.toBe("ECONNREFUSED");
  });

  it.each<[string, unknown[]]>([
    ["stop()", []],
    ["stop({})", [{}]],
    ["stop(true)", [true]],
    ["stop({ grace })", [{ grace: 86_400 }]],
  ])("ends the grace when %s is called meanwhile", async (_, args) => {
    const server = start({ fetch: () => new Response("here") });
    const stopped = server.stop({ grace: 86_400 });
    void (server.stop as (...given: unknown[]) => Promise<void>)(...args);
    await stopped;
    await expect(refused(server.port!)).resolves.toBe("ECONNREFUSED");
  });

  it("has no grace for a server that has stopped before", async () => {
    const server = start({ fetch: () => new Response("x") });
    await server.stop();
    await server.stop({ grace: 86_400 });
  });

  it("ends the grace when the time is over, too", async () => {
    const server = start({ fetch: () => new Response("here") });
    await server.stop({ grace: 0.05, timeout: 0.05 });
    await expect(refused(server.port!)).resolves.toBe("ECONNREFUSED");
  });

  it("is not ready from the call of stop() on, however it is called", () => {
    for (const argument of [undefined, true, {}]) {
      const server = start({ fetch: () => new Response() });
      expect(server.ready).toBe(true);
      void server.stop(argument as never);
      expect(server.ready).toBe(false);
    }
  });

  it.each<[string, (target: Server) => RawClient, object]>([
    ["TCP", connect, {}],
    ["TLS", connectSecurely, { tls: { key, cert } }],
  ])("responds to what waits in the accept queue, and to what is on its way on connections that were idle: %s", async (_, connect, more) => {
    const server = start({ fetch: () => new Response("here"), ...more });
    const idle = connect(server);
    idle.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await idle.response();
    // The system accepts connections before this process does.
    const clients = Array.from({ length: 30 }, () => connect(server));
    for (const each of [idle, ...clients]) each.write(request("GET /"));
    const stopped = server.stop({});
    for (const each of [idle, ...clients]) {
      const { status, headers } = await each.response();
      expect([status, headers["connection"]]).toEqual([200, "close"]);
    }
    for (const each of [idle, ...clients]) each.end();
    await stopped;
    await expect(refused(server.port!)).resolves.toBe("ECONNREFUSED");
  });

  it.each([
    ["at once", false],
    ["when the time for idle connections is over", true],
  ])("responds to one more request behind a stream that has begun without saying that it is the last one, and ends %s", async (_, isLate) => {
    const finish = gate();
    const server = start({
      fetch: (request) =>
        new Response(request.url.endsWith("/stream") ? begunStream(finish.promise) : "next"),
    });
    const idle = connect(server).write(request("GET /"));
    await idle.response();
    const client = connect(server).write(request("GET /stream"));
    await until(() => client.received.includes("begun"), "begun");
    const stopped = server.stop({});
    if (isLate) await idle.closedByServer();
    finish.open();
    const first = await client.response();
    expect([first.text, first.headers["connection"]]).toEqual(["begun done", undefined]);
    const next = await client.write(request("GET /")).response();
    expect([next.text, next.headers["connection"]]).toEqual(["next", "close"]);
    for (const each of [idle, client]) each.end();
    await stopped;
  });

  it("gives a request that has come behind such a stream the usual time", async () => {
    const [finish, handle] = [gate(), gate()];
    let handled = 0;
    const clock = new TestClock();
    const server = startInternal(
      {
        async fetch(request) {
          if (request.url.endsWith("/stream")) return new Response(begunStream(finish.promise));
          handled++;
          await handle.promise;
          return new Response("next");
        },
      },
      clock,
    );
    const client = connect(server).write(request("GET /stream"), request("GET /"));
    await until(() => client.received.includes("begun"), "begun");
    const stopped = server.stop({});
    finish.open();
    await until(() => handled === 1, "the next request");
    clock.pass(5);
    handle.open();
    expect((await client.response()).text).toBe("begun done");
    expect((await client.response()).headers["connection"]).toBe("close");
    client.end();
    await stopped;
  });

  it("closes the connection of such a stream if no request comes", async () => {
    const finish = gate();
    const clock = new TestClock();
    const server = startInternal({ fetch: () => new Response(begunStream(finish.promise)) }, clock);
    const client = connect(server).write(request("GET /"));
    await until(() => client.received.includes("begun"), "begun");
    const stopped = server.stop({});
    finish.open();
    expect((await client.response()).text).toBe("begun done");
    clock.pass(2);
    expect((await client.closedByServer()).length).toBe(0);
    await stopped;
  });

  it.each([
    ["sends more of it and is then silent", { idleTimeout: 0 }, { pieces: [1, 1] }],
    ["is silent", { idleTimeout: 0 }, { pieces: [] }],
    ["sends more of it and is then silent", {}, { pieces: [1, 1] }],
    [
      "sends much of it, and its reader has stopped",
      { idleTimeout: 0 },
      { pieces: [1_000_000], seconds: 62 },
    ],
    ["sends all of it, and its reader has stopped", { idleTimeout: 0 }, { pieces: [263_999], size: 264_000 }],
  ])("ends behind a response before whose body's end the client %s: %j", async (_, more, sent) => {
    const { pieces, size = 2_000_000, seconds = 2 } = sent as Sent;
    const finish = gate();
    const clock = new TestClock();
    const server = startInternal(
      {
        ...more,
        fetch: (request) =>
          request.method === "GET" ? new Response("idle") : readFirst(request, finish.promise),
      },
      clock,
    );
    const idle = connect(server).write(request("GET /"));
    await idle.response();
    const client = connect(server).write(request("POST /", [`Content-Length: ${size}`]), "x");
    await until(() => client.received.includes("begun"), "begun");
    const stopped = server.stop({});
    // The time for idle connections is over.
    await idle.closedByServer();
    idle.end();
    finish.open();
    expect((await client.response()).text).toBe("begun done");
    for (const piece of pieces) {
      client.write(Buffer.alloc(piece));
      await turns(20);
    }
    clock.pass(seconds);
    expect((await client.closedByServer()).length).toBe(0);
    clock.pass(3);
    await stopped;
  });

  it.each([
    ["server.stop({})", true],
    ["server.stop()", false],
  ])("lets a handler read a body on behind its response, however slowly: %s", async (_, isPatient) => {
    const [finish, more] = [gate(), gate()];
    const clock = new TestClock();
    const size = 2_000_000;
    let read: Promise<unknown> = Promise.resolve();
    const server = startInternal(
      {
        async fetch(request) {
          if (request.method === "GET") return new Response("idle");
          const response = await readFirst(request, finish.promise);
          read = more.promise.then(async () => {
            let sum = 0;
            for await (const piece of response.rest) sum += piece.length;
            return sum;
          });
          read.catch(() => {});
          return response;
        },
      },
      clock,
    );
    const idle = connect(server).write(request("GET /"));
    await idle.response();
    const client = connect(server).write(request("POST /", [`Content-Length: ${size}`]), "x");
    await until(() => client.received.includes("begun"), "begun");
    client.write(Buffer.alloc(size - 1));
    let stopped: Promise<void> | null = null;
    if (isPatient) stopped = server.stop({});
    finish.open();
    expect((await client.response()).text).toBe("begun done");
    await turns(20);
    stopped ??= server.stop();
    await idle.closedByServer();
    // The client has sent what it could, and the reader has taken none of it.
    clock.pass(5);
    await turns(20);
    expect(client.ended).toBe(false);
    more.open();
    expect(await read).toBe(size - 1);
    clock.pass(2);
    expect((await client.closedByServer()).length).toBe(0);
    idle.end();
    await stopped;
  });

  it("responds to one more request of a client that reads a large response for longer", async () => {
    const server = start({ fetch: () => new Response(Buffer.alloc(24_000_000)) });
    const [idle, slow] = [connect(server), connect(server)];
    for (const client of [idle, slow]) client.write(request("GET /"));
    slow.socket.pause();
    await idle.response();
    const stopped = server.stop({});
    await idle.closedByServer();
    slow.socket.resume();
    expect((await slow.response()).headers["connection"]).toBeUndefined();
    expect((await slow.write(request("HEAD /")).response({ head: true })).headers["connection"]).toBe(
      "close",
    );
    for (const client of [idle, slow]) client.end();
    await stopped;
  });

  it.each([
    [{ timeout: -1 }, "timeout must be from 0 to 86400 seconds, not -1"],
    [{ spread: Number.NaN }, "spread must be from 0 to 86400 seconds, not NaN"],
    [{ spread: 86_401 }, "spread must be from 0 to 86400 seconds, not 86401"],
    [{ timeout: 1, spread: 5 }, "spread must be at most the timeout, 1 seconds, not 5"],
    [{ grace: -1 }, "grace must be from 0 to 86400 seconds, not -1"],
    [{ grace: "1" }, "grace must be a number of seconds"],
    [{ timeout: 1, grace: 5 }, "grace must be at most the timeout, 1 seconds, not 5"],
    [
      { timeout: 5, grace: 3, spread: 4 },
      "spread must be at most the timeout without the grace, 2 seconds, not 4",
    ],
    [{ timeout: "1" }, "timeout must be a number of seconds"],
    [{ spred: 1 }, 'stop() has no option "spred"'],
  ])("refuses %j, and goes on", async (options, message) => {
    const server = start({ fetch: () => new Response("here") });
    expect(() => server.stop(options as never)).toThrow(message);
    expect((await ask(server, "GET /")).status).toBe(200);
  });
});

/** What a client sends behind the response, of a body of `size` bytes, and the seconds until it is ended. */
interface Sent {
  readonly pieces: readonly number[];
  readonly size?: number;
  readonly seconds?: number;
}

/** A response whose handler has taken a first piece of the body, and can read the rest. */
async function readFirst(
  { body }: Request,
  finish: Promise<void>,
): Promise<Response & { readonly rest: AsyncIterable<Uint8Array> }> {
  const pieces = body![Symbol.asyncIterator]();
  await pieces.next();
  const rest = { [Symbol.asyncIterator]: () => pieces };
  return Object.assign(new Response(begunStream(finish)), { rest });
}

/** A stream of which a part is there at once, and the rest when `finish` resolves. */
function begunStream(finish: Promise<void>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(Buffer.from("begun "));
      await finish;
      controller.enqueue(Buffer.from("done"));
      controller.close();
    },
  });
}

/** The code of the error that a client gets that connects. */
function refused(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    socket.on("connect", () => {
      socket.destroy();
      resolve("connected");
    });
  });
}

describe("closeSpread", () => {
  it("leaves out what is closed, goes on behind an error, and can be ended", async () => {
    const closed: number[] = [];
    const webSockets = [0, 1, 2].map((i) => ({ closed: i === 1, i }));
    const close = ({ i }: { i: number }): void => void closed.push(i);
    closeSpread(webSockets, 0, close);
    expect(closed).toEqual([0, 2]);
    closeSpread([], 5, close);
    const end = closeSpread(webSockets, 86_400, close);
    end();
    expect(closed).toEqual([0, 2]);
  });
});
