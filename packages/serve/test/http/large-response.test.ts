import { connect, type RawClient, request } from "@mantou/testing/raw-client";
import { turns, until } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import type { BodyInit } from "../../src/api/fetch.ts";
import type { ServeOptions } from "../../src/api/server.ts";
import { startInternal, TestClock } from "../support/servers.ts";

/** More than the system takes for a client that does not read. */
const SIZE = 24 * 1024 * 1024;

const bodies: [what: string, make: () => BodyInit][] = [
  ["bytes", () => new Uint8Array(SIZE)],
  ["a text", () => "x".repeat(SIZE)],
  ["a Blob", () => new Blob([new Uint8Array(SIZE)])],
  [
    "a stream that has all of it at once",
    () =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array(SIZE));
          controller.close();
        },
      }),
  ],
];

/** A server of large bodies, and a client that has sent requests for them and reads nothing yet. */
async function unread(make: () => BodyInit, ...sent: string[]) {
  const paths: string[] = [];
  const signals: AbortSignal[] = [];
  const server = startInternal({
    fetch(req) {
      paths.push(new URL(req.url).pathname);
      signals.push(req.signal);
      return new Response(make());
    },
  });
  const client: RawClient = connect(server);
  client.socket.pause();
  client.write(...sent);
  await until(() => paths.length > 0, "the request");
  await turns();
  return { server, client, paths, signals };
}

const bytes = bodies[0]![1];

it.each(
  bodies,
)("of %s, which its client does not read, is under way; a client that leaves aborts its signal", async (_, make) => {
  const { server, client, signals } = await unread(make, request("GET /"));
  await until(() => server.pendingRequests === 1, "the request");
  expect(signals[0]!.aborted).toBe(false);
  client.abort();
  await until(() => signals[0]!.aborted && server.pendingRequests === 0, "the abort");
  expect((signals[0]!.reason as Error).name).toBe("AbortError");
});

it("is over when its client has taken it, and the next request is not handled before", async () => {
  const { server, client, paths, signals } = await unread(bytes, request("GET /1"), request("GET /2"));
  await turns();
  expect(paths).toEqual(["/1"]);
  client.socket.resume();
  for (let i = 0; i < 2; i++) expect((await client.response()).body.length).toBe(SIZE);
  await until(() => server.pendingRequests === 0, "the end");
  expect(paths).toEqual(["/1", "/2"]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  client.write(request("GET /3"));
  expect((await client.response()).status).toBe(200);
});

it("is the last one of a server that stops meanwhile", async () => {
  const { server, client, signals } = await unread(bytes, request("GET /"));
  const stopped = server.stop();
  await turns();
  expect(server.pendingRequests).toBe(1);
  client.socket.resume();
  expect((await client.response()).body.length).toBe(SIZE);
  await stopped;
  expect(signals[0]!.aborted).toBe(false);
});

it.each([
  ["that wants no other", request("GET /", ["Connection: close"])],
  ["of HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"],
])("is whole for a client %s", async (_, sent) => {
  const { server, client, signals } = await unread(bytes, sent);
  client.socket.resume();
  expect((await client.closedByServer()).length).toBeGreaterThan(SIZE);
  await until(() => server.connections.size === 0, "the close");
  expect([server.pendingRequests, signals[0]!.aborted]).toEqual([0, false]);
});

it("is whole for a client that closes its sending side meanwhile", async () => {
  const { server, client, signals } = await unread(bytes, request("GET /"));
  client.end();
  await turns();
  client.socket.resume();
  expect((await client.closedByServer()).length).toBeGreaterThan(SIZE);
  await until(() => server.connections.size === 0, "the close");
  expect([server.pendingRequests, signals[0]!.aborted]).toEqual([0, false]);
});

it("does not keep its client from sending the rest of a body that is not read", async () => {
  const { client, paths } = await unread(
    bytes,
    request("POST /1", ["Content-Length: 200000"], "x".repeat(1000)),
  );
  let isSent = false;
  client.socket.write("x".repeat(199_000), () => {
    isSent = true;
  });
  client.write(request("GET /2"));
  await until(() => isSent, "the rest of the body is sent");
  client.socket.resume();
  for (let i = 0; i < 2; i++) expect((await client.response()).body.length).toBe(SIZE);
  expect(paths).toEqual(["/1", "/2"]);
});

it("is whole, though the body of its request breaks the protocol meanwhile", async () => {
  const { server, client, signals } = await unread(
    bytes,
    request("POST /", ["Transfer-Encoding: chunked"], "1\r\na\r\n"),
  );
  client.write("no chunk\r\n");
  await turns(20);
  client.socket.resume();
  expect((await client.closedByServer()).length).toBeGreaterThan(SIZE);
  await until(() => server.connections.size === 0, "the close");
  expect([server.pendingRequests, signals[0]!.aborted]).toEqual([0, false]);
});

it("does not count as time of the next request, whose client waits for it", async () => {
  const clock = new TestClock();
  const options = { headersTimeout: 2, requestTimeout: 3, idleTimeout: 30 };
  const server = startInternal({ ...options, fetch: () => new Response(bytes()) } as ServeOptions, clock);
  const client = connect(server);
  client.socket.pause();
  client.write(request("GET /1"));
  await until(() => server.pendingRequests === 1, "the request");
  await turns();
  client.write(request("GET /2"));
  for (let second = 0; second < 6; second++) {
    await turns(5);
    clock.pass(1);
  }
  client.socket.resume();
  for (let i = 0; i < 2; i++) {
    const { status, body } = await client.response();
    expect([status, body.length]).toEqual([200, SIZE]);
  }
});

it.each([
  0, 30,
])("is whole for a slow client that wants no other, which then has little time to close: idleTimeout %i", async (idleTimeout) => {
  const clock = new TestClock();
  const server = startInternal({ idleTimeout, fetch: () => new Response(bytes()) }, clock);
  // A client that keeps its side open.
  const client = connect(server);
  client.socket.allowHalfOpen = true;
  client.socket.pause();
  client.write(request("GET /", ["Connection: close"]));
  await until(() => server.pendingRequests === 1, "the request");
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await turns(5);
      clock.pass(1);
    }
  };
  await pass(10);
  client.socket.resume();
  expect((await client.response()).body.length).toBe(SIZE);
  await until(() => client.ended, "the end");
  expect(server.pendingRequests).toBe(0);
  await pass(4);
  await until(() => server.connections.size === 0, "the close");
});

it("ends with a client that is silent for too long", async () => {
  const { server, client, signals } = await unread(bytes, request("GET /"));
  // At the first deadlines what the client's system has taken is progress.
  await until(() => {
    for (const connection of server.connections) connection.onTimeout();
    return signals[0]!.aborted;
  }, "the abort");
  expect(server.pendingRequests).toBe(0);
  client.destroy();
});
