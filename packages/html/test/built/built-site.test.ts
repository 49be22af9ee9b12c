import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { type ServeOptions, type Server, serve } from "@mantou/serve/plain";
import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { LOOPBACK, stopAfterTest } from "@mantou/testing/servers";
import { fill } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { htmlPage } from "../../src/index.ts";
import { project } from "../support/projects.ts";

const errors = captureErrors();

function start(options: ServeOptions): Server {
  return stopAfterTest(serve({ ...LOOPBACK, development: false, ...options } as ServeOptions));
}

const { brotliDecompressSync, gunzipSync } = zlib;
const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: typeof gunzipSync };
const LONG = `export const word: string = ${JSON.stringify("buns ".repeat(1_000))};`;
const assets = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);

describe("a page in production", () => {
  it("is built once, with hashed files for ever, and an ETag for itself", async () => {
    const dir = project({ "src/word.ts": LONG });
    const pages = [htmlPage(join(dir, "pages/index.html")), htmlPage(join(dir, "pages/about.html"))] as const;
    const server = start({ routes: { "/": pages[0], "/deep/*": () => pages[1] } });
    const home = await ask(server, "GET /");
    expect(home.headers).toMatchObject({
      "content-type": "text/html;charset=utf-8",
      "cache-control": "no-cache",
    });
    const { etag } = home.headers;
    const fresh = await ask(server, "GET /", [`If-None-Match: ${etag}`]);
    expect([fresh.status, fresh.headers["etag"], fresh.text]).toEqual([304, etag, ""]);
    const about = await ask(server, "GET /deep/link");
    expect(about.text).toContain("<h1>About</h1>");
    const [script, style] = assets(home.text);
    expect(assets(about.text)[0]).toBe(script);
    expect(script).toMatch(/^\/_mantou\/~[0-9a-f]{8}\/assets\/[^/]+-[\w-]{8}\.js$/);
    const got = await ask(server, `GET ${script}`);
    expect(got.headers).toMatchObject({
      "content-type": "text/javascript;charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "Accept-Encoding",
    });
    expect(got.text).not.toContain(": string");
    expect(got.text).not.toContain("sourceMappingURL");
    expect((await ask(server, `GET ${style}`)).text).toBe("h1{color:#010203}\n");
    expect((await ask(server, `HEAD ${script}`)).headers["content-length"]).toBe(
      got.headers["content-length"],
    );
    expect((await ask(server, `GET ${script}.map`)).status).toBe(404);
  });

  it("is compressed as the client takes it", async () => {
    const dir = project({ "src/word.ts": LONG });
    const server = start({ routes: { "/": htmlPage(join(dir, "pages/index.html")) } });
    const script = assets((await ask(server, "GET /")).text)[0]!;
    const whole = await ask(server, `GET ${script}`);
    for (const [coding, decode] of [
      ["br", brotliDecompressSync],
      ["gzip", gunzipSync],
      // Node.js has it from 22.15 on.
      ...(zstdDecompressSync === undefined ? [] : [["zstd", zstdDecompressSync] as const]),
    ] as const) {
      const { headers, body } = await ask(server, `GET ${script}`, [`Accept-Encoding: ${coding}`]);
      expect(headers["content-encoding"]).toBe(coding);
      expect(body.length).toBeLessThan(500);
      expect(decode(body).toString()).toBe(whole.text);
      expect(headers["etag"]).not.toBe(whole.headers["etag"]);
      const again = await ask(server, `GET ${script}`, [
        `Accept-Encoding: ${coding}`,
        `If-None-Match: W/${headers["etag"]}`,
      ]);
      expect(again.status).toBe(304);
    }
    const none = await ask(server, `GET ${script}`, ["Accept-Encoding: identity"]);
    expect(none.headers["content-encoding"]).toBeUndefined();
  });

  it("is sent in parts, compressed or not (RFC 9110 §14)", async () => {
    const dir = project({ "src/word.ts": LONG });
    const server = start({ routes: { "/": htmlPage(join(dir, "pages/index.html")) } });
    const script = assets((await ask(server, "GET /")).text)[0]!;
    for (const fields of [[], ["Accept-Encoding: br"]]) {
      const whole = await ask(server, `GET ${script}`, fields);
      expect(whole.headers["accept-ranges"]).toBe("bytes");
      const size = whole.body.length;
      const etag = whole.headers["etag"]!;
      const part = async (...more: string[]) => {
        const { status, headers, body } = await ask(server, `GET ${script}`, [...fields, ...more]);
        const coding = headers["content-encoding"];
        return [status, headers["content-range"], coding, Buffer.from(body).toString("latin1")];
      };
      const coding = whole.headers["content-encoding"];
      const text = Buffer.from(whole.body).toString("latin1");
      const first = [206, `bytes 0-9/${size}`, coding, text.slice(0, 10)];
      expect(await part("Range: bytes=0-9")).toEqual(first);
      expect(await part("Range: bytes=0-9", `If-Range: ${etag}`)).toEqual(first);
      expect(await part("Range: bytes=-5")).toEqual([
        206,
        `bytes ${size - 5}-${size - 1}/${size}`,
        coding,
        text.slice(-5),
      ]);
      const all = [200, undefined, coding, text];
      for (const more of [
        ["Range: bytes=0-9", 'If-Range: "other"'],
        ["Range: bytes=0-9", `If-Range: W/${etag}`],
        ["Range: bytes=0-1,4-5"],
        ["Range: pages=0-9"],
      ])
        expect(await part(...more)).toEqual(all);
      expect(await part(`Range: bytes=${size}-`)).toEqual([416, `bytes */${size}`, undefined, ""]);
      expect((await part("Range: bytes=0-9", `If-None-Match: ${etag}`))[0]).toBe(304);
      expect((await ask(server, `HEAD ${script}`, [...fields, "Range: bytes=0-9"])).status).toBe(200);
    }
  });

  it("is sent only if the request's conditions hold, If-Match before If-None-Match (RFC 9110 §13.2.2)", async () => {
    const dir = project({ "src/word.ts": LONG });
    const server = start({ routes: { "/": htmlPage(join(dir, "pages/index.html")) } });
    const [script] = assets((await ask(server, "GET /")).text);
    for (const [path, fields] of [
      ["/", []],
      [script, []],
      [script, ["Accept-Encoding: br"]],
    ] as const) {
      const { etag, vary } = (await ask(server, `GET ${path}`, fields)).headers;
      const statusOf = async (method: string, ...more: string[]) => {
        const { status, headers, text } = await ask(server, `${method} ${path}`, [...fields, ...more]);
        if (status === 304 || status === 412)
          expect([text, headers["etag"], headers["vary"]]).toEqual(["", etag, vary]);
        return status;
      };
      for (const method of ["GET", "HEAD"]) {
        expect(await statusOf(method, `If-Match: "x", ${etag}`)).toBe(200);
        expect(await statusOf(method, "If-Match: *")).toBe(200);
        expect(await statusOf(method, 'If-Match: "x"')).toBe(412);
        expect(await statusOf(method, `If-Match: W/${etag}`)).toBe(412);
        expect(await statusOf(method, 'If-Match: "x"', `If-None-Match: ${etag}`)).toBe(412);
        expect(await statusOf(method, `If-Match: ${etag}`, `If-None-Match: "x", W/${etag}`)).toBe(304);
        expect(await statusOf(method, `If-None-Match: "x, ${etag}`)).toBe(200);
      }
      expect(await statusOf("GET", 'If-Match: "x"', "Range: bytes=0-1")).toBe(412);
    }
  });

  it("has the assets of pages that only handlers return before the first is returned, and files of public/", async () => {
    const dir = project({ "public/robots.txt": "none" });
    const page = htmlPage(join(dir, "pages/about.html"));
    const other = start({ fetch: () => page });
    const script = assets((await ask(other, "GET /")).text)[0]!;
    const server = start({ fetch: () => page });
    expect((await ask(server, `GET ${script}`)).status).toBe(200);
    const robots = await ask(server, `GET ${script.replace(/assets\/.*/, "robots.txt")}`);
    expect([robots.text, robots.headers["cache-control"]]).toEqual(["none", "no-cache"]);
  });

  it("stays as it was built if one that comes later cannot be built, which is not tried for each request", async () => {
    const dir = project({
      "pages/late.html": '<!doctype html><h1>Late</h1><script type="module" src="../src/late.ts"></script>',
      "src/late.ts": "export const word: = 5;",
      "builds.txt": "",
      "vite.config.js": `import { appendFileSync } from "node:fs";
        const buildStart = () => appendFileSync(new URL("builds.txt", import.meta.url), "+");
        export default { plugins: [{ name: "count", buildStart }] };`,
    });
    const builds = () => readFileSync(join(dir, "builds.txt"), "utf8").length;
    const server = start({
      routes: {
        "/": htmlPage(join(dir, "pages/index.html")),
        "/late": () => htmlPage(join(dir, "pages/late.html")),
      },
    });
    const home = await ask(server, "GET /");
    const script = assets(home.text)[0]!;
    const first = builds();
    expect(first).toBeGreaterThan(0);
    expect((await ask(server, "GET /late")).status).toBe(500);
    const second = builds();
    expect(second).toBeGreaterThan(first);
    expect((await ask(server, "GET /")).text).toBe(home.text);
    expect((await ask(server, `GET ${script}`)).status).toBe(200);
    expect((await ask(server, "GET /late")).status).toBe(500);
    expect((await ask(server, `GET ${script}x`)).status).toBe(500);
    expect(builds()).toBe(second);
    // The page, the page again, and what may be an asset of it. Vite has printed its own line.
    const reports = errors.reports.splice(0).map(String);
    expect(reports.filter((each) => each.includes("late.ts")).length).toBe(3);
    fill(dir, { "src/late.ts": "export const word = 5;" });
    const late = async () => {
      const { status, text } = await ask(server, "GET /late");
      errors.reports.length = 0;
      return status === 200 && text.includes("<h1>Late</h1>");
    };
    await until(late, "another build, some seconds later");
    expect((await ask(server, `GET ${script}`)).status).toBe(200);
  });

  it("finds files whose names a URL has in another form", async () => {
    const odd = "src/mä in";
    const dir = project({
      "pages/sei te.html":
        '<!doctype html><link rel="stylesheet" href="../src/m%C3%A4%20in/st yle.css"><img src="../src/mä in/ä b.svg">' +
        '<script type="module" src="../src/mä in/haüpt.ts"></script>',
      [`${odd}/haüpt.ts`]: 'const word: string = "found the script"; console.log(word);',
      [`${odd}/st yle.css`]: "h1 { color: rgb(1, 2, 3); }",
      [`${odd}/ä b.svg`]: `<svg xmlns="http://www.w3.org/2000/svg"><!-- ${"x".repeat(5000)} --></svg>`,
    });
    for (const development of [true, false]) {
      const server = start({ development, routes: { "/": htmlPage(join(dir, "pages/sei te.html")) } });
      const get = async (path: string): Promise<string> =>
        (await fetch(new URL(path, server.url), { headers: { Accept: "text/css" } })).text();
      const urls = assets(await get("/")).filter((url) => !url.includes("@vite"));
      const found = await Promise.all(urls.map(get));
      for (const text of ["found the script", /rgb\(1, 2, 3\)|#010203/, "<svg"])
        expect(found.join("\n"), `${development} ${text}`).toMatch(text);
    }
  });

  it("that cannot be built ends the process with 1 when the server starts, and says why", async () => {
    const dir = project({ "src/word.ts": "export const word: = 5;" });
    const html = new URL("../../dist/index.js", import.meta.url).href;
    const program = `
      import { serve } from ${JSON.stringify(import.meta.resolve("@mantou/serve"))};
      import { htmlPage } from ${JSON.stringify(html)};
      serve({ port: 0, development: false, routes: { "/": htmlPage("pages/index.html") } });`;
    const result = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, ["--input-type=module", "-e", program], { cwd: dir }, (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      );
    });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("word.ts");
  });
});
