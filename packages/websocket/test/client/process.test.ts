/** A client and the life of its process; in processes of their own, with the built package. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { rawServer, wsServer } from "./support.ts";

interface Ran {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** Runs a module with `WebSocket` and `url` in scope. Killed after ten seconds, when `code` is no number. */
function run(url: string, source: string): Promise<Ran> {
  const entry = new URL("../../dist/client/index.js", import.meta.url);
  const module = `import { WebSocket } from ${JSON.stringify(entry.href)};\nconst url = ${JSON.stringify(url)};\n${source}`;
  const started = performance.now();
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--input-type=module", "-e", module],
      { cwd: fileURLToPath(new URL("../..", import.meta.url)), timeout: 60_000 },
      (error, stdout, stderr) =>
        resolve({
          code: error === null ? 0 : error.code,
          stdout,
          stderr,
          milliseconds: performance.now() - started,
        }),
    );
  });
}

describe("a process", () => {
  it("lives as long as its WebSocket is open, and no longer", async () => {
    const { url } = await wsServer({}, (peer) => {
      setTimeout(() => peer.close(4000), 300);
    });
    const { code, stdout, stderr, milliseconds } = await run(
      url,
      "new WebSocket(url).onclose = ({ code }) => console.log(code);",
    );
    expect([code, stdout, stderr]).toEqual([0, "4000\n", ""]);
    // Far from every timeout: none is left behind.
    expect(milliseconds).toBeLessThan(9_000);
  });

  it("sends all its messages before it ends", async () => {
    const got: string[] = [];
    const { url } = await wsServer({}, (peer) => {
      peer.on("message", (data) => got.push(String(data)));
    });
    const { code } = await run(
      url,
      `const ws = new WebSocket(url);
       ws.onopen = () => { ws.send("a"); ws.send(new Blob(["b"])); ws.close(); };`,
    );
    expect([code, got]).toEqual([0, ["a", "b"]]);
  });

  it("does not end by an error without a listener", async () => {
    const silent = await rawServer((peer) => peer.socket.resetAndDestroy());
    for (const url of [silent, "ws://127.0.0.1:1/", "wss://127.0.0.1:1/", "ws+unix:/nowhere"]) {
      expect(await run(url, "new WebSocket(url); new WebSocket(url).close();")).toMatchObject({
        code: 0,
        stderr: "",
      });
    }
  });

  it("ends by an error that a listener throws, as with every EventTarget of the platform", async () => {
    const { url } = await wsServer();
    const { code, stderr } = await run(
      url,
      `new WebSocket(url).onopen = () => { throw new Error("mine"); };`,
    );
    expect(code).toBe(1);
    expect(stderr).toContain("Error: mine");
  });
});
