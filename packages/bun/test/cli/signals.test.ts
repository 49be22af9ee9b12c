import { spawnSync } from "node:child_process";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { CommandFolder, ended, get, listening, MAIN, printed } from "../support/command.ts";

const folder = new CommandFolder();

describe("mantou that gets a signal", () => {
  it("responds to requests under way, and closes WebSockets", async () => {
    folder.write(
      "server.mjs",
      `export default {
         port: 0,
         fetch: (request, server) => server.upgrade(request) ? undefined :
           new Promise((resolve) => { console.log("asked"); setTimeout(() => resolve(new Response("late")), 300); }),
         websocket: { open() { console.log("opened"); }, close(ws, code) { console.log("closed " + code); } },
       };`,
    );
    const running = folder.mantou("server.mjs");
    const url = await listening(running);
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(url.replace("http", "ws"));
    await printed(running, "opened");
    const body = get(url);
    await printed(running, "asked");
    running.child.kill("SIGINT");
    expect(await body).toBe("late");
    expect(await ended(running)).toBe(0);
    expect(running.output).toContain("closed 1001");
    socket.terminate();
  });

  it("has a grace behind SIGTERM, in which it serves and is not ready, and loses nothing behind it; a second signal ends it", async () => {
    folder.write(
      "server.mjs",
      `export default { port: 0, fetch: (request, server) => new Response(server.ready ? "ready" : "ending") };`,
    );
    const running = folder.mantou("--grace", "0.3", "server.mjs");
    const url = await listening(running);
    expect(await get(url)).toBe("ready");
    const started = performance.now();
    running.child.kill("SIGTERM");
    expect(await ended(running)).toBe(0);
    expect(performance.now() - started).toBeGreaterThan(290);
    const other = folder.mantou("--grace", "86400", "server.mjs");
    const otherURL = await listening(other);
    other.child.kill("SIGTERM");
    await until(async () => (await get(otherURL)) === "ending", "not ready, and serving");
    await until(() => {
      other.child.kill("SIGTERM");
      return other.code !== undefined;
    }, "the end");
    expect(other.child.signalCode).toBe("SIGTERM");
  });

  it("leaves the signal to a program that listens to them", async () => {
    folder.write(
      "server.mjs",
      `process.on("SIGTERM", () => setTimeout(() => { console.log("cleaned up"); process.exit(5); }, 100));
       export default { port: 0, fetch: () => new Response("x") };`,
    );
    const running = folder.mantou("server.mjs");
    await listening(running);
    running.child.kill("SIGTERM");
    expect(await ended(running)).toBe(5);
    expect(running.output).toContain("cleaned up");
  });

  it("ends at once by the signal, without a request under way", async () => {
    folder.write("waits.mjs", 'console.log("waiting"); setInterval(() => {}, 1000);');
    folder.write("package.json", '{"scripts":{"wait":"bun waits.mjs"}}');
    for (const [signal, ...args] of [
      ["SIGINT", "waits.mjs"],
      ["SIGTERM", "run", "wait"],
    ] as const) {
      const running = folder.mantou(...args);
      await printed(running, "waiting");
      running.child.kill(signal);
      expect(await ended(running)).toBe(null);
      expect(running.child.signalCode).toBe(signal);
    }
  });
});

/** `script` of util-linux runs a command in a terminal of its own. */
const hasTerminals = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

describe.runIf(hasTerminals)("mantou run in a terminal", () => {
  it("lets the terminal alone send Ctrl-C to a script", async () => {
    folder.write("package.json", JSON.stringify({ scripts: { dev: "node counts.mjs" } }));
    folder.write(
      "counts.mjs",
      `let count = 0;
       process.on("SIGINT", () => {
         if (++count === 1) setTimeout(() => { console.log("signals: " + count); process.exit(); }, 500);
       });
       setInterval(() => {}, 1000);
       console.log("waiting");`,
    );
    const running = folder.run("script", ["-qec", `'${process.execPath}' '${MAIN}' run dev`, "/dev/null"]);
    await printed(running, "waiting");
    running.child.stdin!.write("\x03");
    await ended(running);
    expect(running.output).toContain("signals: 1");
  });
});
