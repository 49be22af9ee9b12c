import assert from "node:assert/strict";
import { instanceChannel, topicChannel } from "../../src/relay/channel.ts";
import { type Engine, MemoryBus } from "../../src/relay/index.ts";
import { Instance } from "./cluster.ts";
import { FaultyEngine } from "./faulty-engine.ts";

type Direction = "out" | "in";

/** The tasks of one engine that wait, by direction. */
type Link = Record<Direction, (() => void)[]>;

interface Node {
  readonly instance: Instance;
  readonly engine: FaultyEngine;
  readonly inner: Engine;
  isPartitioned: boolean;
}

const QUEUE = { bytes: 4000, seconds: 10 };
/** Milliseconds of a step in which everything moves. */
const STEP_MS = 500;

/** Instances on a bus in memory, whose every step is taken by a test. Time is simulated. */
export class Simulation {
  readonly #links = new Map<Engine, Link>();
  readonly #bus = new MemoryBus({
    defer: (task, engine, direction) => this.#link(engine)[direction].push(task),
  });
  /** It publishes what the bus gets late, on a connection that broke. */
  readonly #ghost = this.#bus.engine();
  readonly nodes: Node[] = [];
  /** The engine of the instance that ended last. */
  #dead: FaultyEngine | null = null;
  #now = 1000;
  #nextId = 1;

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
    const engine = new FaultyEngine(inner);
    const id = (this.#nextId++).toString(16).padStart(16, "0");
    const instance = new Instance({ engine, id, now: () => this.#now, queue: QUEUE });
    engine.onLoss = () => instance.away();
    instance.subscribe(0, "a");
    return { instance, engine, inner, isPartitioned: false };
  }

  node(index: number): Node {
    return this.nodes[index % this.nodes.length]!;
  }

  /** Takes one step of a link, unless the network is cut there. */
  step(index: number, direction: Direction): void {
    const { inner, isPartitioned } = this.node(index);
    if (!isPartitioned) this.#link(inner)[direction].shift()?.();
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const { instance } of this.nodes) {
      instance.relay.tick();
      instance.check();
    }
  }

  flush(index: number): void {
    this.node(index).instance.flush();
  }

  /** The network of an instance is cut: nothing arrives, and nothing is told. */
  partition(index: number): void {
    this.node(index).isPartitioned = true;
  }

  mend(index: number): void {
    this.node(index).isPartitioned = false;
  }

  /** The next message of a topic comes twice. */
  duplicate(index: number): void {
    this.node(index).engine.duplicates++;
  }

  /** The next message of a topic does not come. */
  lose(index: number): void {
    this.node(index).engine.losses++;
  }

  /** Frames that an instance has published are executed once more, and those of the instance that ended last. */
  late(index: number): void {
    this.#drain(this.#ghost);
    const frames = [...this.node(index).engine.published, ...(this.#dead?.published ?? [])];
    for (const { channel, frame } of frames) this.#ghost.publish(channel, frame);
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
    const { inner } = this.node(index);
    this.#bus.disconnect(inner, new Error("the connection was broken"));
  }

  stop(): void {
    this.#bus.stop(new Error("the engine was killed"));
  }

  start(): void {
    this.#bus.start();
  }

  /** An instance dies without a word, and another one takes its place. */
  kill(index: number): void {
    const { engine, inner } = this.node(index);
    engine.kill();
    for (const task of this.#link(inner).out.splice(-1)) task();
    this.#links.delete(inner);
    this.#dead = engine;
    this.nodes[index % this.nodes.length] = this.#node();
  }

  /** An instance says goodbye, and another one takes its place. */
  close(index: number): void {
    const { instance, engine, inner } = this.node(index);
    void instance.relay.close();
    this.#dead = engine;
    const { out } = this.#link(inner);
    while (out.length > 0) out.shift()?.();
    this.nodes[index % this.nodes.length] = this.#node();
  }

  /** Runs all steps and turns until nothing is left. */
  #run(): void {
    for (let isBusy = true, rounds = 0; isBusy; rounds++) {
      assert.ok(rounds < 1000, "the cluster does not come to rest");
      isBusy = false;
      for (const { instance, inner, isPartitioned } of this.nodes) {
        const link = this.#link(inner);
        for (const direction of ["out", "in"] as const) {
          if (isPartitioned) continue;
          for (let task = link[direction].shift(); task !== undefined; task = link[direction].shift()) {
            isBusy = true;
            task();
          }
        }
        if (instance.isScheduled) {
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

  /** Ends all faults, waits, and checks that everything is as it must be then. */
  heal(): void {
    for (const node of this.nodes) {
      node.isPartitioned = false;
      node.engine.duplicates = 0;
      node.engine.losses = 0;
    }
    this.start();
    this.pass(16_000);
    const { nodes } = this;
    const count = nodes.length;
    for (const { instance, inner } of nodes) {
      const { metrics } = instance.relay;
      assert.equal(metrics.state, "up");
      assert.equal(metrics.queueBytes, 0);
      assert.equal(metrics.instances, count, "living instances");
      const channels = [...instance.topics.map(topicChannel), "i", instanceChannel(latin1(instance.id))];
      assert.deepEqual(this.#bus.channelsOf(inner).sort(), channels.sort());
      for (const other of nodes) if (other.instance !== instance) instance.checkTold(other.instance);
    }
  }

  /** One more message of each instance to each topic reaches all members. */
  checkDelivery(topics: readonly string[]): void {
    this.publishAll(topics);
    this.#run();
    this.checkArrived();
  }

  publishAll(topics: readonly string[]): void {
    for (const { instance } of this.nodes) for (const topic of topics) instance.publish(topic);
  }

  /** The last message of each instance is at all others. */
  checkArrived(): void {
    for (const { instance } of this.nodes) {
      for (const other of this.nodes) if (other.instance !== instance) instance.checkArrived(other.instance);
    }
  }

  /** All instances count the same members. */
  checkCounts(topics: readonly string[]): void {
    for (const topic of topics) {
      let connections = 0;
      for (const { instance } of this.nodes) connections += instance.broker.subscriberCount(topic);
      let answers = 0;
      for (const { instance } of this.nodes) {
        instance.relay.count(topic, (count) => {
          answers++;
          assert.deepEqual(count, { connections, instances: this.nodes.length, silent: 0 });
        });
      }
      this.#run();
      assert.equal(answers, this.nodes.length);
    }
  }
}

function latin1(id: string): string {
  return Buffer.from(id, "hex").toString("latin1");
}
