import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { historyChannel } from "../../src/relay/history/topic-logs.ts";
import {
  type BackplaneError,
  type HistoryRule,
  type PlacedFrames,
  type Position,
  Relay,
  type RelayEvent,
} from "../../src/relay/index.ts";
import { TOPICS } from "./commands.ts";
import type { FaultyHistory } from "./faulty-history.ts";
import { type Entry, idOf, originOf, type Truth } from "./history-truth.ts";
import { messageFrame } from "./message-frame.ts";

/** What the members of a topic got, since there are some. */
class View {
  /** Frames by which the next one must come; null before the first position was told. */
  cursors: (Entry | null)[] | null = null;
  position: Position | null = null;
  gaps = 0;
  readonly seen = new Set<string>();
  readonly lastOf = new Map<string, number>();
  /** By offset, in the present epoch. */
  readonly order = new Map<number, string>();
}

export interface HistoryInstanceOptions {
  readonly engine: FaultyHistory;
  /** In hexadecimal, 16 characters. */
  readonly id: string;
  readonly truth: Truth;
  readonly queue: { readonly bytes: number; readonly seconds: number };
  readonly rule: (topic: string) => HistoryRule;
  now(): number;
}

/** A relay with history topics, with a check of each message. */
export class HistoryInstance {
  readonly id: string;
  readonly engine: FaultyHistory;
  readonly relay: Relay;
  readonly events: RelayEvent[] = [];
  /** What went wrong while the engine called. */
  readonly failures: unknown[] = [];
  readonly views = new Map<string, View>();
  /** Publications without an answer. */
  unanswered = 0;
  isScheduled = false;
  readonly #options: HistoryInstanceOptions;
  #published = 0;
  /** The number of the last message by topic and publisher, for members that are there or were. */
  readonly #lastOf = new Map<string, number>();

  constructor(options: HistoryInstanceOptions) {
    const { engine, id, now, queue } = options;
    this.#options = options;
    this.id = id;
    this.engine = engine;
    this.relay = new Relay({
      engine,
      instance: Buffer.from(id, "hex"),
      now,
      queue,
      host: {
        deliver: () => assert.fail("no plain topic is used"),
        schedule: () => {
          this.isScheduled = true;
        },
        event: (event) => void this.events.push(event),
        memberCount: () => 0,
      },
      history: {
        deliver: (topic, frames) => this.#noting(() => this.#deliver(topic, frames)),
        gap: (topic, position) => this.#noting(() => this.#gap(topic, position)),
        live: (topic, position) => this.#noting(() => this.#live(topic, position)),
      },
    });
    engine.onFrame = (channel, frame) => this.#withoutMembers(channel, frame);
    this.relay.open();
  }

