import net from "node:net";
import { captureErrors } from "@mantou/testing/errors";
import { connect, connectSecurely, RawClient, request } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { cert, key } from "@mantou/testing/tls";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { ServeOptions } from "../../src/api/server.ts";
import { type InternalServer, startInternal, TestClock } from "../support/servers.ts";

captureErrors();

const limited = (options: object, clock?: TestClock): InternalServer =>
  startInternal({ fetch: () => new Response("hello"), ...options } as ServeOptions, clock);

/** A client of another address of the loopback network. */
function from(address: string, { port }: { readonly port: number | undefined }): RawClient {
  return new RawClient(
    net.connect({ port: port!, host: "127.0.0.1", localAddress: address, allowHalfOpen: true }),
  );
}

async function status(client: RawClient): Promise<number> {
  return (await client.write(request("GET /")).response()).status;
}

describe("maxConnections", () => {
  it("gives one more 503 to its request, and closes it; there is room again when one has left", async () => {
    const server = limited({ maxConnections: 2 });
    const clients = [connect(server), connect(server)];
    for (const client of clients) expect(await status(client)).toBe(200);
    const refused = connect(server).write(request("GET /"), request("GET /"));
    const response = await refused.response();
    expect([response.status, response.headers["connection"], response.text]).toEqual([503, "close", ""]);
    expect((await refused.closedByServer()).length).toBe(0);
    expect(await status(clients[0]!)).toBe(200);
    clients[0]!.destroy();
    await until(() => server.connections.size === 1, "gone");
    await until(async () => {
      const client = connect(server);
      const is = await status(client);
      if (is !== 200) client.destroy();
      return is === 200;
    }, "room");
  });

  it("answers a client in the middle of an upload, which gets the response", async () => {
    const server = limited({ maxConnections: 1 });
    expect(await status(connect(server))).toBe(200);
    const refused = connect(server).write(request("POST /", ["Content-Length: 100000"], "a".repeat(50_000)));
    expect((await refused.response()).status).toBe(503);
    refused.write("a".repeat(50_000)).end();
    await refused.closedByServer();
    expect(refused.reset).toBe(false);
  });

  it("counts WebSockets", async () => {
    const server = limited({
      maxConnections: 1,
      fetch: (request: Request, server: { upgrade(request: Request): boolean }) =>
        server.upgrade(request) ? undefined : new Response("hello"),
      websocket: {},
    });
    const socket = await RawWebSocket.open(server);
    expect(await status(connect(server))).toBe(503);
    socket.client.destroy();
    await until(() => server.webSockets.size === 0, "gone");
    await until(async () => (await status(connect(server))) === 200, "room");
  });

  it("lets a silent client wait for two seconds only, and answers 64 at a time", async () => {
    const clock = new TestClock();
    const server = limited({ maxConnections: 1, idleTimeout: 60 }, clock);
    expect(await status(connect(server))).toBe(200);
    const silent = await Promise.all(Array.from({ length: 64 }, () => connect(server).connected()));
    await turns(20);
    // Beyond that the connection is closed at once.
    const more = await connect(server).connected();
    await until(() => more.closed || more.ended, "closed");
    expect(silent.every((client) => !client.ended && !client.closed)).toBe(true);
    clock.pass(3);
    for (const client of silent) expect((await client.closedByServer()).length).toBe(0);
    await until(async () => {
      const client = connect(server);
      client.write(request("GET /"));
      await until(() => client.received.length > 0 || client.closed, "an answer");
      return client.received.includes("503");
    }, "answered again");
  });

  it("closes before the handshake with TLS", async () => {
    const server = limited({ maxConnections: 1, tls: { key, cert } });
    const client = connectSecurely(server);
    expect(await status(client)).toBe(200);
    const refused = connectSecurely(server);
    refused.write(request("GET /"));
    expect((await refused.closedByServer()).length).toBe(0);
    client.destroy();
    await until(() => server.connections.size === 0, "gone");
    await until(async () => {
      const next = connectSecurely(server).write(request("GET /"));
      await until(() => next.received.length > 0 || next.closed, "an answer");
      return next.received.includes("200");
    }, "room");
  });

  it("does not keep a server from stopping", async () => {
    const server = limited({ maxConnections: 1 });
    expect(await status(connect(server))).toBe(200);
    const waiting = await connect(server).connected();
    await turns(20);
    const stopped = server.stop();
    waiting.destroy();
    await stopped;
  });
});

