import { execFileSync } from "node:child_process";
import { renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it, vi } from "vitest";
import { start, startInternal } from "../support/servers.ts";

captureErrors();

const base = tempDir();
const dir = join(base, "public");
fill(base, {
  "secret.txt": "secret",
  "public/a.txt": "hello",
  "public/index.html": "<p>root",
  "public/sub/index.html": "<p>sub",
  "public/none/x.txt": "x",
  "public/.well-known/x": "dot",
  "public/sp ace é.css": "css",
  "public/empty": "",
});
symlinkSync("../secret.txt", join(dir, "out"));
utimesSync(join(dir, "a.txt"), 1_700_000_000, 1_700_000_000.25);

describe("a directory route", () => {
  it("serves files with type, time, weak tag and ranges", async () => {
    const server = start({ routes: { "/static/*": { dir } } });
    const response = await ask(server, "GET /static/a.txt?x");
    expect(response).toMatchObject({ status: 200, text: "hello", framing: "length" });
    expect(response.headers).toMatchObject({
      "content-type": "text/plain;charset=utf-8",
      "content-length": "5",
      "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT",
      etag: `W/"5-${(1_700_000_000_250).toString(16)}"`,
      "accept-ranges": "bytes",
    });
    const part = await ask(server, "GET /static/a.txt", ["Range: bytes=1-2"]);
    expect(part).toMatchObject({ status: 206, text: "el", headers: { "content-range": "bytes 1-2/5" } });
    const { etag } = response.headers;
    for (const condition of [
      `If-None-Match: ${etag}`,
      `If-Modified-Since: ${response.headers["last-modified"]}`,
    ]) {
      const unchanged = await ask(server, "GET /static/a.txt", [condition]);
      expect(unchanged).toMatchObject({ status: 304, headers: { etag } });
    }
    // A weak tag says nothing of ranges (RFC 9110 §13.1.5).
    expect(await ask(server, "GET /static/a.txt", ["Range: bytes=1-2", `If-Range: ${etag}`])).toMatchObject({
      status: 200,
      text: "hello",
    });
    const head = await ask(server, "HEAD /static/a.txt");
    expect(head.headers).toEqual({ ...response.headers, date: head.headers["date"] });
  });

  it("serves index.html for directories, after a redirect to the slash", async () => {
    const server = start({ routes: { "/static/*": { dir }, "/*": new Response("else") } });
    expect((await ask(server, "GET /static/")).text).toBe("<p>root");
    expect((await ask(server, "GET /static/sub/")).text).toBe("<p>sub");
    for (const [path, location] of [
      ["/static/sub", "/static/sub/"],
      ["/static/sub?a=/b", "/static/sub/?a=/b"],
      ["http://test/static/sub?a", "/static/sub/?a"],
    ] as const) {
      for (const method of ["GET", "HEAD"]) {
        const response = await ask(server, `${method} ${path}`);
        expect(response).toMatchObject({ status: 301, headers: { location, "content-length": "0" } });
      }
    }
    expect((await ask(server, "GET /static/none")).status).toBe(301);
    expect((await ask(server, "GET /static/none/")).status).toBe(404);
    expect((await ask(server, "GET /static")).text).toBe("else");
  });

  it("at the root never redirects to another host", async () => {
    const server = start({ routes: { "/*": { dir } } });
    for (const path of ["//sub", "//example.com/..", "/\\example.com", "/%2Fsub", "///"]) {
      const response = await ask(server, `GET ${path}`);
      expect([path, response.status, response.headers["location"]]).toEqual([path, 404, undefined]);
    }
    expect((await ask(server, "GET /")).text).toBe("<p>root");
    expect((await ask(server, "GET /sub")).headers["location"]).toBe("/sub/");
  });

  it.each([
    ["/.well-known/x", 200],
    ["/sp%20ace%20%C3%A9.css", 200],
    ["/empty", 200],
    ["/nothing", 404],
    ["/a.txt/", 404],
    ["/a.txt/x", 404],
    ["/A.txt", 404],
    ["/out", 404],
    ["/../secret.txt", 404],
    ["/sub/../a.txt", 404],
    ["/%2e%2e/secret.txt", 404],
    ["/..%2fsecret.txt", 404],
    ["/..%5csecret.txt", 404],
    ["/a%2etxt", 404],
    ["/a.txt%00", 404],
    ["/sub//index.html", 404],
  ])("%s: %i", async (path, status) => {
    const server = startInternal({ routes: { "/static/*": { dir } } });
    expect((await ask(server, `GET /static${path}`)).status).toBe(status);
  });

  it.skipIf(process.platform === "win32")("does not serve FIFOs", async () => {
    execFileSync("mkfifo", [join(dir, "fifo")]);
    const server = start({ routes: { "/*": { dir } } });
    expect((await ask(server, "GET /fifo")).status).toBe(404);
  });

  it.each([true, false, undefined])("notices that files change (statCache: %s)", async (statCache) => {
    const path = join(dir, "changing.txt");
    const options = statCache === undefined ? { dir } : { dir, statCache };
    const server = startInternal({ routes: { "/*": options } });
    writeFileSync(path, "one");
    const first = await ask(server, "GET /changing.txt");
    expect((await ask(server, "GET /changing.txt")).headers).toMatchObject({ etag: first.headers["etag"] });
    writeFileSync(path, "three");
    const second = await ask(server, "GET /changing.txt", [`If-None-Match: ${first.headers["etag"]}`]);
    expect(second).toMatchObject({ status: 200, text: "three" });
    rmSync(path);
    expect((await ask(server, "GET /changing.txt")).status).toBe(404);
  });

  it("keeps few heads, however many files there are", async () => {
    const names = Array.from({ length: 200 }, (_, i) => `many/${i}.txt`);
    fill(dir, Object.fromEntries(names.map((name) => [name, name])));
    const server = startInternal({ routes: { "/*": { dir } } });
    const forget = vi.spyOn(Map.prototype, "delete");
    for (const name of [...names, ...names.slice(0, 5)])
      expect((await ask(server, `GET /${name}`)).text).toBe(name);
    // One that is kept has changed: it takes its own place.
    fill(dir, { [names[4]!]: "changed" });
    expect((await ask(server, `GET /${names[4]}`)).text).toBe("changed");
    const forgotten = forget.mock.calls.map(([key]) => key);
    forget.mockRestore();
    // 64 are kept, and the oldest goes first.
    expect(forgotten.filter((key) => names.includes(key as string))).toEqual(names.slice(0, 205 - 64));
  });

  it("stays with the directory that it was given", async () => {
    fill(base, { "first/a": "first", "second/a": "second" });
    symlinkSync("first", join(base, "current"));
    const server = startInternal({ routes: { "/*": { dir: join(base, "current") } } });
    symlinkSync("second", join(base, "next"));
    renameSync(join(base, "next"), join(base, "current"));
    expect((await ask(server, "GET /a")).text).toBe("first");
  });

  it("responds to every method, as Bun's does, and leaves conditions and ranges to GET and HEAD", async () => {
    const server = startInternal({ routes: { "/*": { dir } } });
    expect(
      await ask(server, "POST /a.txt", ["Range: bytes=0-0", "If-None-Match: *", "Content-Length: 0"]),
    ).toMatchObject({
      status: 200,
      text: "hello",
    });
  });

  it("gives server.fetch() the same", async () => {
    const server = start({ routes: { "/static/*": { dir } } });
    const response = await server.fetch("/static/a.txt");
    expect(await response.text()).toBe("hello");
    expect(response.headers.get("content-type")).toBe("text/plain;charset=utf-8");
    expect(response.headers.get("etag")).toMatch(/^W\/"5-/);
    expect((await server.fetch("/static/nothing")).status).toBe(404);
    const moved = await server.fetch("/static/sub?x");
    expect([moved.status, moved.headers.get("location")]).toEqual([301, "/static/sub/?x"]);
  });
});

describe("a directory route that is none", () => {
  it.each([
    [join(base, "nowhere"), "ENOENT"],
    [join(base, "secret.txt"), "ENOTDIR"],
    [join(base, "secret.txt", "x"), "ENOTDIR"],
  ])("keeps the system's code: %s", (path, code) => {
    let thrown: unknown;
    try {
      start({ routes: { "/x/*": { dir: path } } });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code, path });
  });

  it.each<[string, unknown, RegExp]>([
    ["/x", { dir }, /"\/x" must end in "\/\*"/],
    ["/:a/*", { dir }, /must not have parameters/],
    ["/x/*", { dir: join(base, "nowhere") }, /"\/x\/\*" needs a directory: ENOENT/],
    ["/x/*", { dir: join(base, "secret.txt") }, /needs a directory/],
    ["/x/*", { dir: "" }, /dir must be a non-empty string/],
    ["/x/*", { dir: 5 }, /dir must be a non-empty string/],
    ["/x/*", { dir: undefined }, /dir must be a non-empty string/],
    ["/x/*", { dir, statCache: "yes" }, /statCache must be a boolean/],
    ["/x/*", { dir, GET: () => new Response() }, /no option GET/],
    ["/x/*", { dir, index: "a.html" }, /no option index/],
  ])("%s: %j", (pattern, value, message) => {
    const options = { routes: { [pattern]: value } } as unknown as Parameters<typeof start>[0];
    expect(() => start(options)).toThrow(TypeError);
    expect(() => start(options)).toThrow(message);
  });
});
