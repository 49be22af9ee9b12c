import { join } from "node:path";
import fc from "fast-check";
import { test } from "vitest";
import { runs } from "../../../../vitest.runs.ts";
import { commands } from "../../../pubsub/test/support/commands.ts";
import { LiveCluster } from "../../../pubsub/test/support/live-cluster.ts";
import { local } from "../../src/local/index.ts";
import { socketFolder } from "../support/socket-folder.ts";

test("the guarantees of plain topics hold over a Unix socket, whatever breaks", async () => {
  const { numRuns } = runs(20);
  const scripts = fc.sample(commands, {
    numRuns: Math.max(1, Math.ceil(numRuns / 10)),
    seed: 20_261_129,
  });
  for (const script of scripts) {
    const backplane = local(join(socketFolder(), "s"));
    const cluster = new LiveCluster({
      engine: () => backplane.createEngine(),
      disconnect: (engine) => engine.reconnect(new Error("broken by the test")),
    });
    for (const each of script) await cluster.perform(each);
    await cluster.finish();
  }
}, 240_000);