  /** The relay knows what has come while a topic had no members, and members don't. */
  #withoutMembers(channel: string, frame: Uint8Array): void {
    const { instance, sequence } = originOf(frame);
    for (const topic of TOPICS) {
      if (historyChannel(topic) !== channel || this.views.has(topic)) continue;
      const key = `${topic} ${instance}`;
      this.#lastOf.set(key, Math.max(this.#lastOf.get(key) ?? -1, sequence));
    }
  }

  #noting(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.failures.push(error);
      throw error;
    }
  }

  get topics(): string[] {
    return [...this.views.keys()];
  }

  subscribe(topic: string): void {
    if (this.views.has(topic)) return;
    this.views.set(topic, new View());
    this.relay.history!.subscribe(topic, this.#options.rule(topic));
  }

  unsubscribe(topic: string): void {
    if (this.views.delete(topic)) this.relay.history!.unsubscribe(topic);
  }

  publish(topic: string, size = 0, compress = false): void {
    const payload = Buffer.from(`${this.id} ${this.#published++} `.padEnd(size, "x"));
    this.unanswered++;
    let isAnswered = false;
    const published = (error: BackplaneError | null, position: Position | null): void =>
      this.#noting(() => {
        assert.equal(isAnswered, false, "a publication was answered twice");
        isAnswered = true;
        this.unanswered--;
        this.#answered(topic, payload.toString(), error, position);
      });
    const head = messageFrame(true, payload).toString("latin1");
    const tag = this.#published;
    this.relay.history!.publish(topic, this.#options.rule(topic), {
      head,
      payload: null,
      compress,
      tag,
      published,
      id: this.#published % 5 === 0 ? payload.toString() : null,
    });
  }

  #answered(topic: string, payload: string, error: BackplaneError | null, position: Position | null): void {
    const { entries } = this.#options.truth.of(historyChannel(topic));
    if (error !== null) {
      assert.equal(position, null);
      assert.ok(["down", "full", "closed", "ambiguous"].includes(error.code), error.code);
      const isThere = entries.some(({ bytes }) => bytes.includes(payload));
      assert.ok(
        error.code === "ambiguous" || !isThere,
        `${payload} failed by ${error.code}, and the engine had it`,
      );
      return;
    }
    assert.ok(position !== null);
    const holder = entries.find(({ offset, before, bytes }) => {
      return offset >= position.offset && (before?.offset ?? 0) < position.offset && bytes.includes(payload);
    });
    assert.ok(holder !== undefined, `${payload} has a position, and the engine never had it`);
  }

  flush(): void {
    this.isScheduled = false;
    this.relay.flush();
    this.check();
  }

  check(): void {
    const { queueBytes, ringBytes } = this.relay.history!.metrics;
    assert.ok(queueBytes <= this.#options.queue.bytes, `${queueBytes} bytes wait`);
    assert.ok(ringBytes >= 0);
  }

  #view(topic: string): View {
    const view = this.views.get(topic);
    assert.ok(view !== undefined, `${topic} has no members here`);
    return view;
  }

  #deliver(topic: string, frames: PlacedFrames): void {
    const view = this.#view(topic);
    const { truth } = this.#options;
    assert.ok(view.cursors !== null, "a message came before the position");
    const id = idOf(frames.instance, frames.sequence);
    assert.ok(!view.seen.has(id), `${id} came twice`);
    const { origin } = frames;
    const last = view.lastOf.get(origin.instance) ?? -1;
    assert.ok(origin.sequence > last, `${id} came behind ${last} of the same publisher`);
    const candidates = truth
      .at(historyChannel(topic), frames.position)
      .filter((entry) => entry !== null && entry.id === id)
      .filter((entry) => truth.follows(entry!, view.cursors!, (other) => this.#isOld(topic, other)));
    assert.ok(
      candidates.length > 0,
      `${id} at ${frames.place.offset} does not follow ${JSON.stringify(view.position)}`,
    );
    const body = frames.body.toString("latin1");
    assert.ok(candidates[0]!.bytes.endsWith(body), `${id} has other bytes than were appended`);
    view.cursors = candidates;
    view.seen.add(id);
    view.lastOf.set(origin.instance, origin.sequence);
    this.#lastOf.set(`${topic} ${origin.instance}`, origin.sequence);
    this.#move(view, frames.position);
    view.order.set(frames.place.offset, id);
    let count = 0;
    for (const { text } of frames) {
      assert.equal(text, true);
      assert.equal(frames.tagOf(count++) > 0, origin === frames);
    }
    assert.equal(count, frames.count);
  }

  /** A frame, or a later one of its publisher, has come before: a broken connection has executed it late. */
  #isOld(topic: string, { instance, sequence }: Entry): boolean {
    return sequence <= (this.#lastOf.get(`${topic} ${instance}`) ?? -1);
  }

  #move(view: View, position: Position): void {
    if (view.position?.epoch !== position.epoch) view.order.clear();
    view.position = position;
  }

  #gap(topic: string, position: Position): void {
    const view = this.#view(topic);
    view.gaps++;
    this.#move(view, position);
    view.cursors = this.#options.truth.at(historyChannel(topic), position);
    assert.ok(view.cursors.length > 0, "the position of a gap is none");
  }

  #live(topic: string, position: Position): void {
    const view = this.#view(topic);
    const now = this.#options.truth.at(historyChannel(topic), position);
    assert.ok(now.length > 0, "a position is none");
    // Behind what came there may be frames that were left out.
    const isKnown = now.some((entry) => {
      const { cursors } = view;
      if (cursors === null || cursors.includes(entry)) return true;
      const next: Entry = {
        id: "",
        instance: "",
        sequence: 0,
        offset: 0,
        check: "",
        bytes: "",
        before: entry,
      };
      return this.#options.truth.follows(next, cursors, (other) => this.#isOld(topic, other));
    });
    assert.ok(isKnown, "the position has moved without a message or a gap");
    this.#move(view, position);
    view.cursors = now;
  }
}
