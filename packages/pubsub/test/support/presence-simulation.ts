import assert from "node:assert/strict";
import { type Engine, MemoryBus } from "../../src/relay/index.ts";
import { presenceChannel } from "../../src/relay/presence/presence-options.ts";
import { FaultyEngine } from "./faulty-engine.ts";
import { PresenceInstance, type PresenceTruth } from "./presence-instance.ts";

type Direction = "out" | "in";
type Link = Record<Direction, (() => void)[]>;

interface Node {
  readonly instance: PresenceInstance;
  readonly engine: FaultyEngine;
  readonly inner: Engine;
  isPartitioned: boolean;
  /** Its process is stopped: it reads nothing and does nothing. */
  isAsleep: boolean;
}

const STEP_MS = 250;

/** Instances with presence on a bus in memory, whose every step is taken by a test. Time is simulated. */
export class PresenceSimulation {
  readonly #links = new Map<Engine, Link>();
  readonly #bus = new MemoryBus({
    defer: (task, engine, direction) => this.#link(engine)[direction].push(task),
  });
  /** It publishes what the bus gets late, on a connection that broke. */
  readonly #ghost = this.#bus.engine();
  readonly #truth: PresenceTruth = { instances: new Map() };
  readonly nodes: Node[] = [];
  #dead: FaultyEngine | null = null;
  #now = 1000;
  #nextId = 1;
  #infos = 0;

  constructor(count: number) {
    const nothing = (): void => {};
    this.#ghost.open({
      up: nothing,
      down: nothing,
      subscribed: nothing,
      message: nothing,
      published: nothing,
      denied: nothing,
      refused: nothing,
    });
    for (let i = 0; i < count; i++) this.nodes.push(this.#node());
  }

  #link(engine: Engine): Link {
    const link = this.#links.get(engine) ?? { out: [], in: [] };
    this.#links.set(engine, link);
    return link;
  }

  #node(): Node {
    const inner = this.#bus.engine();
    const engine = new FaultyEngine(inner, () => true);
    const id = (this.#nextId++).toString(16).padStart(16, "0");
    const instance = new PresenceInstance({ engine, id, truth: this.#truth, now: () => this.#now });
    return { instance, engine, inner, isPartitioned: false, isAsleep: false };
  }

  node(index: number): Node {
    return this.nodes[index % this.nodes.length]!;
  }

  /** An instance that can act. */
  #awake(index: number): PresenceInstance | null {
    const { instance, isAsleep } = this.node(index);
    return isAsleep ? null : instance;
  }

  watch(index: number, topic: string): void {
    this.#awake(index)?.watch(topic);
  }

  unwatch(index: number, topic: string): void {
    this.#awake(index)?.unwatch(topic);
  }

  /** A member comes, or changes. */
  enter(index: number, topic: string, number: number, size: number): void {
    const info = JSON.stringify(`${++this.#infos}`.padEnd(size, "x"));
    this.#awake(index)?.enter(topic, number, info);
  }

  leave(index: number, topic: string, number: number): void {
    this.#awake(index)?.leave(topic, number);
  }

  step(index: number, direction: Direction, count: number): void {
    const { inner, isPartitioned, isAsleep } = this.node(index);
    if (isPartitioned || (isAsleep && direction === "in")) return;
    for (const task of this.#link(inner)[direction].splice(0, count)) task();
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const { instance, isAsleep } of this.nodes) if (!isAsleep) instance.tick();
  }

  flush(index: number): void {
    this.#awake(index)?.flush();
  }

  partition(index: number): void {
    this.node(index).isPartitioned = true;
  }

  sleep(index: number): void {
    this.node(index).isAsleep = true;
  }

  mend(index: number): void {
    this.node(index).isPartitioned = false;
    this.node(index).isAsleep = false;
  }

  /** The next message of a topic comes twice. */
  duplicate(index: number): void {
    this.node(index).engine.duplicates++;
  }

  /** Frames that an instance has published are executed once more, and those of the instance that ended last. */
  late(index: number): void {
    this.#drain(this.#ghost);
    for (const { channel, frame } of [
      ...this.node(index).engine.published,
      ...(this.#dead?.published ?? []),
    ]) {
      this.#ghost.publish(channel, frame);
    }
    this.#ghost.flush();
    this.#drain(this.#ghost);
  }

  #drain(engine: Engine): void {
    const link = this.#link(engine);
    for (const direction of ["out", "in"] as const) {
      for (let task = link[direction].shift(); task !== undefined; task = link[direction].shift()) task();
    }
  }

  disconnect(index: number): void {
    this.#bus.disconnect(this.node(index).inner, new Error("the connection was broken"));
  }

  stop(): void {
    this.#bus.stop(new Error("the engine was killed"));
  }

  start(): void {
    this.#bus.start();
  }

  /** An instance dies without a word, and another one takes its place. */
  kill(index: number): void {
    const { instance, engine, inner } = this.node(index);
    instance.isDead = true;
    engine.kill();
    for (const task of this.#link(inner).out.splice(-1)) task();
    this.#links.delete(inner);
    this.#dead = engine;
    this.nodes[index % this.nodes.length] = this.#node();
  }

  /** An instance says goodbye, and another one takes its place. */
  close(index: number): void {
    const { instance, engine, inner, isAsleep } = this.node(index);
    if (isAsleep) return;
    instance.isClosed = true;
    void instance.relay.close();
    this.#dead = engine;
    const { out } = this.#link(inner);
    while (out.length > 0) out.shift()?.();
    this.nodes[index % this.nodes.length] = this.#node();
  }

  #run(): void {
    for (let isBusy = true, rounds = 0; isBusy; rounds++) {
      assert.ok(rounds < 1000, "the cluster does not come to rest");
      isBusy = false;
      for (const { instance, inner, isPartitioned, isAsleep } of this.nodes) {
        const link = this.#link(inner);
        for (const direction of ["out", "in"] as const) {
          if (isPartitioned || (isAsleep && direction === "in")) continue;
          for (let task = link[direction].shift(); task !== undefined; task = link[direction].shift()) {
            isBusy = true;
            task();
          }
        }
        if (instance.isScheduled && !isAsleep) {
          isBusy = true;
          instance.flush();
        }
      }
    }
  }

  /** Lets so many milliseconds pass, in which everything happens. */
  pass(ms: number): void {
    this.#run();
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.advance(STEP_MS);
      this.#run();
    }
  }

  /** Ends all faults, waits, and checks that all instances know all members, and no other. */
  heal(topics: readonly string[]): void {
    for (const node of this.nodes) {
      node.isPartitioned = false;
      node.isAsleep = false;
      node.engine.duplicates = 0;
    }
    this.start();
    this.pass(16_000);
    for (const topic of topics) this.#checkTopic(topic);
    for (const { instance, inner } of this.nodes) {
      assert.deepEqual(instance.failures, []);
      const channels = this.#bus.channelsOf(inner).filter((channel) => channel.startsWith("p"));
      assert.deepEqual(channels.sort(), [...instance.own.keys()].map(presenceChannel).sort());
    }
  }

  #checkTopic(topic: string): void {
    const expected = new Map<string, string>();
    for (const { instance } of this.nodes) {
      for (const [number, info] of instance.own.get(topic) ?? []) {
        expected.set(`${instance.name} ${number}`, info);
      }
    }
    const checks = this.nodes.map(({ instance }) => instance.checkMembers(topic, expected));
    this.#run();
    for (const check of checks) check();
  }
}
