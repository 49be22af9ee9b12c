import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";

const run = async (source: string): Promise<unknown> => {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--input-type=module", "-e", `${source}\nconsole.log(JSON.stringify(out));`];
  return JSON.parse((await promisify(execFile)(process.execPath, args, { cwd })).stdout);
};

describe("@mantou/bun", () => {
  it("has what the global has, serves with light objects, and makes no global Bun", async () => {
    const out = await run(`
      import Bun, * as bun from "@mantou/bun";
      const server = bun.serve({ port: 0, routes: { "/:id": (req) => new Response(req.params.id) } });
      const body = await (await fetch(new URL("/x", server.url))).text();
      await server.stop();
      const out = [
        body,
        "Bun" in globalThis,
        Object.keys(Bun).filter((name) => !["argv", "main"].includes(name) && bun[name] !== Bun[name]),
        Bun.version,
        Bun.env === process.env,
        Bun.escapeHTML("<a href='x'>&\\"") ,
        Bun.nanoseconds() > 0,
        globalThis.Response.name,
      ];`);
    expect(out).toEqual([
      "x",
      false,
      [],
      "1.4.5",
      true,
      "&lt;a href=&#x27;x&#x27;&gt;&amp;&quot;",
      true,
      "Response",
    ]);
  });

  it("writes files, and says how much of the heap is used", async () => {
    const path = join(tempDir(), "deep", "a.txt");
    const out = await run(`
      import { file, gc, write } from "@mantou/bun";
      const path = ${JSON.stringify(path)};
      const written = [await write(path, "héllo"), await file(path).text()];
      written.push(await write(file(path), new Response("response")), await file(path).text());
      const wrong = [];
      for (const target of [5.5, new Blob(["a"])]) {
        try {
          write(target, "x");
        } catch (error) {
          wrong.push(error.name);
        }
      }
      const out = [...written, ...wrong, gc() > 0, gc(true) > 0];`);
    expect(out).toEqual([6, "héllo", 8, "response", "RangeError", "TypeError", true, true]);
  });

  it("sleeps for milliseconds, or until a date", async () => {
    const out = await run(`
      import { sleep } from "@mantou/bun";
      const begun = performance.now();
      await sleep(20);
      await sleep(new Date(Date.now() + 20));
      await sleep(new Date(0));
      const out = performance.now() - begun;`);
    expect(out).toBeGreaterThanOrEqual(37);
  });
});
