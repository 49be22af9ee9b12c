import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { tempDir } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { file, serve } from "../../src/index.ts";
import { runChild } from "../support/child.ts";

const dir = tempDir();

/** An application's tests replace the timers of the global object, and no time passes for them. */
describe("with fake timers, the server", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  it("reads and sends streams, and responds to pipelined requests", async () => {
    const server = serve({
      port: 0,
      async fetch(req) {
        let chunks = 0;
        for await (const chunk of req.body ?? []) chunks += chunk.length;
        const parts = async function* (): AsyncGenerator<string> {
          for (let i = 0; i < chunks; i++) yield "x";
        };
        return new Response(parts as unknown as string);
      },
    });
    const client = connect(server);
    const post = request("POST /", ["Transfer-Encoding: chunked"]);
    const body = `${"1\r\na\r\n".repeat(1000)}0\r\n\r\n`;
    client.write(post, body, post, body);
    for (let i = 0; i < 2; i++) expect((await client.response()).text.length).toBe(1000);
    client.destroy();
    await server.stop();
  });

  it("closes idle connections, and stops", async () => {
    const server = serve({ port: 0, idleTimeout: 1, fetch: () => new Promise<Response>(() => {}) });
    const idle = connect(server);
    await idle.closedByServer();
    const waiting = connect(server);
    waiting.write(request("GET /"));
    await server.stop({ timeout: 0.1 });
    await waiting.closedByServer();
  });

  it("has the right date afterwards", async () => {
    const server = serve({ port: 0, fetch: () => new Response() });
    const year = async (): Promise<number> => {
      const { headers } = await ask(server, request("GET /"));
      return new Date(headers["date"]!).getUTCFullYear();
    };
    // That of another test may be of the second that has begun.
    await year();
    vi.useRealTimers();
    await until(async () => (await year()) > 1970, "a new date");
    await server.stop();
  });

  it("writes what waits in the sink of a file", async () => {
    const path = join(dir, "a.txt");
    const sink = file(path).writer();
    sink.write("abc");
    for (let i = 0; i < 3; i++) await nextTurn();
    expect(readFileSync(path, "utf8")).toBe("abc");
    await sink.end();
  });
});

/** Jest replaces these, too. */
describe("with a fake nextTick and a fake queueMicrotask, the server", () => {
  it("sends what a stream has given", async () => {
    const client = `
      const url = process.argv[1];
      const read = async () => {
        const { body } = await fetch(url, { signal: AbortSignal.timeout(5000) });
        const { value } = await body.getReader().read();
        return new TextDecoder().decode(value);
      };
      process.stdout.write(await read().catch(() => "late"));
      await fetch(url + "end").catch(() => process.exit());`;
    const { stdout } = await runChild(`
      import { spawn } from "node:child_process";
      import { setTimeout } from "node:timers/promises";
      const parts = async function* () {
        yield "a";
        await setTimeout(60_000);
      };
      const routes = { "/end": () => process.exit() };
      const server = serve({ port: 0, routes, fetch: () => new Response(parts()) });
      const args = ["--input-type=module", "-e", ${JSON.stringify(client)}, server.url.href];
      spawn(process.execPath, args, { stdio: "inherit" });
      process.nextTick = () => {};
      globalThis.queueMicrotask = () => {};`);
    expect(stdout).toBe("a");
  });
});
