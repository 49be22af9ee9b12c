import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { file } from "../../src/fetch/file.ts";
import { decode, ENCODINGS } from "../support/decode.ts";
import { openCount } from "../support/descriptors.ts";
import { start } from "../support/servers.ts";

captureErrors();

const base = tempDir();
const dir = join(base, "public");
const TEXT = "Knead for ten minutes. ".repeat(300);
const LARGE = Array.from({ length: 60_000 }, (_, i) => `line ${i} of ${(i * 7919) % 104_729}\n`).join("");
fill(base, {
  "public/a.txt": TEXT,
  "public/large.txt": LARGE,
  "public/picture.png": TEXT,
  "public/short.txt": "short",
  "public/changing.txt": TEXT,
});
/** An hour ago, so that what is made of them is kept. */
const EARLIER = Math.floor(Date.now() / 1000) - 3600;
for (const name of ["a.txt", "large.txt", "picture.png", "short.txt"])
  utimesSync(join(dir, name), EARLIER, EARLIER);

const server = () =>
  start({
    compress: true,
    routes: {
      "/public/*": { dir },
      "/route": file(join(dir, "a.txt")),
      "/handler/:name": (request) => new Response(file(join(dir, request.params.name))),
      "/tagged": () => new Response(file(join(dir, "a.txt")), { headers: { ETag: '"v1"' } }),
      "/slice": () => new Response(file(join(dir, "a.txt")).slice(0, 2000)),
    },
  });

