import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Broker } from "../../src/index.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** How many of the objects are still in memory. A WeakRef keeps its object until the turn that made or read it has ended. */
async function countAlive(references: readonly WeakRef<object>[]): Promise<number> {
  await setImmediate();
  collectGarbage();
  return references.filter((reference) => reference.deref() !== undefined).length;
}

const broker = new Broker<object, object>({ deliver: () => {}, schedule: () => {} });
const staying = broker.subscriber({});
for (const topic of ["t", "u"]) staying.subscribe(topic);

/** Publishes a new message; only the broker keeps it. */
function publish(topic: string): WeakRef<object> {
  const message = {};
  broker.publish(topic, message);
  return new WeakRef(message);
}

test("messages are kept until the flush and no longer", async () => {
  const another = broker.subscriber({});
  for (const topic of ["t", "u"]) another.subscribe(topic);
  const messages = [publish("t"), publish("u"), publish("t")];
  expect(await countAlive(messages)).toBe(3);
  broker.flush();
  expect(await countAlive(messages)).toBe(0);
  another.close();
});

test("messages that were flushed to one subscriber are kept no longer either", async () => {
  const messages = [publish("t"), publish("t")];
  staying.flush();
  broker.flush();
  expect(await countAlive(messages)).toBe(0);
});

test("the flush keeps no subscriber that has left or closed", async () => {
  const targets: WeakRef<object>[] = [];
  const leave = (end: "unsubscribe" | "close"): void => {
    const target = {};
    targets.push(new WeakRef(target));
    const subscriber = broker.subscriber(target);
    subscriber.subscribe("t");
    broker.publish("t", {});
    subscriber.unsubscribe("t");
    if (end === "close") subscriber.close();
  };
  leave("unsubscribe");
  leave("close");
  broker.flush();
  expect(await countAlive(targets)).toBe(0);
});
