import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";

const REGISTER = new URL("../dist/register.js", import.meta.url).href;
const dir = tempDir();

/** Runs a program by Node.js itself, with `@mantou/bun/register` loaded before it, and `before` before that. */
async function run(name: string, source: string, ...before: string[]): Promise<unknown> {
  fill(dir, { [name]: source });
  const env = { ...process.env, NODE_NO_WARNINGS: "1" };
  const imports = [...before, REGISTER].flatMap((url) => ["--import", url]);
  const { stdout } = await promisify(execFile)(process.execPath, [...imports, join(dir, name)], { env });
  return JSON.parse(stdout);
}

describe("node --import @mantou/bun/register", () => {
  it('has the global Bun, which the module "bun" is, and modules as Bun finds them', async () => {
    fill(dir, { "name.ts": 'export const name: string = "name";' });
    const source = `
      import Bun, { serve } from "bun";
      import { name } from "./name";
      const server = serve({ port: 0, fetch: (): Response => new Response(name) });
      const body: string = await (await fetch(server.url)).text();
      await server.stop(true);
      console.log(JSON.stringify([Bun === globalThis.Bun, Bun.serve === serve, body]));`;
    expect(await run("program.mts", source)).toEqual([true, true, "name"]);
  });

  it("has the events and the WebSocket that Bun has, on each Node.js", async () => {
    const source = `
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
      const out = [event.code, event.reason, event instanceof Event, data, new ErrorEvent("error").type, WebSocket.OPEN];
      console.log(JSON.stringify(out));`;
    expect(await run("events.mjs", source)).toEqual([1000, "done", true, "echo", "error", 1]);
  });

  it("is in worker threads, too", async () => {
    fill(dir, {
      "name.ts": 'export const name: string = "name";',
      "worker.mts": `
        import { parentPort } from "node:worker_threads";
        import { version } from "bun";
        import { name } from "./name";
        parentPort!.postMessage([version, typeof globalThis.Bun, name as string]);`,
    });
    const source = `
      import { Worker } from "node:worker_threads";
      new Worker(new URL("./worker.mts", import.meta.url)).on("message", (received) => console.log(JSON.stringify(received)));`;
    expect(await run("starts-worker.mjs", source)).toEqual(["1.4.5", "object", "name"]);
  });

  it('reads a program with import as an ES module, also where package.json says "commonjs"', async () => {
    fill(dir, { "cjs/package.json": '{"type":"commonjs"}' });
    const source = `
      import { version } from "bun";
      console.log(JSON.stringify(version));`;
    expect(await run("cjs/program.js", source)).toBe("1.4.5");
    expect(await run("cjs/program.ts", source)).toBe("1.4.5");
  });

  it("leaves the Bun alone that is there already", async () => {
    const source = `
      import { serve } from "bun";
      console.log(JSON.stringify([globalThis.Bun, typeof serve]));`;
    const before = 'data:text/javascript,globalThis.Bun="real"';
    expect(await run("real.mjs", source, before)).toEqual(["real", "function"]);
  });
});
