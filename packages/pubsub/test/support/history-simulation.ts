import assert from "node:assert/strict";
import { historyChannel } from "../../src/relay/history/topic-logs.ts";
import { type Engine, type HistoryRule, MemoryBus } from "../../src/relay/index.ts";
import { type Appended, FaultyHistory } from "./faulty-history.ts";
import { HistoryInstance } from "./history-instance.ts";
import { Truth } from "./history-truth.ts";

type Direction = "out" | "in";
type Link = Record<Direction, (() => void)[]>;

interface Node {
  readonly instance: HistoryInstance;
  readonly engine: FaultyHistory;
  readonly inner: Engine;
  isPartitioned: boolean;
}

const QUEUE = { bytes: 4000, seconds: 10 };
const STEP_MS = 500;
const SECONDS = 1_000_000;
/** Of "b" the engine keeps little: what an instance has missed is often gone. */
export function ruleOf(topic: string): HistoryRule {
  return { size: topic === "b" ? 8 : 1000, seconds: SECONDS };
}

/** Instances with history topics on a bus in memory, whose every step is taken by a test. Time is simulated. */
export class HistorySimulation {
  readonly #links = new Map<Engine, Link>();
  #now = 1000;
  #epoch = 0;
  readonly bus: MemoryBus = new MemoryBus({
    defer: (task, engine, direction) => this.#link(engine)[direction].push(task),
    now: () => this.#now,
    epoch: () => `e${++this.#epoch}`,
  });
  readonly truth: Truth = new Truth(this.bus.history);
  readonly nodes: Node[] = [];
  readonly #ghost = this.bus.engine();
  #dead: Appended[] = [];
  #nextId = 1;

  constructor(count: number) {
    const nothing = (): void => {};
    this.#ghost.history!.listen({ message: nothing, appended: nothing, slice: nothing, failed: nothing });
    this.#ghost.open({
      up: nothing,
      down: nothing,
      subscribed: nothing,
      denied: nothing,
      message: nothing,
      published: nothing,
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
    const inner = this.bus.engine();
    const engine = new FaultyHistory(inner);
    engine.onLost = () => this.bus.disconnect(inner, new Error("the connection was broken"));
    const id = (this.#nextId++).toString(16).padStart(16, "0");
    const now = (): number => this.#now;
    const instance = new HistoryInstance({ engine, id, truth: this.truth, now, queue: QUEUE, rule: ruleOf });
    instance.subscribe("a");
    return { instance, engine, inner, isPartitioned: false };
  }

  node(index: number): Node {
    return this.nodes[index % this.nodes.length]!;
  }

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

  partition(index: number): void {
    this.node(index).isPartitioned = true;
  }

  mend(index: number): void {
    this.node(index).isPartitioned = false;
  }

  /** The next message comes twice. */
  duplicate(index: number): void {
    this.node(index).engine.duplicates++;
  }

  /** The next message does not come. */
  lose(index: number): void {
    this.node(index).engine.losses++;
  }

  /** The next read is refused. */
  refuse(index: number): void {
    this.node(index).engine.refusals++;
  }

  /** The next request to end an epoch is lost, and its connection with it. */
  loseRotate(index: number): void {
    this.node(index).engine.lostRotates++;
  }

  /** What an instance has sent on connections that broke is executed now, if it was not yet, and that of the instance that ended last. */
  late(index: number): void {
    this.#drain(this.#ghost);
    for (const sent of [...this.node(index).engine.abandoned.splice(0), ...this.#dead.splice(0)]) {
      const { channel, frame, count, rule, retry } = sent;
      if (!this.truth.wasExecuted(frame)) this.#ghost.history!.append(0, channel, frame, count, rule, retry);
    }
    this.#ghost.flush();
    this.truth.isLate = true;
    this.#drain(this.#ghost);
    this.truth.isLate = false;
  }

  #drain(engine: Engine): void {
    const link = this.#link(engine);
    for (const direction of ["out", "in"] as const) {
      for (let task = link[direction].shift(); task !== undefined; task = link[direction].shift()) task();
    }
  }

  disconnect(index: number): void {
    this.bus.disconnect(this.node(index).inner, new Error("the connection was broken"));
  }

  stop(): void {
    this.bus.stop(new Error("the engine was killed"));
  }

  start(): void {
    this.bus.start();
  }

  /** The engine fails over to a replica that has not got the last frames of a topic. */
  rollBack(topic: string, frames: number): void {
    this.stop();
    this.bus.history.rollBack(historyChannel(topic), frames);
    this.start();
  }

  /** The engine forgets a topic. */
  evict(topic: string): void {
    this.bus.history.evict(historyChannel(topic));
  }

  /** An instance dies without a word, and another one takes its place. */
  kill(index: number): void {
    const { engine, inner } = this.node(index);
    engine.kill();
    for (const task of this.#link(inner).out.splice(-1)) task();
    this.#links.delete(inner);
    this.#dead = engine.abandoned;
    this.nodes[index % this.nodes.length] = this.#node();
  }

  /** An instance says goodbye, and another one takes its place. */
  close(index: number): void {
    const { instance, engine, inner } = this.node(index);
    void instance.relay.close();
    this.#dead = engine.abandoned;
    this.#drain(inner);
    this.nodes[index % this.nodes.length] = this.#node();
  }

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

  /** Ends all faults, lets one more message of each instance go to each topic, and checks that everything is as it must be then. */
  heal(topics: readonly string[]): void {
    for (const node of this.nodes) {
      node.isPartitioned = false;
      node.engine.duplicates = 0;
      node.engine.losses = 0;
      node.engine.refusals = 0;
      node.engine.lostRotates = 0;
    }
    this.start();
    this.pass(16_000);
    for (const { instance } of this.nodes) for (const topic of topics) instance.publish(topic);
    this.pass(1000);
    for (const { instance, inner } of this.nodes) this.#checkAtRest(instance, inner);
    for (const topic of topics) this.#checkOrder(topic);
  }

  #checkAtRest(instance: HistoryInstance, inner: Engine): void {
    const { relay, topics, unanswered, views } = instance;
    assert.equal(relay.state, "up");
    assert.equal(unanswered, 0, "publications without an answer");
    assert.equal(relay.history!.metrics.queueBytes, 0);
    const channels = this.bus.channelsOf(inner).filter((channel) => channel.startsWith("h"));
    assert.deepEqual(channels.sort(), topics.map(historyChannel).sort());
    for (const [topic, { position, gaps }] of views) {
      const channel = historyChannel(topic);
      const { epoch, top } = this.bus.history.read(channel, 0, 0);
      const truth = this.truth.of(channel);
      assert.equal(truth.top?.offset, top);
      const end = relay.history!.position(topic);
      assert.deepEqual(end, { epoch, offset: top, check: truth.top?.check });
      assert.equal(position?.epoch, epoch);
      // No gap is told where nothing can be missing.
      if (!truth.hasLost && topic !== "b") assert.equal(gaps, 0, `gaps in ${topic}`);
    }
  }

  /** In the present epoch all instances have the same message at each offset. */
  #checkOrder(topic: string): void {
    // What is lost of a short history may be lost unnoticed: nothing to compare is left.
    if (topic === "b") return;
    const order = new Map<number, string>();
    for (const { instance } of this.nodes) {
      for (const [offset, id] of instance.views.get(topic)?.order ?? []) {
        assert.equal(order.get(offset) ?? id, id, `two messages have the offset ${offset} of ${topic}`);
        order.set(offset, id);
      }
    }
  }
}
