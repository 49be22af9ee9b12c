import assert from "node:assert/strict";
import { decodeHead } from "../../src/relay/frame.ts";
import { RETRY_FRAMES } from "../../src/relay/history/history-engine.ts";
import type { MemoryHistory } from "../../src/relay/history/memory-history.ts";
import { placeFrame } from "../../src/relay/history/placed-frames.ts";
import { checkOf, type Position } from "../../src/relay/history/position.ts";

/** A frame that the engine has numbered, behind another one. */
export interface Entry {
  readonly id: string;
  readonly instance: string;
  readonly sequence: number;
  readonly offset: number;
  /** Of its last message. */
  readonly check: string;
  /** The whole frame, in Latin-1. */
  readonly bytes: string;
  readonly before: Entry | null;
}

/** All that an engine ever numbered in one channel, also what it has lost since. */
class ChannelTruth {
  readonly entries: Entry[] = [];
  top: Entry | null = null;
  /** It has lost something that it had numbered. */
  hasLost = false;
}

/** What an engine in memory really did, for the checks of a test. */
export class Truth {
  readonly #channels = new Map<string, ChannelTruth>();
  /** The next append is one that a broken connection has executed late. */
  isLate = false;
  #wasLate = false;
  readonly #executed = new WeakSet<Uint8Array>();

  constructor(history: MemoryHistory) {
    const append = history.append.bind(history);
    history.append = (channel, frame, count, rule, retry) => {
      this.#executed.add(frame);
      const answer = append(channel, frame, count, rule, retry);
      if (!answer.duplicate) this.#append(channel, frame, answer.place.offset);
      return answer;
    };
    const rollBack = history.rollBack.bind(history);
    history.rollBack = (channel, frames) => {
      const truth = this.of(channel);
      const kept = history.read(channel, 0, Number.MAX_SAFE_INTEGER).frames.length;
      rollBack(channel, frames);
      for (let i = 0; i < Math.min(frames, kept); i++) truth.top = truth.top?.before ?? null;
      // Nothing is left: the engine counts from 0 again.
      if (frames >= kept) truth.top = null;
      truth.hasLost = true;
    };
    const evict = history.evict.bind(history);
    history.evict = (channel) => {
      evict(channel);
      this.of(channel).top = null;
      this.of(channel).hasLost = true;
    };
  }

  /** Whether the engine has taken this very frame: each time that it is sent it is another object. */
  wasExecuted(frame: Uint8Array): boolean {
    return this.#executed.has(frame);
  }

  of(channel: string): ChannelTruth {
    const truth = this.#channels.get(channel) ?? new ChannelTruth();
    this.#channels.set(channel, truth);
    return truth;
  }

  #append(channel: string, frame: Uint8Array, offset: number): void {
    const head = decodeHead(Buffer.from(frame));
    assert.ok(head !== null);
    const truth = this.of(channel);
    const id = idOf(head.instance, head.sequence);
    let before = truth.top;
    for (let i = 0; i < RETRY_FRAMES && before !== null && !this.isLate; i++, before = before.before) {
      assert.notEqual(before.id, id, "a frame was appended twice");
    }
    this.#wasLate ||= this.isLate;
    const check = checkOf(head.instance, head.sequence + head.count - 1);
    const { instance, sequence } = originOf(frame);
    if (!this.#wasLate && !truth.hasLost) {
      for (before = truth.top; before !== null; before = before.before) {
        const isInOrder = before.instance !== instance || before.sequence < sequence;
        assert.ok(isInOrder, `${id} was appended behind ${before.id}`);
      }
    }
    const entry = {
      id,
      instance,
      sequence,
      offset,
      check,
      bytes: Buffer.from(frame).toString("latin1"),
      before: truth.top,
    };
    truth.entries.push(entry);
    truth.top = entry;
  }

  /** The frames that may be meant by a position at the end of one. `null` is the place before all. A check may be unknown at first. */
  at(channel: string, { offset, check }: Position): (Entry | null)[] {
    if (offset === 0) return [null];
    const { entries } = this.of(channel);
    return entries.filter((entry) => entry.offset === offset && (check === "" || entry.check === check));
  }

  /** @returns whether a frame comes behind another one, with nothing between them but frames that may be left out */
  follows(entry: Entry, earlier: readonly (Entry | null)[], isOld: (entry: Entry) => boolean): boolean {
    let { before } = entry;
    while (!earlier.some((each) => isSame(each, before))) {
      if (before === null || !(isOld(before) || isOutOfOrder(before))) return false;
      before = before.before;
    }
    return true;
  }
}

/** A frame that was lost and came to the same place again, behind the same frames, is the same one. */
function isSame(one: Entry | null, other: Entry | null): boolean {
  let [a, b] = [one, other];
  for (; a !== b; [a, b] = [a?.before ?? null, b?.before ?? null]) {
    if (a?.id !== b?.id || a?.offset !== b?.offset) return false;
  }
  return true;
}

/** Whether the same frame, or a later one of its publisher, is before it: a broken connection has executed it late. */
function isOutOfOrder({ instance, sequence, before }: Entry): boolean {
  for (let entry = before; entry !== null; entry = entry.before) {
    if (entry.instance === instance && entry.sequence >= sequence) return true;
  }
  return false;
}

/** The instance that has sent a frame, and its number there. */
export function originOf(frame: Uint8Array): { readonly instance: string; readonly sequence: number } {
  const place = { epoch: "", offset: Number.MAX_SAFE_INTEGER, previous: 0 };
  return placeFrame(Buffer.from(frame), place).origin;
}

export function idOf(instance: string, sequence: number): string {
  return `${Buffer.from(instance, "latin1").toString("hex")} ${sequence}`;
}
