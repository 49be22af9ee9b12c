import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { TopicLogs } from "../../src/relay/history/topic-logs.ts";
import { Subscriptions } from "../../src/relay/subscriptions.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

async function isAlive(reference: WeakRef<object>): Promise<boolean> {
  await setImmediate();
  collectGarbage();
  return reference.deref() !== undefined;
}

describe("while the engine is away, nothing is left of a topic that was given up", () => {
  it("without a history", async () => {
    const subscriptions = new Subscriptions((topic) => topic);
    subscriptions.join("stays");
    subscriptions.join("user");
    const user = new WeakRef(subscriptions.find("user")!);
    subscriptions.leave("user", 0);
    expect(await isAlive(user)).toBe(true);
    subscriptions.expire(null, 5000, () => {});
    expect(await isAlive(user)).toBe(false);
    expect(subscriptions.size).toBe(1);
  });

  it("with a history", async () => {
    const logs = new TopicLogs();
    const rule = { size: 10, seconds: 60 };
    logs.join("stays", rule);
    const user = new WeakRef(logs.join("user", rule).log);
    logs.leave("user", 0);
    expect(await isAlive(user)).toBe(true);
    logs.expire(null, 5000);
    expect(await isAlive(user)).toBe(false);
    expect(logs.size).toBe(1);
  });
});
