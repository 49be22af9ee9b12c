import https from "node:https";
import { connect as connectTLS } from "node:tls";
import { captureErrors } from "@mantou/testing/errors";
import { connect, connectSecurely, RawClient, request } from "@mantou/testing/raw-client";
import { cert, key } from "@mantou/testing/tls";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { start, startInternal } from "../support/servers.ts";

captureErrors();

const hello = () => new Response("hello");
const tls = { key, cert };

describe("url", () => {
  it.each([
    [undefined, "localhost"],
    ["localhost", "localhost"],
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "localhost"],
    ["::", "localhost"],
    ["::1", "[::1]"],
    ["[::1]", "[::1]"],
  ])("of %s is how clients reach it: %s", async (hostname, host) => {
    const server = start({ hostname, fetch: hello } as unknown as Parameters<typeof start>[0]);
    expect(server.url).toBeInstanceOf(URL);
    expect(server.url.href).toBe(`http://${host}:${server.port}/`);
    expect(await (await fetch(server.url)).text()).toBe("hello");
  });

  it("is https with TLS", () => {
    const server = start({ tls, fetch: hello });
    expect(server.url.href).toBe(`https://127.0.0.1:${server.port}/`);
    expect(server.protocol).toBe("https");
  });
});

describe("TLS", () => {
  it("serves a client that checks the certificate, and tells it https", async () => {
    const server = start({ hostname: "localhost", tls, fetch: (req) => new Response(req.url) });
    const text = await new Promise<string>((resolve, reject) => {
      const options = { ca: cert, agent: false } as const;
      https
        .get(new URL("/path?q", server.url), options, (response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            body += chunk;
          });
          response.on("end", () => resolve(body));
        })
        .on("error", reject);
    });
    expect(text).toBe(`${server.url.href}path?q`);
  });

  it.each([
    ["Buffers", { key: Buffer.from(key), cert: Buffer.from(cert) }],
    ["arrays", { key: [key], cert: [cert] }],
    ["a certificate authority", { key, cert, ca: [cert] }],
  ])("takes its PEM as %s", async (_, given) => {
    const server = start({ tls: given, fetch: hello });
    expect((await connectSecurely(server).write(request("GET /")).response()).text).toBe("hello");
  });

  it("keeps connections, responds to pipelined requests, and closes when asked to", async () => {
    const server = start({ tls, fetch: (req) => new Response(new URL(req.url).pathname) });
    const client = connectSecurely(server);
    expect((await client.write(request("GET /1")).response()).text).toBe("/1");
    client.write(request("GET /2"), request("GET /3", ["Connection: close"]));
    expect((await client.response()).text).toBe("/2");
    expect((await client.response()).text).toBe("/3");
    expect((await client.closedByServer()).length).toBe(0);
  });

  it("carries large bodies both ways", async () => {
    const content = Buffer.alloc(5_000_000);
    for (let i = 0; i < content.length; i++) content[i] = (i * 31) >> 3;
    const server = start({ tls, fetch: async (req) => new Response(await req.arrayBuffer()) });
    const client = connectSecurely(server);
    client.write(request("POST /", [`Content-Length: ${content.length}`]), content);
    expect(Buffer.compare((await client.response()).body, content)).toBe(0);
    expect((await client.write(request("POST /")).response()).status).toBe(200);
  });

  it("refuses what is no TLS, and goes on", async () => {
    const server = startInternal({ tls, fetch: hello });
    for (const bytes of [request("GET /"), Buffer.alloc(1000, 0xff), "", Buffer.from("160301", "hex")]) {
      const client = await connect(server).connected();
      if (bytes.length > 0) client.write(bytes);
      client.end();
      await until(() => client.ended || client.closed, "closed");
      expect(client.received.toString("latin1")).not.toContain("HTTP/1.1 200");
    }
    expect((await connectSecurely(server).write(request("GET /")).response()).text).toBe("hello");
    await until(() => server.connections.size === 1, "only the last one is left");
  });

  it("does not wait for ever for a handshake", async () => {
    const server = startInternal({ tls, idleTimeout: 1, fetch: hello });
    const client = await connect(server).connected();
    expect((await client.closedByServer()).length).toBe(0);
  });

  it("aborts the request of a client that goes away", async () => {
    const signals: AbortSignal[] = [];
    const server = startInternal({
      tls,
      fetch(req) {
        signals.push(req.signal);
        return new Promise<Response>(() => {});
      },
    });
    const client = connectSecurely(server).write(request("GET /"));
    await until(() => signals.length === 1, "the request");
    client.destroy();
    await until(() => signals[0]!.aborted, "aborted");
    expect(server.pendingRequests).toBe(0);
  });

  it("fails at once for what is no key, or not the certificate's", () => {
    expect(() => start({ tls: { key: "no PEM", cert }, fetch: hello })).toThrow(Error);
    expect(() => start({ tls: { key, cert: "no PEM" }, fetch: hello })).toThrow(Error);
  });

  it("responds once to a client that was in the handshake when it stopped", async () => {
    const server = startInternal({ tls, fetch: hello });
    const plain = await connect(server).connected();
    await turns();
    await server.stop();
    plain.socket.removeAllListeners("data");
    const client = new RawClient(connectTLS({ socket: plain.socket, rejectUnauthorized: false }));
    const response = await client.write(request("GET /"), request("GET /")).response();
    expect(response.headers["connection"]).toBe("close");
    expect((await client.closedByServer()).length).toBe(0);
  });

  it("responds to no client that was in the handshake when it stopped with all its connections", async () => {
    let asked = 0;
    const server = startInternal({ tls, fetch: () => new Response(`${++asked}`) });
    const plain = await connect(server).connected();
    await turns();
    await server.stop(true);
    plain.socket.removeAllListeners("data");
    const client = new RawClient(connectTLS({ socket: plain.socket, rejectUnauthorized: false }));
    client.write(request("GET /"));
    await client.closedByServer();
    expect([asked, server.connections.size]).toEqual([0, 0]);
  });

  it("stops when it is told to", async () => {
    const server = startInternal({ tls, fetch: hello });
    const client = connectSecurely(server).write(request("GET /"));
    await client.response();
    await server.stop();
    expect(server.connections.size).toBe(0);
  });
});
