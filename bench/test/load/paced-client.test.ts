import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PacedOrders } from "../../src/load/paced-client.ts";
import type { LoadResult } from "../../src/load/window.ts";

const program = fileURLToPath(new URL("../../dist/load/paced-client.js", import.meta.url));

/** Milliseconds from the first request to the first response: until after the warm-up. Each later response takes 3. */
const COLD_MS = 1_400;

let server: Server;

beforeEach(async () => {
  let cold: Promise<unknown> | null = null;
  server = createServer(async (_, response) => {
    cold ??= new Promise((resolve) => setTimeout(resolve, COLD_MS));
    await cold;
    setTimeout(() => response.end("x"), 3);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});

afterEach(() => {
  server.close();
});

async function measure(orders: Partial<PacedOrders>): Promise<LoadResult> {
  const { port } = server.address() as AddressInfo;
  const all = {
    port,
    serverPid: process.pid,
    serverCore: 0,
    loadCore: 0,
    warmUpSeconds: 1,
    seconds: 1,
    connections: 1,
    rate: 20,
    method: "GET",
    path: "/",
    fields: {},
    fresh: false,
    tls: false,
    pipeline: 1,
    unit: "requests",
    ...orders,
  };
  const load = spawn(process.execPath, [program, JSON.stringify(all)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(await text(load.stdout)) as LoadResult;
}

describe("the load of latencies", () => {
  it("sends at its rate", async () => {
    const { operations, seconds } = await measure({ warmUpSeconds: 2 });
    expect(operations / seconds).toBeGreaterThan(16);
    expect(operations / seconds).toBeLessThan(24);
  });

  it("does not count what the server owed from its first second", async () => {
    // 8 of the window's 20 requests are due before the first response, and wait up to 400 ms. With the warm-up's 20 the median would wait as long.
    const { p50Microseconds } = await measure({});
    expect(p50Microseconds).toBeLessThan(200_000);
  });
});
