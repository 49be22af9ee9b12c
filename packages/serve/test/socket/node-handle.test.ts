import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { findStreamCalls, streamCalls } from "../../src/socket/node-handle.ts";

const major = Number.parseInt(process.versions.node, 10);

describe("the calls behind node:net", () => {
  it("are there on this line of Node.js", () => {
    expect(findStreamCalls()).toEqual(streamCalls);
    expect(streamCalls.state.length).toBeGreaterThan(1);
  });

  it.each(["18.20.0", "19.9.0", "27.0.0", "100.0.0", ""])("are not looked for on Node.js %s", (version) => {
    expect(findStreamCalls(version)).toBe(null);
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
