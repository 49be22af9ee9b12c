import assert from "node:assert/strict";
import type { Subscriber } from "../../src/index.ts";

/** A target in the naive model: every message goes into its queue when it is published. */
export class Box {
  readonly id: number;
  readonly topics: string[] = [];
  /** Expected, and not yet delivered. */
  pending: number[] = [];
  /** How many of `pending` the running round of a broker flush has to deliver. */
  due = 0;
  isClosed = false;
  handle: Subscriber<Box, Message> | undefined;

  constructor(id: number) {
    this.id = id;
  }
}

export interface Message {
  readonly id: number;
}

/** The obvious way to do what the broker does: a map of sets and a queue for each subscriber, without batches. */
export class Model {
  readonly boxes: readonly Box[];
  readonly #topics = new Map<string, Set<Box>>();
  isScheduled = false;
  scheduleCount = 0;

  constructor(boxes: readonly Box[]) {
    this.boxes = boxes;
  }

  subscribe(box: Box, topic: string): boolean {
    if (box.isClosed || box.topics.includes(topic)) return false;
    box.topics.push(topic);
    this.#topics.set(topic, (this.#topics.get(topic) ?? new Set()).add(box));
    return true;
  }

  unsubscribe(box: Box, topic: string): boolean {
    const at = box.topics.indexOf(topic);
    if (at < 0) return false;
    box.topics.splice(at, 1);
    const members = this.#topics.get(topic);
    members?.delete(box);
    if (members?.size === 0) this.#topics.delete(topic);
    return true;
  }

  publish(topic: string, id: number, except: Box | undefined): number {
    const recipients = [...(this.#topics.get(topic) ?? [])].filter((box) => box !== except);
    for (const box of recipients) box.pending.push(id);
    if (recipients.length > 0 && !this.isScheduled) {
      this.isScheduled = true;
      this.scheduleCount++;
    }
    return recipients.length;
  }

  close(box: Box): void {
    for (const topic of [...box.topics]) this.unsubscribe(box, topic);
    box.isClosed = true;
    box.pending = [];
    box.due = 0;
  }

  /** A round of a broker flush begins: whatever is pending now is due in it. */
  beginRound(): void {
    for (const box of this.boxes) {
      assert.equal(box.due, 0, `box ${box.id} was left out of the round before`);
      box.due = box.pending.length;
    }
    this.isScheduled = false;
  }

  takeDue(box: Box): number[] {
    const due = box.pending.splice(0, box.due);
    box.due = 0;
    return due;
  }

  takeAll(box: Box): number[] {
    box.due = 0;
    return box.pending.splice(0);
  }

  subscriberCount(topic: string): number {
    return this.#topics.get(topic)?.size ?? 0;
  }

  get topicCount(): number {
    return this.#topics.size;
  }
}
