import { Buffer } from "node:buffer";
import type { Place } from "@mantou/pubsub/relay";
import { expect, test } from "vitest";
import { Hub, type HubPeer } from "../../src/local/hub.ts";
import { HubHistory } from "../../src/local/hub-history.ts";
import { OwnHistory } from "../../src/local/own-history.ts";

const RULE = { size: 10, seconds: 60 };

test("the hub's process is told in the next turn, its own frames and those of others in one order", () => {
  const hub = new Hub();
  const history = new HubHistory(hub);
  const log: string[] = [];
  let turns = 0;
  const own: OwnHistory & Partial<HubPeer> = new OwnHistory(
    history,
    {
      message: (channel, _frame, { offset }) => void log.push(`${channel} ${offset}`),
      appended: (request, { offset }) => void log.push(`appended ${request} ${offset}`),
      slice: (request, { top }) => void log.push(`slice ${request} ${top}`),
      failed: () => void log.push("failed"),
    },
    () => void turns++,
  );
  const peer = { message: () => {}, placed: (...args: [string, Uint8Array, Place]) => own.placed(...args) };
  hub.subscribe(peer, "c");
  own.append(1, "c", Buffer.from("one"), 1, RULE, false);
  history.append({ request: 9, channel: "c", frame: Buffer.from("two"), count: 1, rule: RULE, retry: false });
  own.read(2, "c", 0, 9);
  expect(log).toEqual([]);
  expect(turns).toBeGreaterThan(0);
  own.answer(() => false);
  expect(log).toEqual(["c 1", "appended 1 1", "c 2", "slice 2 2"]);
  own.append(3, "c", Buffer.from("three"), 1, RULE, false);
  own.answer(() => true);
  expect(log).toHaveLength(4);
});

test("a frame that the hub keeps takes no more memory than its own", () => {
  const history = new HubHistory(new Hub());
  const frame = Buffer.alloc(64 * 1024).subarray(100, 110);
  history.append({ request: 1, channel: "c", frame, count: 1, rule: RULE, retry: false });
  const [kept] = history.read({ request: 2, channel: "c", from: 0, limit: 9 }).frames;
  expect(kept!.frame.buffer.byteLength).toBe(10);
});
