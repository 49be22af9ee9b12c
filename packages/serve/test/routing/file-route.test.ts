import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { FileResponse } from "../../src/http/file-plan.ts";
import { PreparedResponse } from "../../src/http/outgoing.ts";
import { file } from "../../src/plain.ts";
import { detach } from "../../src/routing/detached-response.ts";
import { findFile } from "../../src/routing/file-route.ts";
import { Routes } from "../../src/routing/routes.ts";
import { openCount } from "../support/descriptors.ts";

const dir = tempDir();
fill(dir, { "a.txt": "hello", "d/b.txt": "b" });
const here = file(join(dir, "a.txt"));
const missing = file(join(dir, "none"));

function find(routes: Routes, path: string, method = "GET"): ReturnType<typeof findFile> {
  return findFile(routes, routes.match(method, path)!, method, path, "");
}

describe("a request that a file's route matches", () => {
  it("gets the file, or what is next best", async () => {
    const handler = () => new Response();
    const routes = new Routes({
      "/x/y/z": missing,
      "/x/y/*": { GET: missing },
      "/x/:a/z": here,
      "/x/*": handler,
      "/d/b.txt": missing,
      "/d/*": { dir: join(dir, "d") },
      "/*": missing,
    });
    for (let i = 0; i < 2; i++) {
      const found = find(routes, "/x/y/z");
      if (!(found instanceof FileResponse)) throw new Error("No file");
      expect(found.file.source).toBe(join(dir, "a.txt"));
      found.file.close();
      expect(find(routes, "/x/y/other")).toMatchObject({ pattern: "/x/*", value: { kind: "handler" } });
      const inDirectory = find(routes, "/d/b.txt");
      if (!(inDirectory instanceof FileResponse)) throw new Error("No file");
      expect(await detach(new Request("http://a/"), inDirectory).text()).toBe("b");
      expect(find(routes, "/d/none")).toBeInstanceOf(PreparedResponse);
      expect(find(routes, "/else")).toBeNull();
      expect(find(routes, "/else", "BREW")).toBeNull();
    }
    expect(openCount(dir) ?? 0).toBe(0);
  });
});

describe("an answer without a connection", () => {
  it("reads the file when it is read, and holds nothing open till then", async () => {
    const routes = new Routes({
      "/": new Response(here.slice(1, 3), { status: 201, headers: { "X-A": "b" } }),
    });
    const found = find(routes, "/");
    if (!(found instanceof FileResponse)) throw new Error("No file");
    const response = detach(new Request("http://a/"), found);
    expect(openCount(dir) ?? 0).toBe(0);
    expect([response.status, response.headers.get("x-a")]).toEqual([201, "b"]);
    expect(await response.text()).toBe("el");
  });
});
