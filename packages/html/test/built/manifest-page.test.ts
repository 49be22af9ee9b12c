import { join } from "node:path";
import { type ServeOptions, type Server, serve } from "@mantou/serve/plain";
import { ask } from "@mantou/testing/raw-client";
import { LOOPBACK, stopAfterTest } from "@mantou/testing/servers";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { isManifest, manifestPage } from "../../src/index.ts";

const dir = tempDir();
fill(dir, { "index.html": "<h1>Built", "a b-1.js": "1;", "sub/b.css": "b{}" });
const file = (path: string, loader: string, type: string, more = {}) => ({
  path,
  loader,
  isEntry: true,
  headers: { etag: "x", "content-type": type, ...more },
});
const manifest = {
  index: "./index.html",
  files: [
    file("index.html", "html", "text/html;charset=utf-8"),
    file("./a b-1.js", "js", "text/javascript;charset=utf-8"),
    file("sub/b.css", "css", "text/css;charset=utf-8", { "cache-control": "no-store" }),
  ],
};

function start(options: ServeOptions): Server {
  return stopAfterTest(serve({ ...LOOPBACK, ...options } as ServeOptions));
}

describe("the page of a manifest", () => {
  it("is served with its files by their paths, as they are, also if a handler returns it", async () => {
    const page = manifestPage(manifest, dir);
    expect(manifestPage(manifest, dir)).toBe(page);
    for (const server of [start({ routes: { "/": page } }), start({ fetch: () => page })]) {
      const got = await ask(server, "GET /");
      expect([got.text, got.headers["cache-control"]]).toEqual(["<h1>Built", "no-cache"]);
      const script = await ask(server, "GET /a%20b-1.js");
      expect([script.text, script.headers["cache-control"]]).toEqual([
        "1;",
        "public, max-age=31536000, immutable",
      ]);
      expect((await ask(server, "GET /sub/b.css")).headers["cache-control"]).toBe("no-store");
    }
  });

  it("that lacks a file, or its page, is an error when the server starts", () => {
    const gone = { ...manifest, files: [...manifest.files, file("gone.js", "js", "text/javascript")] };
    expect(() => start({ routes: { "/": manifestPage(gone, dir) } })).toThrow(
      `The file gone.js of the built page ./index.html is not in ${dir}`,
    );
    const without = { ...manifest, index: join(dir, "other.html") };
    expect(() => start({ routes: { "/": manifestPage(without, dir) } })).toThrow(TypeError);
  });

  it("is known by its files", () => {
    expect([isManifest(manifest), isManifest({ index: "a" })]).toEqual([true, false]);
  });
});
