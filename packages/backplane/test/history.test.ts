import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryBus } from "@mantou/pubsub/relay";
import fc from "fast-check";
import { describe, test } from "vitest";
import { runs } from "../../../vitest.runs.ts";
import { historyCommands } from "../../pubsub/test/support/history-commands.ts";
import { HistorySuite } from "../../pubsub/test/support/history-suite.ts";
import { local, openHub } from "../src/local/index.ts";

describe("an engine is as the model of a history, whatever it is asked for:", () => {
  test("in memory", async () => {
    await fc.assert(
      fc.asyncProperty(historyCommands, async (commands) => {
        const bus = new MemoryBus({ defer: (task) => void setImmediate(task) });
        const suite = new HistorySuite({
          engine: () => bus.engine(),
          evict: (channel) => bus.history.evict(channel),
          restart: () => {
            bus.stop(new Error("ended by the test"));
            bus.start();
            return Promise.resolve("kept");
          },
          countsMessages: true,
        });
        await suite.run(commands);
      }),
      runs(100),
    );
  });

  test("the hub of a machine", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mantou-h-"));
    const hub = await openHub(join(folder, "s"));
    const backplane = local(join(folder, "s"));
    let number = 0;
    try {
      await fc.assert(
        fc.asyncProperty(historyCommands, async (commands) => {
          const scope = String(number++);
          await new HistorySuite({ engine: () => backplane.createEngine(scope), countsMessages: true }).run(
            commands,
          );
        }),
        runs(100),
      );
    } finally {
      await hub.close();
      rmSync(folder, { recursive: true });
    }
  });
});
