import { captureErrors } from "@mantou/testing/errors";
import { connect, request } from "@mantou/testing/raw-client";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { gate, until } from "@mantou/testing/wait";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../../vitest.runs.ts";
import type { LogEntry, LogFormat, ServeOptions } from "../../src/plain.ts";
import { FORMATS } from "../../src/trace/log-formats.ts";
import { runChild } from "../support/child.ts";
import { start } from "../support/servers.ts";

const errors = captureErrors();

const ENTRY: LogEntry = {
  time: new Date(Date.UTC(2026, 10, 9, 7, 4, 6, 5)),
  remoteAddress: "192.0.2.7",
  method: "GET",
  url: "/u/1?q=2",
  httpVersion: "1.1",
  route: "/u/:id",
  status: 200,
  bytes: 12,
  duration: 1.23456,
  referer: "http://a/",
  userAgent: 'b "c" \\ \x1b[31m',
  aborted: false,
};

describe("the formats", () => {
  const LINES: readonly [LogFormat, Partial<LogEntry>, string][] = [
    ["common", {}, '192.0.2.7 - - [09/Nov/2026:07:04:06 +0000] "GET /u/1?q=2 HTTP/1.1" 200 12'],
    [
      "combined",
      {},
      '192.0.2.7 - - [09/Nov/2026:07:04:06 +0000] "GET /u/1?q=2 HTTP/1.1" 200 12 "http://a/" "b \\x22c\\x22 \\x5C \\x1B[31m"',
    ],
    [
      "combined",
      { remoteAddress: null, method: null, url: null, status: 400, bytes: 0, referer: null, userAgent: null },
      '- - - [09/Nov/2026:07:04:06 +0000] "-" 400 - "-" "-"',
    ],
    [
      "json",
      {},
      '{"time":"2026-11-09T07:04:06.005Z","remoteAddress":"192.0.2.7","method":"GET","url":"/u/1?q=2","httpVersion":"1.1","route":"/u/:id","status":200,"bytes":12,"duration":1.235,"referer":"http://a/","userAgent":"b \\"c\\" \\\\ \\u001b[31m","aborted":false}',
    ],
  ];
  it.each(LINES)("%s", (format, changes, line) => {
    expect(FORMATS[format]({ ...ENTRY, ...changes })).toBe(line);
  });

  it("let no client write a line, end a quoted field, or act on a terminal; and lose nothing", () => {
    const text = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(text, text, text, (url, referer, userAgent) => {
        const entry = { ...ENTRY, url, referer, userAgent };
        for (const format of Object.values(FORMATS)) expect(format(entry)).toMatch(/^[ -~\u00a0-\u00ff]*$/);
        const line = FORMATS.combined(entry);
        const fields = /^[^"]*"(?:GET )([^"]*) HTTP\/1\.1" 200 12 "([^"]*)" "([^"]*)"$/.exec(line)?.slice(1);
        const restored = fields?.map((field) =>
          field.replace(/\\x(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
        );
        expect(restored).toEqual([url, referer || "-", userAgent || "-"]);
        expect(JSON.parse(FORMATS.json(entry))).toMatchObject({ url, referer, userAgent });
      }),
      runs(2000),
    );
  });
});

/** A server with an access log, and what it has logged. */
function logged(options: object): { server: ReturnType<typeof start>; entries: LogEntry[] } {
  const entries: LogEntry[] = [];
  const server = start({ ...options, log: (entry: LogEntry) => void entries.push(entry) } as ServeOptions);
  return { server, entries };
}

/** Sends bytes on a connection of its own, and waits until that many responses are logged. */
async function send(target: Parameters<typeof connect>[0], bytes: string, entries: LogEntry[], count = 1) {
  const client = connect(target).write(bytes);
  await until(() => entries.length >= count, "an entry");
  client.destroy();
  return entries;
}

const short = ({ method, url, route, status, bytes, aborted }: LogEntry): unknown[] => [
  method,
  url,
  route,
  status,
  bytes,
  aborted,
];

describe("an entry", () => {
  const RESPONSES: readonly [what: string, options: object, bytes: string, entry: unknown[]][] = [
    [
      "a handler",
      { routes: { "/a/:b": () => new Response("é") } },
      request("GET /a/b?c"),
      ["GET", "/a/b?c", "/a/:b", 200, 2, false],
    ],
    [
      "a static route",
      { routes: { "/s": new Response("static") } },
      request("GET /s"),
      ["GET", "/s", "/s", 200, 6, false],
    ],
    [
      "HEAD",
      { routes: { "/s": new Response("static") } },
      request("HEAD /s"),
      ["HEAD", "/s", "/s", 200, 0, false],
    ],
    ["no route", { routes: { "/s": new Response() } }, request("GET /t"), ["GET", "/t", null, 404, 0, false]],
    [
      "what is not HTTP",
      { fetch: () => new Response() },
      "nonsense\r\n\r\n",
      [null, null, null, 400, 0, false],
    ],
    [
      "a target of another scheme",
      { fetch: () => new Response() },
      request("GET ftp://a/b"),
      ["GET", "ftp://a/b", null, 400, 0, false],
    ],
    [
      "a body that is broken",
      { fetch: (asked: Request) => asked.text().then((text) => new Response(text)) },
      request("POST /b", ["Transfer-Encoding: chunked"], "x\r\n"),
      ["POST", "/b", null, 400, 0, false],
    ],
    [
      "a body that is too large",
      { fetch: (asked: Request) => asked.text().then((text) => new Response(text)), maxRequestBodySize: 1 },
      request("POST /b", ["Transfer-Encoding: chunked"], "2\r\nxx\r\n0\r\n\r\n"),
      ["POST", "/b", null, 413, 0, false],
    ],
  ];
  it.each(RESPONSES)("of %s", async (_what, options, bytes, entry) => {
    const { server, entries } = logged(options);
    await send(server, bytes, entries);
    expect(entries.map(short)).toEqual([entry]);
  });

  it("of each pipelined request, in order; of none of server.fetch; of a WebSocket when it opens", async () => {
    const { server, entries } = logged({
      fetch: async ({ url }: Request) => new Response(url.endsWith("1") ? "a" : "bb"),
      routes: { "/w": { websocket: { message() {} } } },
    });
    await send(server, `${request("GET /1")}${request("GET /2")}`, entries, 2);
    await server.fetch("/own");
    await RawWebSocket.open(server, { path: "/w" });
    expect(entries.map(short)).toEqual([
      ["GET", "/1", null, 200, 1, false],
      ["GET", "/2", null, 200, 2, false],
      ["GET", "/w", "/w", 101, 0, false],
    ]);
  });

  it("of clients that go away: 499 before a response, else its status, and aborted", async () => {
    const open = gate();
    const { server, entries } = logged({
      routes: {
        "/slow": () => open.promise.then(() => new Response()),
        "/endless": () =>
          new Response(
            new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(70_000)) }),
          ),
      },
    });
    const slow = connect(server).write(request("GET /slow"));
    await until(() => server.pendingRequests === 1, "the request");
    slow.abort();
    await until(() => entries.length === 1, "an entry");
    open.open();
    const endless = connect(server).write(request("GET /endless"));
    await endless.bytes(70_000);
    endless.abort();
    await until(() => entries.length === 2, "an entry");
    expect(short(entries[0]!)).toEqual(["GET", "/slow", "/slow", 499, 0, true]);
    expect(entries[1]).toMatchObject({ status: 200, aborted: true });
    expect(entries[1]!.bytes).toBeGreaterThan(0);
  });

  it("of a refused request has the client's address, too, where a proxy is trusted", async () => {
    const { server, entries } = logged({ trustProxy: 1, fetch: () => new Response() });
    await send(server, request("GET https://a/", ["X-Forwarded-For: 192.0.2.1"]), entries);
    expect(entries).toMatchObject([{ status: 421, remoteAddress: "192.0.2.1" }]);
  });

  it("has time, duration, address, version, referer and user agent", async () => {
    const before = Date.now();
    const { server, entries } = logged({ fetch: () => new Response() });
    await send(server, "GET / HTTP/1.0\r\nReferer: r\r\nUser-Agent: u\xe9\r\n\r\n", entries);
    const [entry] = entries;
    expect(entry).toMatchObject({
      remoteAddress: "127.0.0.1",
      httpVersion: "1.0",
      referer: "r",
      userAgent: "u\xe9",
    });
    expect(entry!.time.getTime()).toBeGreaterThanOrEqual(before);
    expect(entry!.duration).toBeGreaterThanOrEqual(0);
  });
});

describe("a function that throws or rejects ends nothing", () => {
  const fail = (): never => {
    throw new Error("log");
  };
  it.each([fail, async () => fail(), { write: fail }, { write: async () => fail() }])("%o", async (log) => {
    const server = start({ fetch: () => new Response("x"), log: log as () => void });
    const client = connect(server).write(request("GET /"));
    expect((await client.response()).status).toBe(200);
    await until(() => errors.reports.length === 1, "a report");
    expect(errors.places).toEqual(["The function of log"]);
    errors.take();
    expect((await client.write(request("GET /")).response()).status).toBe(200);
    await until(() => errors.reports.length === 1, "a report");
    errors.take();
  });
});

it("write gets each line", async () => {
  const lines: string[] = [];
  const server = start({
    fetch: () => new Response(),
    log: { format: "json", write: (line) => void lines.push(line) },
  });
  const client = connect(server).write(request("GET /a"));
  await client.response();
  expect(lines.map((line) => JSON.parse(line).url)).toEqual(["/a"]);
});

it("true writes lines to the standard output, also those of the last turn", async () => {
  const { stdout, code } = await runChild(`
    const server = serve({ port: 0, hostname: "127.0.0.1", log: true, fetch: () => new Response("four") });
    await (await fetch(new URL("/a", server.url))).text();
    const last = await fetch(new URL("/b%s", server.url));
    process.exit();
  `);
  expect(code).toBe(0);
  const at = String.raw`127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\]`;
  expect(stdout).toMatch(
    new RegExp(String.raw`^${at} "GET /a HTTP/1\.1" 200 4\n${at} "GET /b%s HTTP/1\.1" 200 4\n$`),
  );
});

describe("the option", () => {
  it.each([
    ["common", TypeError, /^log must be/],
    [1, TypeError, /^log must be/],
    [[], TypeError, /^log must be/],
    [{ format: "clf" }, TypeError, /^log\.format must be/],
    [{ format: "toString" }, TypeError, /^log\.format must be/],
    [{ write: "file" }, TypeError, /^log\.write must be a function/],
    [{ path: "file" }, TypeError, /^log has no option "path"/],
  ])("refuses %j", (log, ErrorClass, message) => {
    const given = { fetch: () => new Response(), log } as ServeOptions;
    expect(() => start(given)).toThrow(ErrorClass);
    expect(() => start(given)).toThrow(message);
  });

  it.each([false, null, undefined])("takes %j for none", (log) => {
    expect(() => start({ fetch: () => new Response(), log } as ServeOptions)).not.toThrow();
  });
});
