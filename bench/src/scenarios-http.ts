import { makeMessage } from "./load/messages.ts";
import type { App, HttpScenario } from "./scenario.ts";

type Differences = Partial<Omit<HttpScenario, "kind" | "name" | "app" | "path" | "body" | "title">>;

/** A GET over 64 connections, but for the given differences. */
function http(
  name: string,
  app: App,
  path: string,
  body: string | number,
  title: string,
  differences: Differences = {},
): HttpScenario {
  return {
    kind: "http",
    name,
    title,
    app,
    path,
    body,
    method: "GET",
    fields: {},
    content: undefined,
    pipeline: 1,
    tls: false,
    fresh: false,
    connections: 64,
    unit: "requests",
    ...differences,
  };
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** The request of a Chromium that follows a link within a site, with a session's cookies: 710 bytes with Host. */
const browser = {
  Connection: "keep-alive",
  "Cache-Control": "max-age=0",
  "sec-ch-ua": '"Chromium";v="142", "Not_A Brand";v="99"',
  "sec-ch-ua-mobile": "?0",
  "sec-ch-ua-platform": '"Linux"',
  "Upgrade-Insecure-Requests": "1",
  "User-Agent":
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "Sec-Fetch-Site": "same-origin",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-User": "?1",
  "Sec-Fetch-Dest": "document",
  "Accept-Encoding": "gzip, deflate, br, zstd",
  "Accept-Language": "en-GB,en;q=0.9,de;q=0.8",
  Cookie: "session=9f86d081884c7d659a2feaa0c55ad015; theme=dark",
};

const json = { kind: "json", bytes: KIB } as const;
const upload = { kind: "binary", bytes: MIB } as const;

export const httpScenarios: readonly HttpScenario[] = [
  http("hello", "hello", "/", "Bun!", "GET / with a new Response, 64 connections"),
  http("static", "static", "/", "Bun!", "GET / of a static route, 64 connections"),
  http("pipelined", "hello", "/", "Bun!", "GET / ×16 pipelined, 64 connections", { pipeline: 16 }),
  http("routed", "routed", "/users/4711", "user 4711", "GET /users/:id by a route's handler, 64 connections"),
  http("hello-browser", "hello", "/", "Bun!", "hello with the header section of a browser, 64 connections", {
    fields: browser,
  }),
  http("hello-1000", "hello", "/", "Bun!", "hello over 1,000 connections", { connections: 1_000 }),
  http(
    "routed-500",
    "routed-500",
    "/api/250/items/4711",
    "item 4711",
    "GET /api/250/items/:id, one of 500 such routes, 64 connections",
  ),
  http(
    "json",
    "json",
    "/",
    makeMessage(json.kind, json.bytes).toString(),
    "POST of 1 KiB of JSON, parsed, with a response of JSON, 64 connections",
    { method: "POST", content: json },
  ),
  http("body-64k", "body-64k", "/", "x".repeat(64 * KIB), "GET / with a body of 64 KiB, 64 connections"),
  http("upload-1m", "upload", "/", `${MIB}`, "POST of 1 MiB, read whole and counted, 16 connections", {
    method: "POST",
    content: upload,
    connections: 16,
  }),
  http("stream-100", "stream", "/", "x".repeat(100 * KIB), "100 chunks of 1 KiB by a stream, 64 connections"),
  http("file-1m", "file", "/1m", MIB, "GET of a file of 1 MiB, 16 connections", { connections: 16 }),
  http("file-1g", "file", "/1g", GIB, "GET of a file of 1 GiB, 2 connections", {
    connections: 2,
    unit: "MiB received",
  }),
  http("hello-tls", "hello-tls", "/", "Bun!", "hello over TLS, 64 connections", { tls: true }),
  http("connections", "hello", "/", "Bun!", "connect, one request, close; 64 at once", {
    fresh: true,
    unit: "connections",
  }),
  http(
    "tls-handshakes",
    "hello-tls",
    "/",
    "Bun!",
    "connect, full TLS handshake, one request, close; 64 at once",
    { tls: true, fresh: true, unit: "connections" },
  ),
];
