import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, connectSecurely, request, type Target } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { tempDir } from "@mantou/testing/temp-dir";
import { cert, key } from "@mantou/testing/tls";
import { until } from "@mantou/testing/wait";
import { describe, expect, it, vi } from "vitest";
import type { ProxyOptions } from "../../src/api/proxy.ts";
import type { ServeOptions } from "../../src/api/server.ts";
import { start } from "../support/servers.ts";

const errors = captureErrors();

/** Responds with the client's address, and the URL of the request. */
const tell: ServeOptions["fetch"] = (request, server) =>
  new Response(JSON.stringify([server.requestIP(request)?.address ?? null, request.url]));

const told = (trustProxy: ProxyOptions["trustProxy"], more: object = {}) =>
  start({ trustProxy, fetch: tell, ...more } as ServeOptions);

async function seen(server: Target, fields: readonly string[], line = "GET /a?b"): Promise<unknown> {
  return JSON.parse((await ask(server, line, fields)).text);
}

const FORWARDED = "Forwarded: for=192.0.2.1;proto=https;host=example.com";
const COMMON = ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: example.com"];

describe("behind a trusted proxy", () => {
  it.each([[[FORWARDED]], [COMMON]])("requestIP and request.url are the client's: %j", async (fields) => {
    for (const trust of [1, "loopback", ["10.0.0.0/8", "127.0.0.1/32"]])
      expect(await seen(told(trust), fields)).toEqual(["192.0.2.1", "https://example.com/a?b"]);
  });

  it.each<[fields: string[], url: string]>([
    [["X-Forwarded-Proto: https"], "https://test/a?b"],
    [["X-Forwarded-Host: Example.com:443", "X-Forwarded-Proto: https"], "https://example.com/a?b"],
    [["X-Forwarded-Host: example.com:8080"], "http://example.com:8080/a?b"],
    [["X-Forwarded-Host: evil/?x="], "http://test/a?b"],
    [[`X-Forwarded-Host: ${"a".repeat(262)}`], "http://test/a?b"],
    [["X-Forwarded-Port: 8443", "X-Forwarded-Proto: https"], "https://test:8443/a?b"],
  ])("the URL has what is told, and the rest as without: %j", async (fields, url) => {
    expect(await seen(told(1), fields)).toEqual(["127.0.0.1", url]);
  });

  it("each request of a connection has its own client", async () => {
    const client = connect(told(1));
    client.write(
      request("GET /1", ["X-Forwarded-For: 192.0.2.1"]),
      request("GET /2", ["X-Forwarded-For: 192.0.2.2"]),
      request("GET /3"),
    );
    const addresses = [];
    for (let i = 0; i < 3; i++) addresses.push(JSON.parse((await client.response()).text)[0]);
    expect(addresses).toEqual(["192.0.2.1", "192.0.2.2", "127.0.0.1"]);
  });

  it("a client that it hides has no address", async () => {
    expect(await seen(told(1), ["Forwarded: for=unknown;host=a"])).toEqual([null, "http://a/a?b"]);
    expect(await seen(told(1), ["Forwarded: for=_secret"])).toEqual([null, "http://test/a?b"]);
  });

  it.each([
    [["Forwarded: for="]],
    [[FORWARDED, "X-Forwarded-For: 192.0.2.9"]],
  ])("fields that cannot be believed get 400: %j", async (fields) => {
    const advice = vi.spyOn(console, "warn").mockImplementation(() => {});
    const client = connect(told(1)).write(request("GET /", fields), request("GET /"));
    expect((await client.response()).status).toBe(400);
    expect((await client.closedByServer()).length).toBe(0);
    advice.mockRestore();
  });

  it("a target in absolute-form has the scheme of the client's request, and the host that is told", async () => {
    const server = told(1);
    expect(await seen(server, ["X-Forwarded-Proto: https"], "GET https://test/a?b")).toEqual([
      "127.0.0.1",
      "https://test/a?b",
    ]);
    expect(await seen(server, [FORWARDED], "GET https://inner/a?b")).toEqual([
      "192.0.2.1",
      "https://example.com/a?b",
    ]);
    // RFC 9112 §3.2.2: the Host beside such a target is ignored, also if the proxy tells no more than a port.
    expect(await seen(server, ["X-Forwarded-Port: 8080"], "GET http://inner/a?b")).toEqual([
      "127.0.0.1",
      "http://inner:8080/a?b",
    ]);
    expect((await ask(server, "GET http://test/", [FORWARDED])).status).toBe(421);
    expect((await ask(server, "GET https://test/")).status).toBe(421);
  });

  it("of a Unix socket, whose peer has no address, it is trusted by number or by name", async () => {
    const at = (name: string) => ({ unix: join(tempDir(), name) });
    const path = at("a");
    told(1, path);
    expect(await seen({ path: path.unix }, COMMON)).toEqual(["192.0.2.1", "https://example.com/a?b"]);
    const named = at("b");
    told("unix", named);
    expect(await seen({ path: named.unix }, COMMON)).toEqual(["192.0.2.1", "https://example.com/a?b"]);
    const other = at("c");
    told("loopback", other);
    expect(await seen({ path: other.unix }, COMMON)).toEqual([null, "http://test/a?b"]);
  });

  it("that speaks TLS itself, and tells of a client that does not", async () => {
    const server = told(1, { tls: { key, cert } });
    for (const [fields, url] of [
      [COMMON, "https://example.com/"],
      [["X-Forwarded-Proto: http"], "http://test/"],
      [[], "https://test/"],
    ] as const) {
      const client = connectSecurely(server).write(request("GET /", fields));
      expect(JSON.parse((await client.response()).text)[1]).toBe(url);
    }
  });

  it("a WebSocket has the client's address, and its request the client's URL", async () => {
    const seen: unknown[] = [];
    const server = start({
      trustProxy: 1,
      fetch(request, server) {
        seen.push(request.url, server.requestIP(request)?.address);
        return server.upgrade(request) ? undefined : new Response(null, { status: 400 });
      },
      websocket: {
        open: (ws) => void seen.push(ws.remoteAddress),
        message: (ws) => void seen.push(ws.remoteAddress),
      },
    });
    const { client } = await RawWebSocket.open(server, { fields: [FORWARDED] });
    await until(() => seen.length === 3, "open");
    client.destroy();
    expect(seen).toEqual(["https://example.com/", "192.0.2.1", "192.0.2.1"]);
    const hidden = await RawWebSocket.open(server, { fields: ["Forwarded: for=_x"] });
    hidden.text("a");
    await until(() => seen.length === 7, "a message");
    expect(seen.slice(3)).toEqual(["http://test/", undefined, "", ""]);
  });

  it("errors of development, redirects and server.fetch are as without", async () => {
    const server = start({
      trustProxy: 1,
      development: true,
      routes: {
        "/old": new Response(null, { status: 302, headers: { location: "/new" } }),
        "/fail": () => Promise.reject(new Error("a")),
      },
      fetch: tell,
    } as ServeOptions);
    expect((await ask(server, "GET /old", COMMON)).headers["location"]).toBe("/new");
    expect((await ask(server, "GET /fail", COMMON)).status).toBe(500);
    expect(errors.take()).toMatchObject({ message: "a" });
    const response = await server.fetch(
      new Request("http://a/b", { headers: { "x-forwarded-for": "192.0.2.1", "x-forwarded-host": "evil" } }),
    );
    expect(await response.json()).toEqual([null, "http://a/b"]);
  });

  it("the access log has the client's address", async () => {
    const addresses: (string | null)[] = [];
    const log = ({ remoteAddress }: { remoteAddress: string | null }) => void addresses.push(remoteAddress);
    const server = told(1, { log });
    await seen(server, COMMON);
    await seen(server, ["Forwarded: for=_hidden"]);
    await until(() => addresses.length === 2, "entries");
    expect(addresses).toEqual(["192.0.2.1", null]);
  });
});

describe("a peer that is not trusted", () => {
  it.each([
    [undefined],
    [false],
    [0],
    [[]],
    ["10.0.0.0/8"],
    ["unix"],
  ])("is the client itself, whatever it sends: %j", async (trust) => {
    const server = told(trust as ProxyOptions["trustProxy"]);
    for (const fields of [
      [FORWARDED],
      COMMON,
      ["Forwarded: for="],
      ["Forwarded: for=a", "X-Forwarded-For: b"],
    ])
      expect(await seen(server, fields)).toEqual(["127.0.0.1", "http://test/a?b"]);
  });
});

it("an option that is not right is refused before anything listens", () => {
  expect(() => told(true as never)).toThrow(/^trustProxy /);
  expect(() => told(["10.0.0.0/99"])).toThrow(RangeError);
});