describe("maxConnectionsPerIP", () => {
  it("gives one more of an address 429, and none of another", async () => {
    const server = limited({ maxConnectionsPerIP: 1 });
    const one = from("127.0.0.2", server);
    expect(await status(one)).toBe(200);
    const refused = from("127.0.0.2", server);
    expect(await status(refused)).toBe(429);
    expect((await refused.closedByServer()).length).toBe(0);
    expect(await status(from("127.0.0.3", server))).toBe(200);
    one.destroy();
    await until(() => server.connections.size === 1, "gone");
    await until(async () => (await status(from("127.0.0.2", server))) === 200, "room");
  });

  it("closes before the handshake with TLS", async () => {
    const server = limited({ maxConnectionsPerIP: 1, tls: { key, cert } });
    expect(await status(connectSecurely(server))).toBe(200);
    const refused = connectSecurely(server).write(request("GET /"));
    expect((await refused.closedByServer()).length).toBe(0);
  });

  it("counts the clients of the PROXY protocol, and IPv6 by networks of 64 bits", async () => {
    const server = limited({ maxConnectionsPerIP: 1, proxyProtocol: true });
    const behind = (address: string): RawClient =>
      connect(server).write(
        address.includes(":")
          ? `PROXY TCP6 ${address} ::1 1 2\r\n`
          : `PROXY TCP4 ${address} 127.0.0.1 1 2\r\n`,
      );
    expect(await status(behind("192.0.2.1"))).toBe(200);
    expect(await status(behind("192.0.2.1"))).toBe(429);
    expect(await status(behind("192.0.2.2"))).toBe(200);
    expect(await status(behind("2001:db8::1"))).toBe(200);
    expect(await status(behind("2001:db8::2"))).toBe(429);
    expect(await status(behind("2001:db8:0:1::1"))).toBe(200);
  });

  it("does not count the connections of trusted proxies, nor those of Unix sockets", async () => {
    const server = limited({ maxConnectionsPerIP: 1, trustProxy: "127.0.0.2" });
    for (let i = 0; i < 3; i++) expect(await status(from("127.0.0.2", server))).toBe(200);
    expect(await status(from("127.0.0.3", server))).toBe(200);
    expect(await status(from("127.0.0.3", server))).toBe(429);
  });
});

describe("maxRequestsPerConnection", () => {
  it("closes the connection behind the last response, which says so", async () => {
    const client = connect(limited({ maxRequestsPerConnection: 2 }));
    client.write(request("GET /"), request("GET /"), request("GET /"));
    const [first, last] = [await client.response(), await client.response()];
    expect([first.headers["connection"], last.headers["connection"]]).toEqual([undefined, "close"]);
    expect((await client.closedByServer()).length).toBe(0);
  });

  it("lets the last request be an upgrade", async () => {
    const server = limited({
      maxRequestsPerConnection: 1,
      fetch: (request: Request, server: { upgrade(request: Request): boolean }) =>
        server.upgrade(request) ? undefined : new Response("hello"),
      websocket: { message: (ws: { send(text: string): void }, text: string) => ws.send(text) },
    });
    const socket = await RawWebSocket.open(server);
    expect(await socket.text("a").texts(1)).toEqual(["a"]);
    expect(socket.response.headers["connection"]?.toLowerCase()).toBe("upgrade");
  });
});
