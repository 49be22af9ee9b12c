import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RawWebSocket } from "@mantou/testing/raw-websocket";
import { tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { installCopy } from "../support/installed-copy.ts";
import { ProcessRun } from "../support/worker-run.ts";

const PUBLISH = `server.publish("a", "1"); server.publish("b", "2");`;

/** A program, and its working directory, without `@mantou/backplane`, which is beside this package here. */
const folder = tempDir();
installCopy(folder);

/** Runs workers that do something when they listen. */
function run(does: string, options = "", workers = "workers: 2"): ProcessRun {
  writeFileSync(
    join(folder, "server.mjs"),
    `import { serve } from "@mantou/serve";
    const server = serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response()),
      websocket: {
        open(ws) {
          for (const topic of ["a", "b"]) ws.subscribe(topic);
          ws.send("subscribed");
        },
        message() {},
      },
      ${options}
    });
    ${does}
    console.log(JSON.stringify({ pid: process.pid, worker: Number(process.env.MANTOU_WORKER), port: server.port }));`,
  );
  writeFileSync(
    join(folder, "primary.mjs"),
    `import { runWorkers } from "@mantou/serve/workers";
    process.exitCode = await runWorkers(new URL("server.mjs", import.meta.url), { cwd: ${JSON.stringify(folder)}, ${workers} }).ended;`,
  );
  return new ProcessRun(process.execPath, [join(folder, "primary.mjs")], { TMPDIR: folder, NODE_PATH: "" });
}

async function linesAtEnd(workers: ProcessRun): Promise<number> {
  workers.child.kill();
  expect(await workers.ends()).toBe(0);
  return workers.output.split("A topic ends at its worker").length - 1;
}

describe("workers whose topics nothing connects", () => {
  it.each([
    ["publishes", PUBLISH, ""],
    [
      "publishes to a topic with a history",
      `await server.topics.publish("a", "1"); server.publish("a", "2");`,
      "topics: { a: { history: { size: 1, seconds: 60 } } },",
    ],
  ])("say so, each once, when their program %s", async (_, does, options) => {
    const workers = run(does, options);
    await workers.prints(2);
    expect(await linesAtEnd(workers)).toBe(2);
    expect(workers.output).toContain("npm install @mantou/backplane");
  });

  it("say so once when clients subscribe", async () => {
    const workers = run("");
    const [first] = await workers.prints(2);
    const port = Number(first!["port"]);
    const clients: RawWebSocket[] = [];
    for (let i = 0; i < 6; i++) clients.push(await RawWebSocket.open({ port }));
    for (const client of clients) expect(await client.texts(1)).toEqual(["subscribed"]);
    for (const client of clients) client.client.destroy();
    // The system chooses whether one worker gets all of them.
    expect([1, 2]).toContain(await linesAtEnd(workers));
  });

  it.each([
    ["they have no topics", "", "", "workers: 2"],
    ["the program wants no backplane", PUBLISH, "backplane: false", "workers: 2"],
    [
      "the environment wants none",
      PUBLISH,
      "",
      `workers: 2, env: { ...process.env, MANTOU_BACKPLANE: "off" }`,
    ],
    ["there is one worker", PUBLISH, "", "workers: 1"],
  ])("say nothing if %s", async (_, does, options, ofWorkers) => {
    const workers = run(does, options, ofWorkers);
    await workers.prints(ofWorkers === "workers: 1" ? 1 : 2);
    expect(await linesAtEnd(workers)).toBe(0);
  });

  it("say nothing if the package is installed", async () => {
    const modules = join(folder, "node_modules", "@mantou");
    symlinkSync(fileURLToPath(new URL("../../../backplane", import.meta.url)), join(modules, "backplane"));
    const workers = run(PUBLISH);
    await workers.prints(2);
    expect(await linesAtEnd(workers)).toBe(0);
  });
});
