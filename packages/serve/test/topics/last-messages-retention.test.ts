import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { TopicRules } from "../../src/options/topic-rules.ts";
import { EventListeners } from "../../src/topics/event-listeners.ts";
import { LastMessages } from "../../src/topics/last-messages.ts";
import { TopicHistory } from "../../src/topics/topic-history.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const RULE = { size: 20, seconds: 60 };

it.each([
  "closed",
  "unsubscribed",
] as const)("a WebSocket that is %s while its last messages wait for the engine is kept no longer", async (how) => {
  const rules = new TopicRules([["room", { history: RULE, presence: false }]]);
  const history = new TopicHistory("instance", rules, () => {}, new EventListeners());
  // Another one stays, so the topic waits for its position.
  history.topicAdded("room", RULE);
  const enter = (leave: (last: LastMessages) => void): WeakRef<object> => {
    const socket = { tag: 0, flushPublished: () => {}, deliver: () => {}, end: () => {} };
    const last = new LastMessages(socket, history);
    last.subscribed("room", 5);
    leave(last);
    return new WeakRef(socket);
  };
  const staying = enter(() => {});
  const leaving = enter((last) => (how === "closed" ? last.closed() : last.unsubscribed("room")));
  await setImmediate();
  collectGarbage();
  expect(leaving.deref()).toBeUndefined();
  expect(staying.deref()).toBeDefined();
});
