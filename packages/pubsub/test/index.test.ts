import { membersOf } from "@mantou/testing/members";
import { expect, test } from "vitest";
import * as pubsub from "../src/index.ts";

test("the package exports the broker and nothing of its inside", () => {
  expect(Object.keys(pubsub)).toEqual(["Broker"]);
});

test("a broker and a subscriber show documented members only", () => {
  const broker = new pubsub.Broker<string, string>({ deliver() {}, schedule() {} });
  expect(membersOf(broker)).toEqual([
    "flush",
    "leaveSome",
    "publish",
    "resumeFlush",
    "subscriber",
    "subscriberCount",
    "topicCount",
  ]);
  expect(membersOf(broker.subscriber("a"))).toEqual([
    "close",
    "flush",
    "hasPending",
    "isSubscribed",
    "publish",
    "subscribe",
    "subscriptions",
    "target",
    "unsubscribe",
  ]);
});
