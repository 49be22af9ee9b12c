import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type ServeOptions, type Server, serve } from "@mantou/serve/plain";
import { captureErrors } from "@mantou/testing/errors";
import { connect } from "@mantou/testing/raw-client";
import type { RawResponse } from "@mantou/testing/raw-response";
import { LOOPBACK, stopAfterTest } from "@mantou/testing/servers";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { htmlPage } from "../src/index.ts";
import { project } from "./support/projects.ts";

const { reports } = captureErrors();
const SECRET = "the secret of another folder";

function start(dir: string, development: boolean): Server {
  const routes = { "/": htmlPage(join(dir, "pages/index.html")) };
  return stopAfterTest(serve({ ...LOOPBACK, development, routes } as ServeOptions));
}

/** Vite knows no other name than this one. */
async function get(server: Server, target: string): Promise<RawResponse> {
  const client = connect(server);
  const response = await client.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`).response();
  client.destroy();
  return response;
}

/** A project whose sources have a link to a file of another folder. */
function projectWithLink(): { dir: string; outside: string } {
  const outside = tempDir();
  fill(outside, { "secret.ts": `export const secret = "${SECRET}";`, "secret.txt": SECRET });
  const dir = project();
  for (const name of ["secret.ts", "secret.txt"]) symlinkSync(join(outside, name), join(dir, "src", name));
  mkdirSync(join(dir, "public"));
  return { dir, outside };
}

/** Paths behind the base that name what is not of the project, or nothing. */
const hostile = (outside: string, dir: string): string[] => {
  const up = "../".repeat(12);
  const away = `${outside.slice(1)}/secret.txt`;
  return [
    `@fs/${away}`,
    `@fs//${away}`,
    `@fs/${away}?raw`,
    `@fs/${away}?import&raw`,
    `@fs/${away}?url`,
    `@fs/${away}?.svg?import`,
    `@fs/x/${encodeURIComponent(up)}${away}`,
    `${encodeURIComponent(up)}${away}`,
    `src/..%2f..%2f..%2f${away}`,
    `..%5c..%5c..%5c${away}`,
    `%2e%2e/%2e%2e/%2e%2e/${away}`,
    `@id/${away}`,
    `@id/__x00__${away}`,
    `%00`,
    `%`,
    `%ff%fe`,
    "__proto__",
    "constructor",
    "assets/__proto__",
    "toString?import",
    "src/secret.txt?raw",
    "src/secret.ts",
    `@fs${dir}/src/secret.txt`,
    `@fs${dir}/src/secret.txt?raw`,
    `@fs/${dir}/src/secret.ts`,
    `@id/${dir}/src/secret.txt?raw`,
    `/${dir}/src/secret.txt?raw`,
    `${dir}/src/secret.txt?raw`,
    `@fs${dir}/src/%73ecret.txt?raw`,
    `@fs${dir}/pages/..%2fsrc/secret.txt?raw`,
    "src/%2573ecret.txt?raw",
    "src/secret.txt/?raw",
    "src/secret.txt%3fraw?raw",
    "src/secret?import",
    "src/secret.js",
    `@fs${dir}/src/secret`,
    `@id/@fs${dir}/src/secret.txt?raw`,
    `@id/file://${dir}/src/secret.txt?raw`,
    "@vite/env?import&raw",
    ".env",
    "node_modules/.vite/deps/_metadata.json?raw",
  ];
};

describe.each([true, false])("with development: %s, a request", (development) => {
  it("for what is not of the project gets nothing of it, and the server goes on", async () => {
    const { dir, outside } = projectWithLink();
    const server = start(dir, development);
    const home = await get(server, "/");
    const base = /\/_mantou\/(?:~\w+\/)?/.exec(home.text)![0];
    for (const path of hostile(outside, dir)) {
      const { status, text } = await get(server, base + path);
      expect(`${path} ${status} ${text.includes(SECRET)}`).toMatch(/ false$/);
    }
    reports.length = 0;
    const long = await get(server, base + "a".repeat(20_000));
    expect(long.status).toBe(414);
    const many = await get(server, base + "a/".repeat(7_000));
    expect([403, 404]).toContain(many.status);
    expect((await get(server, "/")).text).toBe(home.text);
  });

  it("that comes while the project is prepared waits for it, as all others do", async () => {
    const server = start(project(), development);
    const all = await Promise.all(Array.from({ length: 12 }, () => get(server, "/")));
    expect(new Set(all.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(all[0]!.status).toBe(200);
  });
});
