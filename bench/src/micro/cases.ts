import { Buffer } from "node:buffer";

/** What a parser has found; all parsers must find the same. */
export interface Tally {
  /** Messages that are complete, content included. */
  messages: number;
  /** Field lines whose name and value stand in strings; 0 for a contestant that leaves them together. */
  fields: number;
  bodyBytes: number;
}

export interface MicroCase {
  readonly name: string;
  /** One line for the table. */
  readonly title: string;
  readonly role: "request" | "response";
  /** The bytes of one operation, in the pieces in which they arrive. */
  readonly pieces: readonly Buffer[];
  /** Each operation is the first of a new connection; otherwise all are on one, which a parser may use. */
  readonly fresh: boolean;
  /** What one operation has to find. */
  readonly expected: Readonly<Tally>;
}

/** Bytes of chunked content in one operation. */
const BODY_BYTES = 2 ** 20;

/** What one read from a socket gives at most: libuv's size, and that of `@mantou/serve`. */
const READ_BYTES = 64 * 1024;

const tiny: readonly string[] = ["Host: 127.0.0.1:3000", "Accept: */*"];

/** Lengths as they are on the web: names of 4 to 25 letters, values of 1 to 60. */
const many: readonly string[] = [
  "Host: api.example.org",
  "User-Agent: example-client/4.2 (linux; x64)",
  "Accept: application/json",
  "Accept-Encoding: gzip, deflate, br",
  "Accept-Language: en",
  "Content-Type: application/json",
  "Authorization: Bearer 0123456789abcdef0123456789abcdef",
  "Connection: keep-alive",
  "Cache-Control: no-cache",
  "X-Request-Id: 6f1c2a52-13f8-4a0e-9f55-0d2a7f1b0c11",
  "X-Forwarded-For: 203.0.113.195, 198.51.100.17",
  "X-Forwarded-Proto: https",
  "X-Forwarded-Host: api.example.org",
  "X-Real-IP: 203.0.113.195",
  "Via: 1.1 cache-3.example.net",
  "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  'If-None-Match: W/"1f2e3d4c5b6a"',
  "Origin: https://example.org",
  "Referer: https://example.org/some/page",
  "DNT: 1",
];

/** A navigation as a browser sends it, about 700 bytes. */
const browser: readonly string[] = [
  "Host: www.example.org",
  "Connection: keep-alive",
  'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24", "Browser";v="140"',
  "sec-ch-ua-mobile: ?0",
  'sec-ch-ua-platform: "Linux"',
  "Upgrade-Insecure-Requests: 1",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "Sec-Fetch-Site: none",
  "Sec-Fetch-Mode: navigate",
  "Sec-Fetch-User: ?1",
  "Sec-Fetch-Dest: document",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "Accept-Language: en-GB,en;q=0.9",
  "Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark",
];

const response: readonly string[] = [
  "Date: Tue, 04 Nov 2025 08:12:31 GMT",
  "Server: example",
  "Content-Type: application/json; charset=utf-8",
  "Content-Length: 13",
  'ETag: W/"d-1a2b3c4d5e6f"',
  "Cache-Control: private, max-age=0, must-revalidate",
  "Vary: Accept-Encoding",
  "Connection: keep-alive",
];
const responseContent = '{"hello":"w"}';

function head(startLine: string, lines: readonly string[]): Buffer {
  return Buffer.from(`${[startLine, ...lines].join("\r\n")}\r\n\r\n`, "latin1");
}

const tinyHead = head("GET / HTTP/1.1", tiny);
const browserHead = head("GET /articles/2025/11/some-article?from=feed HTTP/1.1", browser);
const responseMessage = Buffer.concat([head("HTTP/1.1 200 OK", response), Buffer.from(responseContent)]);

function chunked(size: number): Buffer[] {
  const lines = [...tiny, "Transfer-Encoding: chunked"];
  const chunk = Buffer.from(`${size.toString(16)}\r\n${"x".repeat(size)}\r\n`, "latin1");
  const parts = [head("POST / HTTP/1.1", lines), ...Array<Buffer>(BODY_BYTES / size).fill(chunk)];
  return split(Buffer.concat([...parts, Buffer.from("0\r\n\r\n", "latin1")]), READ_BYTES);
}

function split(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += size) pieces.push(bytes.subarray(from, from + size));
  return pieces;
}

function requests(
  name: string,
  title: string,
  pieces: readonly Buffer[],
  found: Partial<Tally>,
  fresh = true,
): MicroCase {
  const expected = { messages: 1, fields: 0, bodyBytes: 0, ...found };
  return { name, title, role: "request", pieces, fresh, expected };
}

function responses(name: string, title: string, fresh: boolean): MicroCase {
  const expected = { messages: 1, fields: response.length, bodyBytes: responseContent.length };
  return { name, title, role: "response", pieces: [responseMessage], fresh, expected };
}

const eight = head("GET /v1/items/4711 HTTP/1.1", many.slice(0, 8));
const twenty = head("GET /v1/items/4711 HTTP/1.1", many);

/** In the order in which they run. */
export const cases: readonly MicroCase[] = [
  requests("tiny", size("a head with 2 fields", tinyHead), [tinyHead], { fields: 2 }),
  requests("fields-8", size("a head with 8 fields", eight), [eight], { fields: 8 }),
  requests("fields-20", size("a head with 20 fields", twenty), [twenty], { fields: 20 }),
  requests("browser", size("a browser's head", browserHead), [browserHead], { fields: browser.length }),
  requests("tiny-again", "tiny, repeated on one connection", [tinyHead], { fields: 2 }, false),
  requests(
    "browser-again",
    "browser, repeated on one connection",
    [browserHead],
    { fields: browser.length },
    false,
  ),
  requests(
    "pipelined",
    "tiny, 16 in one read, on one connection",
    [Buffer.concat(Array<Buffer>(16).fill(tinyHead))],
    { messages: 16, fields: 32 },
    false,
  ),
  requests("trickled", "tiny, each byte by itself", split(tinyHead, 1), { fields: 2 }),
  requests("browser-trickled", "browser, each byte by itself", split(browserHead, 1), {
    fields: browser.length,
  }),
  requests("chunked-16k", "1 MiB in chunks of 16 KiB, 64 KiB a read", chunked(2 ** 14), {
    fields: 3,
    bodyBytes: BODY_BYTES,
  }),
  requests("chunked-1k", "1 MiB in chunks of 1 KiB, 64 KiB a read", chunked(2 ** 10), {
    fields: 3,
    bodyBytes: BODY_BYTES,
  }),
  responses("response", size("a response with 8 fields and 13 bytes", responseMessage), true),
  responses("response-again", "response, repeated on one connection", false),
];

function size(title: string, bytes: Buffer): string {
  return `${title}, ${bytes.length} B`;
}

/** @throws Error that lists the cases. */
export function findCase(name: string): MicroCase {
  const found = cases.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  throw new Error(`there is no case "${name}"; there are: ${cases.map((known) => known.name).join(", ")}`);
}
