import { readdirSync } from "node:fs";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { ask } from "@mantou/testing/raw-client";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { platform } from "../src/fetch/platform.ts";
import * as lists from "./projects.ts";
import { start } from "./support/servers.ts";

const names = readdirSync(fileURLToPath(new URL(".", import.meta.url)), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => name.replace(/\.test\.ts$/, ""));

afterEach(() => vi.restoreAllMocks());

describe("a project", () => {
  it("has its transport", async () => {
    const emit = vi.spyOn(net.Server.prototype, "emit");
    const server = start({ fetch: () => new Response("x") });
    await ask(server, "GET /");
    // `net` makes a socket of a handle that nothing else has taken.
    const sockets = emit.mock.calls.filter(([event]) => String(event) === "connection").length;
    expect(sockets).toBe(inject("transport") === "stream" ? 1 : 0);
  });

  it("has its globals", () => {
    expect(globalThis.Response === platform.Response).toBe(inject("globals") === "plain");
  });
});

describe("the lists of projects", () => {
  it.each(Object.entries(lists))("%s: every name is a test file's, and stands there once", (_, list) => {
    const found = list
      .flatMap(({ files }) => files)
      .map((file) => {
        const pattern = new RegExp(`^${file.replaceAll("*", "[^/]*")}$`);
        return names.filter((name) => pattern.test(name));
      });
    expect(found).not.toContainEqual([]);
    expect(new Set(found.flat()).size).toBe(found.flat().length);
  });
});
