import { expect } from "vitest";
import type { Entry, Message } from "./history-member.ts";

/** What is known of an instance with history topics. */
export interface HistoryLog {
  readonly id: string;
  readonly log: ReadonlyMap<string, readonly Entry[]>;
}

/**
 * The guarantees of history topics for plain clients, over the logs of instances: no message twice, each publisher's in order, one order for all, and each log
 * without a hole except exactly at its gaps.
 * @param lost epochs whose end the engine has lost: until one notices, numbers there are used twice
 */
export function expectHistories(
  instances: readonly HistoryLog[],
  topics: readonly string[],
  lost: readonly string[] = [],
): void {
  for (const topic of topics) {
    const order = orderOf(instances, topic, lost);
    for (const { id, log } of instances) {
      const entries = log.get(topic) ?? [];
      expectOnceInOrder(`${id}, ${topic.slice(0, 20)}`, entries);
      for (const run of runsOf(entries)) {
        const [first, last] = [run[0]!, run.at(-1)!];
        if (lost.includes(first.epoch)) continue;
        const all = [...order.get(first.epoch)!].filter(([at]) => at >= first.offset && at <= last.offset);
        // What an engine has lost is sent again, and numbered in another epoch: an instance that had it does not deliver it twice.
        const has = (message: string) =>
          entries.some((entry) => "message" in entry && entry.message === message);
        const missing = all.map(([, message]) => message).filter((message) => !has(message));
        expect(missing, `what ${id} misses of ${topic.slice(0, 20)} without a gap`).toEqual([]);
      }
    }
  }
}

/** By epoch and offset, the message there: it must be the same for all. */
function orderOf(
  instances: readonly HistoryLog[],
  topic: string,
  lost: readonly string[],
): Map<string, Map<number, string>> {
  const order = new Map<string, Map<number, string>>();
  for (const { id, log } of instances) {
    for (const entry of log.get(topic) ?? []) {
      if ("gap" in entry || lost.includes(entry.epoch)) continue;
      const epoch = order.get(entry.epoch) ?? new Map<number, string>();
      order.set(entry.epoch, epoch);
      const known = epoch.get(entry.offset) ?? entry.message;
      expect(entry.message, `${id} at ${entry.epoch} ${entry.offset}`).toBe(known);
      epoch.set(entry.offset, known);
    }
  }
  return order;
}

function expectOnceInOrder(who: string, entries: readonly Entry[]): void {
  const lastOf = new Map<string, number>();
  for (const entry of entries) {
    if ("gap" in entry) continue;
    const [publisher, number] = entry.message.split(" ");
    const last = lastOf.get(publisher!) ?? 0;
    if (Number(number) <= last) expect.fail(`${who} got ${entry.message} behind ${last}`);
    lastOf.set(publisher!, Number(number));
  }
}

/** The messages between gaps; in one of them, all are of one epoch, and their offsets grow. */
function runsOf(entries: readonly Entry[]): Message[][] {
  const runs: Message[][] = [];
  let run: Message[] = [];
  for (const entry of entries) {
    if ("gap" in entry) {
      if (run.length > 0) runs.push(run);
      run = [];
      continue;
    }
    const before = run.at(-1);
    if (before !== undefined) {
      expect(entry.epoch, "an epoch began without a gap").toBe(before.epoch);
      expect(entry.offset).toBeGreaterThan(before.offset);
    }
    run.push(entry);
  }
  if (run.length > 0) runs.push(run);
  return runs;
}
