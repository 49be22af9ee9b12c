import { AreaBuilder } from "../scenario.ts";

const echo = ({ note }: { note: (...what: unknown[]) => void }) => ({
  fetch: async (req: Request) => {
    note(req.method, new URL(req.url).pathname);
    return new Response(await req.text());
  },
});

const HOST = "Host: a\r\n";
const CHUNKED = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;

/** Bytes that a server must refuse, and close the connection. */
const refused: Record<string, string> = {
  "no request at all": "hello\r\n\r\n",
  "no version": "GET /\r\n\r\n",
  "another version": `GET / HTTP/2.0\r\n${HOST}\r\n`,
  "a version in lower case": `GET / http/1.1\r\n${HOST}\r\n`,
  "two spaces in the request line": `GET  / HTTP/1.1\r\n${HOST}\r\n`,
  "a relative target": `GET x HTTP/1.1\r\n${HOST}\r\n`,
  "no Host in HTTP/1.1": "GET / HTTP/1.1\r\n\r\n",
  "two Hosts": `GET / HTTP/1.1\r\n${HOST}Host: b\r\n\r\n`,
  "a Host with a path": "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
  "a Host of 262 characters": `GET / HTTP/1.1\r\nHost: ${"a".repeat(262)}\r\n\r\n`,
  "a space before the colon": `GET / HTTP/1.1\r\n${HOST}X : 1\r\n\r\n`,
  "a header without a name": `GET / HTTP/1.1\r\n${HOST}: 1\r\n\r\n`,
  "a header without a colon": `GET / HTTP/1.1\r\n${HOST}X\r\n\r\n`,
  "a folded header": `GET / HTTP/1.1\r\n${HOST}X: 1\r\n 2\r\n\r\n`,
  "a NUL in a header": `GET / HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`,
  "a bare CR in a header": `GET / HTTP/1.1\r\n${HOST}X: a\rb\r\n\r\n`,
  "bare line feeds": "GET / HTTP/1.1\nHost: a\n\n",
  "a bad Content-Length": `POST / HTTP/1.1\r\n${HOST}Content-Length: 1x\r\n\r\nx`,
  "a negative Content-Length": `POST / HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\nx`,
  "two different Content-Lengths": `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy`,
  "a Content-Length past all numbers": `POST / HTTP/1.1\r\n${HOST}Content-Length: 99999999999999999999\r\n\r\nx`,
  "Content-Length with Transfer-Encoding": `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  "an unknown Transfer-Encoding": `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip\r\n\r\nx`,
  "chunked twice": `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
  "chunked in HTTP/1.0": `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  "an invalid chunk size": `${CHUNKED}g\r\nx\r\n0\r\n\r\n`,
  "a chunk that is longer than it says": `${CHUNKED}1\r\nxy\r\n0\r\n\r\n`,
  "a header of 100 KB": `GET / HTTP/1.1\r\n${HOST}X: ${"x".repeat(100_000)}\r\n\r\n`,
  "a target of 100 KB": `GET /${"x".repeat(100_000)} HTTP/1.1\r\n${HOST}\r\n`,
  "a thousand headers": `GET / HTTP/1.1\r\n${HOST}${"X: 1\r\n".repeat(1_000)}\r\n`,
  "a TLS handshake": "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n",
};

export const badRequests: AreaBuilder = new AreaBuilder("bad requests");

for (const [name, bytes] of Object.entries(refused)) {
  badRequests.add(name, echo, async (c) => c.raw(bytes));
}

badRequests
  .add("a bad request behind a good one", echo, async (c) => {
    const http = c.connect().write(`GET /good HTTP/1.1\r\n${HOST}\r\n`, "bad\r\n\r\n");
    await http.response();
    await http.response();
    await http.closed();
  })
  .add("other connections go on", echo, async (c) => {
    const good = c.connect();
    await good.ask("GET /1");
    await c.raw("bad\r\n\r\n");
    await good.ask("GET /2");
  });
