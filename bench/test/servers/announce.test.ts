import { getHeapStatistics } from "node:v8";
import { afterEach, describe, expect, it } from "vitest";
import { readAllocated } from "../../src/allocation.ts";
import { killAll, startServer } from "../../src/processes.ts";

afterEach(killAll);

const counts = "total_allocated_bytes" in getHeapStatistics();
const module = new URL("../../dist/servers/announce.js", import.meta.url).href;
const server = `
  import { announce } from ${JSON.stringify(module)};
  announce(8080);
  let kept;
  setInterval(() => { for (let i = 0; i < 1_000; i++) kept = { i }; }, 1);
`;

describe("a server of the benchmark", () => {
  it("says its port, then how much it has allocated as often as it is asked", async () => {
    const running = await startServer([process.execPath, "--input-type=module", "-e", server]);
    expect(running.port).toBe(8080);
    const first = readAllocated(await running.ask("allocated"));
    const second = readAllocated(await running.ask("allocated"));
    if (counts) expect(second).toBeGreaterThan(first!);
    else expect([first, second]).toEqual([undefined, undefined]);
    await running.stop();
  });
});