describe("a file", () => {
  it.each(["/public/a.txt", "/route", "/handler/a.txt"])("is compressed: %s", async (path) => {
    const running = server();
    for (const encoding of ENCODINGS) {
      const fields = [`Accept-Encoding: ${encoding}`];
      const response = await ask(running, `GET ${path}`, fields);
      expect(response).toMatchObject({ status: 200, framing: "length" });
      expect(response.headers).toMatchObject({ "content-encoding": encoding, vary: "Accept-Encoding" });
      expect(response.headers["accept-ranges"]).toBe(undefined);
      expect(decode(response).toString()).toBe(TEXT);
      const head = await ask(running, `HEAD ${path}`, fields);
      expect(head.headers).toEqual({ ...response.headers, date: head.headers["date"] });
      const since = `If-Modified-Since: ${response.headers["last-modified"]}`;
      const same = await ask(running, `GET ${path}`, [...fields, since]);
      expect(same).toMatchObject({ status: 304, headers: { vary: "Accept-Encoding" } });
      const changed = await ask(running, `GET ${path}`, [...fields, 'If-Match: "x"']);
      expect(changed.status).toBe(412);
    }
    const plain = await ask(running, `GET ${path}`);
    expect(plain).toMatchObject({
      text: TEXT,
      headers: { vary: "Accept-Encoding", "accept-ranges": "bytes" },
    });
  });

  it("has its weak tag in every coding, and another strong one in each", async () => {
    const running = server();
    const { etag } = (await ask(running, "GET /public/a.txt")).headers;
    const encoded = await ask(running, "GET /public/a.txt", ["Accept-Encoding: gzip"]);
    expect(encoded.headers["etag"]).toBe(etag);
    const weak = await ask(running, "GET /public/a.txt", ["Accept-Encoding: br", `If-None-Match: ${etag}`]);
    expect(weak).toMatchObject({ status: 304, headers: { etag } });
    const strong = await ask(running, "GET /tagged", ["Accept-Encoding: br"]);
    expect(strong.headers["etag"]).toBe('"v1-br"');
    for (const [tag, status] of [
      ['"v1-br"', 304],
      ['"v1"', 200],
    ] as const) {
      const response = await ask(running, "GET /tagged", ["Accept-Encoding: br", `If-None-Match: ${tag}`]);
      expect([response.status, response.headers["etag"]]).toEqual([status, '"v1-br"']);
    }
  });

  it("has parts of the bytes without a coding", async () => {
    const running = server();
    for (const path of ["/public/a.txt", "/route", "/handler/a.txt"]) {
      const part = await ask(running, `GET ${path}`, ["Accept-Encoding: br", "Range: bytes=6-8"]);
      expect(part).toMatchObject({ status: 206, text: "for", headers: { vary: "Accept-Encoding" } });
      expect(part.headers["content-range"]).toBe(`bytes 6-8/${TEXT.length}`);
      expect(part.headers["content-encoding"]).toBe(undefined);
      const none = await ask(running, `GET ${path}`, ["Accept-Encoding: br", "Range: bytes=9999-"]);
      expect(none.status).toBe(416);
    }
    const whole = await ask(running, "GET /tagged", [
      "Accept-Encoding: br",
      "Range: bytes=0-2",
      'If-Range: "v1-br"',
    ]);
    expect(whole).toMatchObject({ status: 200, text: TEXT });
    const part = await ask(running, "GET /tagged", [
      "Accept-Encoding: br",
      "Range: bytes=0-4",
      'If-Range: "v1"',
    ]);
    expect(part).toMatchObject({ status: 206, text: "Knead", headers: { etag: '"v1"' } });
    const slice = await ask(running, "GET /slice", ["Accept-Encoding: br"]);
    expect(slice).toMatchObject({ status: 206, text: TEXT.slice(0, 2000) });
  });

  it("stays as it is if it is short, or compressed already", async () => {
    const running = server();
    const short = await ask(running, "GET /public/short.txt", ["Accept-Encoding: br"]);
    expect(short).toMatchObject({ text: "short", headers: { vary: "Accept-Encoding" } });
    const picture = await ask(running, "GET /public/picture.png", ["Accept-Encoding: br"]);
    expect(picture.text).toBe(TEXT);
    expect(picture.headers["vary"]).toBe(undefined);
  });

  it("has a coding of any type for a client that refuses it without, and 406 for one that has none", async () => {
    const running = server();
    for (const path of ["/public/picture.png", "/public/short.txt", "/handler/a.txt"]) {
      const fields = ["Accept-Encoding: gzip, identity;q=0", "Range: bytes=0-1"];
      const response = await ask(running, `GET ${path}`, fields);
      expect(response).toMatchObject({ status: 200, headers: { "content-encoding": "gzip" } });
      expect(decode(response).toString()).toBe(path.includes("short") ? "short" : TEXT);
      const refused = await ask(running, `GET ${path}`, ["Accept-Encoding: *;q=0"]);
      expect(refused).toMatchObject({ status: 406, headers: { vary: "Accept-Encoding" } });
    }
    expect(openCount(dir) ?? 0).toBe(0);
  });

  it("of more than 1 MiB is compressed as it is sent, and its end of the descriptor is closed", async () => {
    const running = server();
    for (const encoding of ENCODINGS) {
      const fields = [`Accept-Encoding: ${encoding}`];
      const response = await ask(running, "GET /public/large.txt", fields);
      expect(response).toMatchObject({ framing: "chunked", headers: { "content-encoding": encoding } });
      expect(decode(response).equals(Buffer.from(LARGE))).toBe(true);
      const head = await ask(running, "HEAD /public/large.txt", fields);
      const { "transfer-encoding": _, ...rest } = response.headers;
      expect(head.headers).toEqual({ ...rest, date: head.headers["date"] });
      const client = connect(running).write(request("GET /public/large.txt", fields));
      await until(() => client.receivedBytes > 0, "its beginning");
      client.abort();
    }
    await until(() => (openCount(join(dir, "large.txt")) ?? 0) === 0, "closed descriptors");
  });

  it("is compressed anew when it has changed", async () => {
    const running = server();
    const path = join(dir, "changing.txt");
    for (const [i, text] of ["one ", "two ", "six "].entries()) {
      // The same length, and at once.
      writeFileSync(path, text.repeat(1000));
      if (i === 2) utimesSync(path, EARLIER, EARLIER);
      for (let n = 0; n < 2; n++) {
        const response = await ask(running, "GET /public/changing.txt", ["Accept-Encoding: gzip"]);
        expect(decode(response).toString()).toBe(text.repeat(1000));
      }
    }
  });

  it("is compressed as what is made anew while it may change again", async () => {
    const running = server();
    // A time to come, so that no pause of this process makes the file an old one.
    const path = join(dir, "new.txt");
    const text = LARGE.slice(0, 100_000);
    writeFileSync(path, text);
    utimesSync(path, EARLIER + 7200, EARLIER + 7200);
    const { length } = text;
    const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_SIZE_HINT: hint } = zlib.constants;
    const made = zlib.brotliCompressSync(text, { params: { [quality]: 4, [hint]: length } });
    const fetched = await ask(running, "GET /public/new.txt", ["Accept-Encoding: br"]);
    expect(fetched.body.equals(made)).toBe(true);
  });

  it("is compressed by server.fetch", async () => {
    const running = server();
    for (const path of ["/public/a.txt", "/public/large.txt"]) {
      const headers = { "Accept-Encoding": "gzip" };
      const response = await running.fetch(new Request(new URL(path, running.url), { headers }));
      expect(response.headers.get("content-encoding")).toBe("gzip");
      const body = zlib.gunzipSync(Buffer.from(await response.arrayBuffer())).toString();
      expect(body).toBe(path.includes("large") ? LARGE : TEXT);
    }
  });
});
