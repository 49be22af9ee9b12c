import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@mantou/testing/free-port";
import { until } from "@mantou/testing/wait";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, hasEngines, startEngine } from "./support/engines.ts";
import { RUNTIMES, start } from "./support/run.ts";

/** The documentation that comes with the types of Bun. */
const documentation = new URL("../../../node_modules/bun-types/docs/runtime/http/", import.meta.url);

/** The blocks of code of a page. */
function blocks(page: string): string[] {
  const text = readFileSync(new URL(page, documentation), "utf8");
  return [...text.matchAll(/^```tsx?[^\n]*\n([\s\S]*?)^```/gm)].map((match) => match[1]!);
}

function blockWith(page: string, ...texts: readonly string[]): string {
  const found = blocks(page).find((block) => texts.every((text) => block.includes(text)));
  if (found === undefined) throw new Error(`${page} has no block with ${texts.join(" and ")}`);
  return found;
}

type Talk = (origin: string) => Promise<unknown>;

const json = async (url: string, init?: RequestInit): Promise<unknown> => {
  const response = await fetch(url, init);
  return [response.status, await response.json()];
};

const version: Talk = async (origin) => {
  const [status, row] = (await json(`${origin}/api/version`)) as [number, { version: string }];
  return [status, Object.keys(row), /^PostgreSQL \d+/.test(row.version)];
};

const EXAMPLES: readonly (readonly [string, string, Talk, unknown])[] = [
  [
    "sql in an asynchronous route",
    blockWith("routing.mdx", "SELECT version()", "async () =>"),
    version,
    [200, ["version"], true],
  ],
  [
    "sql in a route that returns a promise",
    blockWith("routing.mdx", "SELECT version()", "new Promise"),
    version,
    [200, ["version"], true],
  ],
  [
    "sleep in fetch",
    blockWith("routing.mdx", "await sleep(10)"),
    async (origin) => /^Slept for [\d.]+ms$/.test(await (await fetch(origin)).text()),
    true,
  ],
  [
    "the REST API",
    blockWith("server.mdx", "bun:sqlite"),
    async (origin) => {
      const post = { method: "POST", body: JSON.stringify({ title: "One", content: "Text" }) };
      const [status, made] = (await json(`${origin}/api/posts`, post)) as [number, { id: string }];
      const { id, ...rest } = made;
      const [, read] = (await json(`${origin}/api/posts/${id}`)) as [number, Record<string, string>];
      const [, list] = (await json(`${origin}/api/posts`)) as [number, unknown[]];
      const none = await fetch(`${origin}/api/posts/none`);
      const bad = await fetch(`${origin}/api/posts`, { method: "POST", body: "{" });
      return [
        status,
        rest,
        Object.keys(read),
        read["title"],
        list.length,
        none.status,
        await none.text(),
        bad.status,
      ];
    },
    [
      ...[201, { title: "One", content: "Text" }, ["id", "title", "content", "created_at"], "One", 1],
      ...[404, "Not Found", 500],
    ],
  ],
];

describe.skipIf(!hasEngines())("the documentation's examples with databases", () => {
  let postgres: Engine;
  beforeAll(async () => {
    postgres = await startEngine("postgres");
  });
  afterAll(() => postgres.stop());

  describe.each(EXAMPLES)("%s", (_name, source, talk, due) => {
    it.each(RUNTIMES)("answers the same $name", async (runtime) => {
      const folder = mkdtempSync(join(tmpdir(), "mantou-example-"));
      symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(folder, "node_modules"));
      const port = await freePort();
      // The one change: a free port in place of a number.
      writeFileSync(join(folder, "server.ts"), source.replace(/port: \d+/, `port: ${port}`));
      const child = start(runtime, "server.ts", folder, {
        PORT: String(port),
        DATABASE_URL: `postgres://postgres@127.0.0.1:${postgres.port}/postgres`,
      });
      try {
        const origin = `http://127.0.0.1:${port}`;
        await until(() => fetch(`${origin}/`).then(() => true), "the server's first response");
        expect(await talk(origin)).toEqual(due);
      } finally {
        child.kill("SIGKILL");
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
});
