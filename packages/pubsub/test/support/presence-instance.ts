import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { decodeRecords } from "../../src/relay/control.ts";
import { decodeHead, HEAD_BYTES } from "../../src/relay/frame.ts";
import { type PresenceMember, Relay } from "../../src/relay/index.ts";
import type { FaultyEngine } from "./faulty-engine.ts";

/** What an instance has done, as all others must see it in the end. */
export interface PresenceTruth {
  /** By instance (Latin-1). */
  readonly instances: Map<string, PresenceInstance>;
}

export interface PresenceInstanceOptions {
  readonly engine: FaultyEngine;
  /** In hexadecimal, 16 characters. */
  readonly id: string;
  readonly truth: PresenceTruth;
  now(): number;
}

/** So long after the last heartbeat, and no shorter, an instance is judged. */
const JUDGED_FROM = 14_500;
/** Then it must have been judged: the time between two ticks comes on top. */
const JUDGED_UNTIL = 15_000;
const SILENT = 10_000;
const LATE = 2000;

/** A relay with presence, with a check of each member that comes and goes. */
export class PresenceInstance {
  /** Latin-1. */
  readonly name: string;
  readonly relay: Relay;
  /** Own members by topic: number and JSON. */
  readonly own = new Map<string, Map<number, string>>();
  /** The JSON of own members that have left; each JSON is used once. */
  readonly hasLeft = new Set<string>();
  readonly entered = new Set<string>();
  /** What its host knows: the answer of `members`, and what was told behind it. Null until it was answered. */
  readonly views = new Map<string, Map<string, string> | null>();
  readonly failures: unknown[] = [];
  isScheduled = false;
  isClosed = false;
  isDead = false;
  readonly #options: PresenceInstanceOptions;
  /** When the last heartbeat of an instance was heard. */
  readonly #beats = new Map<string, number>();
  /** It judges nothing by what was before. */
  #judgesFrom = Number.POSITIVE_INFINITY;
  #heardAt = 0;
  #tickedAt: number;

  constructor(options: PresenceInstanceOptions) {
    this.#options = options;
    const { engine, id, truth, now } = options;
    const instance = Buffer.from(id, "hex");
    this.name = instance.toString("latin1");
    this.#tickedAt = now();
    truth.instances.set(this.name, this);
    engine.onMessage = (frame) => this.#hear(frame);
    this.relay = new Relay({
      engine,
      instance,
      now,
      host: {
        deliver: () => {},
        schedule: () => {
          this.isScheduled = true;
        },
        event: ({ type }) => {
          if (type === "down") this.#judgesFrom = Number.POSITIVE_INFINITY;
          if (type === "up") this.#judgesFrom = now();
        },
        memberCount: () => 0,
      },
      presence: {
        joined: (topic, members) => this.#noting(() => this.#joined(topic, members)),
        left: (topic, members) => this.#noting(() => this.#left(topic, members)),
      },
    });
    this.relay.open();
  }

