import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findStreamCalls, isTriedLine, streamCalls } from "../../src/socket/node-handle.ts";

const major = Number.parseInt(process.versions.node, 10);

describe("the calls behind node:net", () => {
  it("are there on this line of Node.js", () => {
    expect(findStreamCalls()).toEqual(streamCalls);
    expect(streamCalls.state.length).toBeGreaterThan(1);
  });

  it.each([
    "18.20.0",
    "19.9.0",
    "21.7.3",
    "23.11.1",
    "25.2.0",
    "27.0.0",
    "100.0.0",
    "",
  ])("are not looked for on Node.js %s", (version) => {
    expect(findStreamCalls(version)).toBe(null);
  });

  it("are driven on the lines that the matrix runs, and on no other", () => {
    const runtimes = readFileSync(new URL("../../../../bench/src/runtimes.ts", import.meta.url), "utf8");
    const [list] = /^export const nodeRuntimes = .*$/m.exec(runtimes)!;
    const run = [...list.matchAll(/"node([0-9]+)"/g)].map(([, line]) => Number(line));
    const driven = Array.from({ length: 40 }, (_, line) => line).filter((line) => isTriedLine(`${line}.0.0`));
    expect(driven).toEqual(run);
  });

  // Before that there is no flag that allows the network alone.
  it.runIf(major >= 25)("are done without where the permission model refuses them", () => {
    const program = `
      import { serve } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
      import { streamCalls } from ${JSON.stringify(new URL("../../dist/socket/node-handle.js", import.meta.url).href)};
      const server = serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("served") });
      console.log(streamCalls.state.length, await (await fetch(server.url)).text());
      server.stop(true);
    `;
    const flags = ["--permission", "--allow-fs-read=*", "--allow-net", "--input-type=module", "-e", program];
    const output = execFileSync(process.execPath, flags, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(output.trim()).toBe("1 served");
  });
});
