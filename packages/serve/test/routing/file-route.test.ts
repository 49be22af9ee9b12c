import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import type { OpenedFile } from "../../src/http/file-plan.ts";
import type { Outgoing } from "../../src/http/outgoing.ts";
import { file } from "../../src/plain.ts";
import { findFile } from "../../src/routing/file-route.ts";
import { Routes } from "../../src/routing/routes.ts";
import { openCount } from "../support/descriptors.ts";
import { start } from "../support/servers.ts";

const dir = tempDir();
fill(dir, { "a.txt": "hello", "d/b.txt": "b" });
const here = file(join(dir, "a.txt"));
const missing = file(join(dir, "none"));

function find(routes: Routes, path: string, method = "GET"): ReturnType<typeof findFile> {
  return findFile(routes, routes.match(method, path)!, method, path, "");
}

/** What is sent without a handler. */
function outgoing(found: ReturnType<typeof find>): Outgoing {
  if (found?.value.kind !== "outgoing") throw new Error("Not outgoing");
  return found.value.response;
}

function opened(found: ReturnType<typeof find>): OpenedFile {
  const response = outgoing(found);
  if (response.kind !== "file") throw new Error("No file");
  return response;
}

describe("a request that a file's route matches", () => {
  it("gets the file, or what is next best", () => {
    const handler = () => new Response();
    const values = {
      "/x/y/z": missing,
      "/x/y/*": { GET: missing },
      "/x/:a/z": here,
      "/x/*": handler,
      "/d/b.txt": missing,
      "/d/*": { dir: join(dir, "d") },
      "/*": missing,
    };
    const routes = new Routes(values, { server: {}, development: null, onStop: () => {} });
    for (let i = 0; i < 2; i++) {
      const { file: found } = opened(find(routes, "/x/y/z"));
      expect(found.source).toBe(join(dir, "a.txt"));
      found.close();
      expect(find(routes, "/x/y/other")).toMatchObject({
        value: { kind: "handler" },
        params: { "*": "y/other" },
      });
      const { file: inDirectory } = opened(find(routes, "/d/b.txt"));
      expect(inDirectory.source).toBe(join(dir, "d", "b.txt"));
      inDirectory.close();
      expect(outgoing(find(routes, "/d/none"))).toMatchObject({ kind: "whole", head: { status: 404 } });
      expect(find(routes, "/else")).toBeNull();
      expect(find(routes, "/else", "BREW")).toBeNull();
    }
    expect(openCount(dir) ?? 0).toBe(0);
  });
});

describe("a response without a connection", () => {
  it("reads the file when it is read, and holds nothing open till then", async () => {
    const server = start({
      routes: { "/": new Response(here.slice(1, 3), { status: 201, headers: { "X-A": "b" } }) },
    });
    const response = await server.fetch("/");
    expect(openCount(dir) ?? 0).toBe(0);
    expect([response.status, response.headers.get("x-a")]).toEqual([201, "b"]);
    expect(await response.text()).toBe("el");
  });
});