  #noting(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.failures.push(error);
      throw error;
    }
  }

  watch(topic: string): void {
    if (this.own.has(topic)) return;
    this.own.set(topic, new Map());
    this.relay.presence!.watch(topic);
    this.views.set(topic, null);
    this.relay.presence!.members(topic, ({ members }) => {
      if (this.own.has(topic)) this.views.set(topic, viewOf(members));
    });
  }

  unwatch(topic: string): void {
    for (const info of this.own.get(topic)?.values() ?? []) this.hasLeft.add(info);
    this.own.delete(topic);
    this.views.delete(topic);
    this.relay.presence!.unwatch(topic);
  }

  enter(topic: string, number: number, info: string): void {
    this.watch(topic);
    const members = this.own.get(topic)!;
    const known = members.get(number);
    if (known !== undefined) this.hasLeft.add(known);
    members.set(number, info);
    this.entered.add(info);
    this.relay.presence!.enter(topic, number, info);
  }

  leave(topic: string, number: number): void {
    const info = this.own.get(topic)?.get(number);
    if (info === undefined) return;
    this.own.get(topic)!.delete(number);
    this.hasLeft.add(info);
    this.relay.presence!.leave(topic, number);
  }

  flush(): void {
    this.isScheduled = false;
    this.relay.flush();
  }

  tick(): void {
    const now = this.#options.now();
    if (now - this.#tickedAt > LATE) {
      this.#heardAt = now;
      if (this.#judgesFrom < now) this.#judgesFrom = now;
    }
    this.#tickedAt = now;
    // The connection is given up.
    if (now - this.#heardAt >= SILENT) this.#judgesFrom = Number.POSITIVE_INFINITY;
    this.relay.tick();
    this.#checkGhosts(now);
  }

  #hear(frame: Uint8Array): void {
    const now = this.#options.now();
    this.#heardAt = now;
    const bytes = Buffer.from(frame);
    const head = decodeHead(bytes);
    if (head?.control !== true) return;
    for (const { type } of decodeRecords(bytes.subarray(HEAD_BYTES)) ?? []) {
      if (type === "heartbeat" || type === "hello") this.#beats.set(head.instance, now);
    }
  }

  /** For how long an instance was silent, as far as this one may judge. */
  #silenceOf(instance: string, now: number): number {
    return now - Math.max(this.#judgesFrom, this.#beats.get(instance) ?? Number.NEGATIVE_INFINITY);
  }

  #checkGhosts(now: number): void {
    for (const [topic, view] of this.views) {
      for (const key of view?.keys() ?? []) {
        const instance = key.slice(0, 8);
        if (instance === this.name) continue;
        const silence = this.#silenceOf(instance, now);
        assert.ok(
          silence <= JUDGED_UNTIL,
          `${key} is in ${topic}, and its instance is silent for ${silence}`,
        );
      }
    }
  }

  #joined(topic: string, members: readonly PresenceMember[]): void {
    const view = this.views.get(topic);
    for (const member of members) {
      const key = keyOf(member);
      const { instance, info } = member;
      assert.ok(this.#options.truth.instances.get(instance)!.entered.has(info), `${info} never came`);
      const now = this.#options.now();
      // One that has slept reads first what came meanwhile.
      if (instance !== this.name && now - this.#tickedAt <= LATE) {
        const silence = this.#silenceOf(instance, now);
        assert.ok(silence <= JUDGED_UNTIL, `${key} joins, and its instance is silent for ${silence}`);
      }
      if (view === undefined || view === null) continue;
      assert.ok(!view.has(key), `${key} joins ${topic} twice`);
      view.set(key, info);
    }
  }

  #left(topic: string, members: readonly PresenceMember[]): void {
    const view = this.views.get(topic);
    const now = this.#options.now();
    for (const member of members) {
      const key = keyOf(member);
      const { instance, info } = member;
      const owner = this.#options.truth.instances.get(instance)!;
      if (!owner.hasLeft.has(info) && !owner.isClosed) {
        const silence = this.#silenceOf(instance, now);
        assert.ok(silence >= JUDGED_FROM, `${key} is told to leave ${topic} after ${silence}`);
      }
      if (view === undefined || view === null) continue;
      assert.equal(view.get(key), info, `${key} leaves ${topic}, and is not there`);
      view.delete(key);
    }
  }

  /** All instances have the same members, and so has what was told. */
  checkMembers(topic: string, expected: ReadonlyMap<string, string>): () => void {
    if (!this.own.has(topic)) return () => {};
    let answers = 0;
    this.relay.presence!.members(topic, ({ members, silent }) => {
      answers++;
      assert.equal(silent, 0);
      assert.deepEqual(sorted(viewOf(members)), sorted(expected));
    });
    assert.deepEqual(sorted(this.views.get(topic)!), sorted(expected), `what was told of ${topic}`);
    return () => assert.equal(answers, 1);
  }
}

function keyOf({ instance, number }: PresenceMember): string {
  return `${instance} ${number}`;
}

function viewOf(members: readonly PresenceMember[]): Map<string, string> {
  const view = new Map(members.map((member) => [keyOf(member), member.info]));
  assert.equal(view.size, members.length, "a member is there twice");
  return view;
}

function sorted(view: ReadonlyMap<string, string>): string[] {
  return [...view].map(String).sort();
}
