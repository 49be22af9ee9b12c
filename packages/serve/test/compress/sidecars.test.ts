import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { file } from "../../src/fetch/file.ts";
import { decode } from "../support/decode.ts";
import { start } from "../support/servers.ts";

captureErrors();

const base = tempDir();
const dir = join(base, "public");
const TEXT = "Knead for ten minutes. ".repeat(300);
fill(base, { "public/b.js": TEXT, "secret.br": "secret" });
const EARLIER = Math.floor(Date.now() / 1000) - 3600;
utimesSync(join(dir, "b.js"), EARLIER, EARLIER);

describe("a file beside a file", () => {
  const packed = join(dir, "b.js");
  const put = (extension: string, seconds: number, content: Uint8Array): void => {
    writeFileSync(packed + extension, content);
    utimesSync(packed + extension, seconds, seconds);
  };

  it("is sent in its place, by routes", async () => {
    const running = start({
      compress: true,
      routes: {
        "/public/*": { dir },
        "/route": file(packed),
        "/handler": () => new Response(file(packed)),
      },
    });
    const own = zlib.brotliCompressSync("from the file beside it");
    put(".br", EARLIER + 60, own);
    put(".zst", EARLIER + 60, Buffer.from("Zstandard, not looked into"));
    for (const path of ["/public/b.js", "/route"]) {
      const response = await ask(running, `GET ${path}`, ["Accept-Encoding: gzip, br"]);
      expect(response).toMatchObject({ status: 200, body: own, framing: "length" });
      expect(response.headers).toMatchObject({
        "content-encoding": "br",
        "content-type": "text/javascript;charset=utf-8",
        vary: "Accept-Encoding",
        "last-modified": new Date(EARLIER * 1000).toUTCString(),
      });
      expect(response.headers["accept-ranges"]).toBe(undefined);
      const head = await ask(running, `HEAD ${path}`, ["Accept-Encoding: gzip, br"]);
      expect(head.headers).toEqual({ ...response.headers, date: head.headers["date"] });
      const since = `If-Modified-Since: ${response.headers["last-modified"]}`;
      expect((await ask(running, `GET ${path}`, ["Accept-Encoding: br", since])).status).toBe(304);
      // Also on a Node.js that cannot make it.
      const zstd = await ask(running, `GET ${path}`, ["Accept-Encoding: zstd"]);
      expect(zstd).toMatchObject({
        text: "Zstandard, not looked into",
        headers: { "content-encoding": "zstd" },
      });
      // The client's favourite has none.
      const gzip = await ask(running, `GET ${path}`, ["Accept-Encoding: gzip, br;q=0.5"]);
      expect(gzip.headers["content-encoding"]).toBe("br");
      expect((await ask(running, `GET ${path}`)).text).toBe(TEXT);
    }
    const detached = await running.fetch(
      new Request(new URL("/route", running.url), { headers: { "Accept-Encoding": "br" } }),
    );
    expect(Buffer.from(await detached.arrayBuffer()).equals(own)).toBe(true);
    // A handler may serve files that others have put there.
    const handled = await ask(running, "GET /handler", ["Accept-Encoding: br"]);
    expect(decode(handled).toString()).toBe(TEXT);
  });

  it("has no parts, and a date stands for no form of the file", async () => {
    const running = start({ compress: true, routes: { "/public/*": { dir }, "/route": file(packed) } });
    const own = zlib.brotliCompressSync("from the file beside it");
    put(".br", EARLIER + 60, own);
    const whole = { status: 200, body: own, headers: { "content-encoding": "br" } };
    const date = `If-Range: ${new Date(EARLIER * 1000).toUTCString()}`;
    for (const path of ["/public/b.js", "/route"]) {
      for (const range of ["Range: bytes=0-5", "Range: bytes=-3", "Range: bytes=99999-"]) {
        const coded = "Accept-Encoding: br, identity;q=0";
        expect(await ask(running, `GET ${path}`, [coded, range])).toMatchObject(whole);
        expect(await ask(running, `GET ${path}`, [coded, range, date])).toMatchObject(whole);
        // It may have the beginning of either form.
        expect(await ask(running, `GET ${path}`, ["Accept-Encoding: br", range, date])).toMatchObject(whole);
      }
      const part = { status: 206, text: TEXT.slice(0, 6) };
      expect(await ask(running, `GET ${path}`, ["Accept-Encoding: br", "Range: bytes=0-5"])).toMatchObject(
        part,
      );
      expect(await ask(running, `GET ${path}`, ["Range: bytes=0-5", date])).toMatchObject(part);
    }
    // The same without a file beside it.
    rmSync(`${packed}.br`);
    const made = await ask(running, "GET /route", ["Accept-Encoding: br", "Range: bytes=0-5", date]);
    expect(made).toMatchObject({ status: 200, headers: { "content-encoding": "br" } });
    expect(decode(made).toString()).toBe(TEXT);
  });

  it("is not sent if it is older, empty, a directory, or leads out of the directory", async () => {
    const running = start({ compress: true, routes: { "/public/*": { dir } } });
    const get = async (): Promise<string> => {
      const response = await ask(running, "GET /public/b.js", ["Accept-Encoding: br"]);
      expect(response.headers["content-encoding"]).toBe("br");
      return decode(response).toString();
    };
    put(".br", EARLIER - 1, zlib.brotliCompressSync("older"));
    expect(await get()).toBe(TEXT);
    put(".br", EARLIER + 60, Buffer.alloc(0));
    expect(await get()).toBe(TEXT);
    rmSync(`${packed}.br`);
    symlinkSync("../secret.br", `${packed}.br`);
    expect(await get()).toBe(TEXT);
    rmSync(`${packed}.br`);
    mkdirSync(`${packed}.br`);
    expect(await get()).toBe(TEXT);
  });
});
