import { Buffer } from "node:buffer";
import net from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import { captureErrors } from "@mantou/testing/errors";
import { connect, RawClient, request, type Target } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { tempDir } from "@mantou/testing/temp-dir";
import { cert, key } from "@mantou/testing/tls";
import { turns, until } from "@mantou/testing/wait";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServeOptions, Server } from "../../src/api/server.ts";
import { invalidProxyHeader, proxyHeader } from "../../src/arbitraries/index.ts";
import { runs } from "../support/runs.ts";
import { start, startInternal, TestClock } from "../support/servers.ts";

captureErrors();

const LINE = "PROXY TCP4 192.0.2.1 192.0.2.2 5555 443\r\n";
const tell = (request: Request, server: Server): Response =>
  new Response(JSON.stringify(server.requestIP(request)));
const CLIENT = { address: "192.0.2.1", port: 5555, family: "IPv4" };

const proxied = (more: object = {}) => start({ proxyProtocol: true, fetch: tell, ...more } as ServeOptions);

/** A client over TLS, behind a header that goes before the handshake. */
async function secureBehind(target: Target, header: string | Uint8Array): Promise<RawClient> {
  const { socket } = await connect(target).write(header).connected();
  return new RawClient(tls.connect({ socket, rejectUnauthorized: false }));
}

