import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { tempDir } from "./support/temp-dir.ts";

const run = async (source: string): Promise<unknown> => {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--input-type=module", "-e", `${source}\nconsole.log(JSON.stringify(out));`];
  return JSON.parse((await promisify(execFile)(process.execPath, args, { cwd })).stdout);
};

describe("@mantou/serve/bun", () => {
  it("makes a global Bun that serves, with light objects, and exports the same", async () => {
    const out = await run(`
      import Bun, * as bun from "@mantou/serve/bun";
      const server = globalThis.Bun.serve({ port: 0, routes: { "/:id": (req) => new Response(req.params.id) } });
      const answer = await (await fetch(new URL("/x", server.url))).text();
      await server.stop();
      const out = [
        answer,
        Bun === globalThis.Bun,
        Object.keys(Bun).filter((name) => !["argv", "main"].includes(name) && bun[name] !== Bun[name]),
        Bun.version,
        Bun.env === process.env,
        Bun.escapeHTML("<a href='x'>&\\"") ,
        Bun.nanoseconds() > 0,
        globalThis.Response.name,
      ];`);
    expect(out).toEqual([
      "x",
      true,
      [],
      "1.4.5",
      true,
      "&lt;a href=&#x27;x&#x27;&gt;&amp;&quot;",
      true,
      "Response",
    ]);
  });

  it("has the events and the WebSocket that Bun has, on each Node.js", async () => {
    const out = await run(`
      import "@mantou/serve/bun";
      const event = new CloseEvent("close", { code: 1000, reason: "done" });
      const server = Bun.serve({
        port: 0,
        fetch: (request, server) => void server.upgrade(request),
        websocket: { message: (ws, message) => void ws.send(message) },
      });
      const socket = new WebSocket(server.url.href.replace("http", "ws"));
      socket.onopen = () => socket.send("echo");
      const data = await new Promise((resolve) => (socket.onmessage = (event) => resolve(event.data)));
      await server.stop(true);
      const out = [event.code, event.reason, event instanceof Event, data, new ErrorEvent("error").type, WebSocket.OPEN];`);
    expect(out).toEqual([1000, "done", true, "echo", "error", 1]);
  });

  it("writes files, and says how much of the heap is used", async () => {
    const path = join(tempDir(), "deep", "a.txt");
    const out = await run(`
      import { file, gc, write } from "@mantou/serve/bun";
      const path = ${JSON.stringify(path)};
      const written = [await write(path, "héllo"), await file(path).text()];
      written.push(await write(file(path), new Response("response")), await file(path).text());
      const wrong = await write(5.5, "x").catch((error) => error.name);
      const out = [...written, wrong, gc() > 0, gc(true) > 0];`);
    expect(out).toEqual([6, "héllo", 8, "response", "RangeError", true, true]);
  });

  it("leaves the Bun alone that is there already", async () => {
    expect(
      await run(`
        globalThis.Bun = "real";
        await import("@mantou/serve/bun");
        const out = globalThis.Bun;`),
    ).toBe("real");
  });

  it("sleeps for milliseconds, or until a date", async () => {
    const out = await run(`
      import { sleep } from "@mantou/serve/bun";
      const begun = performance.now();
      await sleep(20);
      await sleep(new Date(Date.now() + 20));
      await sleep(new Date(0));
      const out = performance.now() - begun;`);
    expect(out).toBeGreaterThanOrEqual(37);
  });
});