describe("with proxyProtocol", () => {
  it("requestIP is what the header tells, for all requests of the connection", async () => {
    const client = connect(proxied()).write(LINE, request("GET /"), request("GET /"));
    for (let i = 0; i < 2; i++) expect(JSON.parse((await client.response()).text)).toEqual(CLIENT);
  });

  it("any header of both versions is read, in any pieces", async () => {
    const server = proxied();
    await fc.assert(
      fc.asyncProperty(proxyHeader, fc.nat(9_999), async ({ bytes, source }, fraction) => {
        const all = Buffer.concat([bytes, Buffer.from(request("GET /"))]);
        const cut = Math.floor((fraction * all.length) / 10_000);
        const client = connect(server).write(all.subarray(0, cut));
        await turns(2);
        client.write(all.subarray(cut));
        const { address } = JSON.parse((await client.response()).text) ?? { address: null };
        client.destroy();
        expect(address).toBe(source === "own" ? "127.0.0.1" : (source?.address ?? null));
      }),
      runs(200),
    );
  });

  it("a connection that begins otherwise is closed without a word", async () => {
    const server = proxied();
    await fc.assert(
      fc.asyncProperty(invalidProxyHeader, async ({ bytes, defect }) => {
        const client = connect(server).write(bytes, request("GET /"));
        expect((await client.closedByServer()).length, defect).toBe(0);
      }),
      runs(100),
    );
    const ended = connect(server).write("PROXY TCP4");
    ended.end();
    expect((await ended.closedByServer()).length).toBe(0);
  });

  it("a header that does not come within 5 seconds ends the connection, and one that has come does not", async () => {
    const clock = new TestClock();
    const server = startInternal(
      { proxyProtocol: true, idleTimeout: 60, fetch: tell } as ServeOptions,
      clock,
    );
    const silent = await connect(server).connected();
    const slow = connect(server).write("PROXY ");
    const right = connect(server).write(LINE);
    await until(() => server.connections.size === 1, "the header");
    await turns();
    clock.pass(5);
    await turns();
    expect([silent.closed, slow.closed]).toEqual([false, false]);
    slow.write("UNKNOWN");
    clock.pass(1);
    for (const client of [silent, slow]) expect((await client.closedByServer()).length).toBe(0);
    expect((await right.write(request("GET /")).response()).status).toBe(200);
  });

  it("with TLS the header comes before the handshake, in one packet with it or not", async () => {
    for (const tls of [
      { key, cert },
      [
        { key, cert },
        { key, cert, serverName: "b" },
      ],
    ]) {
      const server = proxied({ tls });
      const client = (await secureBehind(server, LINE)).write(request("GET /"));
      expect(JSON.parse((await client.response()).text)).toEqual(CLIENT);
      const local = (await secureBehind(server, "PROXY UNKNOWN\r\n")).write(request("GET /"));
      expect(JSON.parse((await local.response()).text)).toMatchObject({ address: "127.0.0.1" });
      const none = await secureBehind(server, "");
      expect((await none.closedByServer()).length).toBe(0);
    }
  });

  it("with TLS, every split of the header and the hello behind it", async () => {
    const server = proxied({ tls: { key, cert } });
    const hello = await recordHello();
    for (const at of [1, 5, LINE.length - 1, LINE.length, LINE.length + 1, LINE.length + 60]) {
      const all = Buffer.concat([Buffer.from(LINE), hello]);
      const client = connect(server).write(all.subarray(0, at));
      await turns(3);
      client.write(all.subarray(at));
      // The server's hello.
      expect((await client.bytes(1))[0]).toBe(22);
      client.destroy();
    }
  });

  it("with TLS, a header that does not come ends the connection, too", async () => {
    const clock = new TestClock();
    const server = startInternal(
      { proxyProtocol: true, tls: { key, cert }, fetch: tell } as ServeOptions,
      clock,
    );
    const clients = [await connect(server).connected(), connect(server).write("PROXY TCP4 ")];
    await until(() => !clock.idle, "accepted");
    await turns(20);
    clock.pass(6);
    for (const client of clients) expect((await client.closedByServer()).length).toBe(0);
    await until(() => clock.idle, "forgotten");
  });

  it("over a Unix socket the client has an address", async () => {
    const unix = join(tempDir(), "s");
    proxied({ unix });
    const client = connect({ path: unix }).write(LINE, request("GET /"));
    expect(JSON.parse((await client.response()).text)).toEqual(CLIENT);
    const own = connect({ path: unix }).write("PROXY UNKNOWN\r\n", request("GET /"));
    expect((await own.response()).text).toBe("null");
  });

  it("a WebSocket has the client's address", async () => {
    const seen: string[] = [];
    const server = start({
      proxyProtocol: true,
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response()),
      websocket: { open: (ws) => void seen.push(ws.remoteAddress) },
    });
    await RawWebSocket.open(connect(server).write(LINE));
    expect(seen).toEqual(["192.0.2.1"]);
  });

  it("of named proxies, other peers are closed", async () => {
    for (const from of ["127.0.0.1", ["10.0.0.0/8", "loopback"]]) {
      const server = proxied({ proxyProtocol: from });
      expect((await connect(server).write(LINE, request("GET /")).response()).status).toBe(200);
    }
    for (const more of [{}, { tls: { key, cert } }]) {
      const server = proxied({ proxyProtocol: "10.0.0.0/8", ...more });
      const client = connect(server).write(LINE, request("GET /"));
      expect((await client.closedByServer()).length).toBe(0);
    }
    const secure = await secureBehind(proxied({ proxyProtocol: "loopback", tls: { key, cert } }), LINE);
    expect((await secure.write(request("GET /")).response()).status).toBe(200);
  });

  it("and trustProxy, that judges the address of the header", async () => {
    const server = proxied({ trustProxy: "192.0.2.0/24" });
    const fields = ["X-Forwarded-For: 198.51.100.1"];
    const trusted = connect(server).write(LINE, request("GET /", fields));
    expect(JSON.parse((await trusted.response()).text).address).toBe("198.51.100.1");
    const other = connect(server).write(LINE.replace("192.0.2.1", "203.0.113.1"), request("GET /", fields));
    expect(JSON.parse((await other.response()).text).address).toBe("203.0.113.1");
  });

  it("a server that stops does not wait for headers", async () => {
    for (const more of [{}, { tls: { key, cert } }]) {
      const server = proxied(more);
      const clients = [await connect(server).connected(), connect(server).write("PROXY ")];
      await turns(20);
      await server.stop();
      for (const client of clients) await client.closedByServer();
    }
  });

  it("a server that stops with patience responds behind headers that come then, and closes the others at its end", async () => {
    const server = proxied({});
    const [client, silent] = [await connect(server).connected(), await connect(server).connected()];
    await turns(20);
    const stopped = server.stop({});
    await until(() => !server.ready, "stopping");
    await turns(20);
    expect((await client.write(LINE, request("GET /")).response()).status).toBe(200);
    client.end();
    expect((await silent.closedByServer()).length).toBe(0);
    await stopped;
  });

  it("does not begin a request twice, nor lose one that its client has ended behind", async () => {
    const client = connect(proxied()).write(LINE, request("GET /", ["Connection: close"]));
    client.end();
    expect((await client.closedByServer()).toString().match(/HTTP\/1\.1 200/g)).toHaveLength(1);
  });
});

it("without proxyProtocol a header is no request", async () => {
  const client = connect(start({ fetch: tell })).write(LINE, request("GET /"));
  expect((await client.response()).status).toBe(400);
});

/** The first bytes of a client over TLS. */
function recordHello(): Promise<Buffer> {
  return new Promise((resolve) => {
    const raw = net.createServer((socket) => {
      socket.once("data", (bytes: Buffer) => {
        socket.destroy();
        raw.close();
        resolve(bytes);
      });
    });
    raw.listen(0, "127.0.0.1", () => {
      const { port } = raw.address() as net.AddressInfo;
      tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false }).on("error", () => {});
    });
  });
}
