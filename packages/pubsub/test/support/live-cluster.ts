import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "../../src/relay/index.ts";
import { Instance } from "./cluster.ts";
import { type Command, NODES, TOPICS } from "./commands.ts";
import { FaultyEngine } from "./faulty-engine.ts";

/** A real engine under test. What it cannot do is left out of the commands. */
export interface EngineRig {
  /** A driver for one more instance. */
  engine(): Engine;
  /** Breaks the connection of a driver, which connects again. */
  disconnect?(engine: Engine): Promise<void> | void;
  /** Kills the engine, and brings it back. */
  stop?(): Promise<void> | void;
  start?(): Promise<void> | void;
  /** Cuts the network of a driver: nothing arrives, and nothing is told. */
  partition?(engine: Engine, isCut: boolean): Promise<void> | void;
}

interface Node {
  readonly instance: Instance;
  readonly engine: FaultyEngine;
  readonly inner: Engine;
}

/** Real milliseconds of a "pass". */
const MOMENT_MS = 10;
const SETTLE_MS = 30_000;
const ARRIVE_MS = 3000;

/**
 * The same commands and checks as in the simulation, with instances on a real engine. Time in the relays runs as it does, and leaps by
 * "advance" and "pass".
 */
export class LiveCluster {
  readonly #rig: EngineRig;
  readonly #nodes: Node[] = [];
  readonly #all: Instance[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #failures: unknown[] = [];
  #leap = 0;
  #isStopped = false;

  constructor(rig: EngineRig) {
    this.#rig = rig;
    for (let i = 0; i < NODES; i++) this.#nodes.push(this.#node());
    this.#timer = setInterval(() => this.#tick(), 50);
  }

  #node(): Node {
    const inner = this.#rig.engine();
    const engine = new FaultyEngine(inner);
    const id = randomBytes(8).toString("hex");
    const instance = new Instance({ engine, id, now: () => performance.now() + this.#leap });
    engine.onLoss = () => instance.away();
    instance.subscribe(0, "a");
    this.#all.push(instance);
    return { instance, engine, inner };
  }

  #tick(): void {
    for (const { instance } of this.#nodes) this.#try(() => instance.relay.tick());
  }

  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#failures.push(error);
    }
  }

  /** Ends the turns that were asked for. */
  #flush(): void {
    for (const { instance } of this.#nodes) if (instance.isScheduled) this.#try(() => instance.flush());
  }

  async perform(command: Command): Promise<void> {
    switch (command.kind) {
      case "stop":
        if (this.#rig.stop === undefined) return;
        this.#isStopped = true;
        return this.#rig.stop();
      case "start":
        if (this.#isStopped) await this.#rig.start?.();
        this.#isStopped = false;
        return;
      case "step":
        await nextTurn();
        return this.#flush();
      case "advance":
        this.#leap += command.ms;
        return this.#tick();
      case "pass":
        this.#leap += command.ms;
        this.#tick();
        this.#flush();
        await sleep(MOMENT_MS);
        return this.#flush();
    }
    const node = this.#nodes[command.node]!;
    const { instance, inner, engine } = node;
    switch (command.kind) {
      case "subscribe":
      case "unsubscribe":
        return instance[command.kind](command.client, TOPICS[command.topic]!);
      case "publish":
        instance.publish(TOPICS[command.topic]!, command.size, command.compress);
        if (command.flush) this.#try(() => instance.flush());
        return;
      case "flush":
        return this.#try(() => instance.flush());
      case "disconnect":
        return this.#rig.disconnect?.(inner);
      case "partition":
      case "mend":
        return this.#rig.partition?.(inner, command.kind === "partition");
      case "duplicate":
        engine.duplicates++;
        return;
      case "lose":
        engine.losses++;
        return;
      case "late":
        // A real engine does it by itself, or does not.
        return;
      case "kill":
        engine.kill();
        this.#nodes[command.node] = this.#node();
        return;
      case "close":
        await instance.relay.close();
        this.#nodes[command.node] = this.#node();
        return;
    }
  }

  /** Ends all faults, waits until everything is as it must be, and closes the instances. */
  async finish(): Promise<void> {
    try {
      if (this.#isStopped) await this.#rig.start?.();
      for (const { engine, inner } of this.#nodes) {
        engine.losses = 0;
        engine.duplicates = 0;
        await this.#rig.partition?.(inner, false);
      }
      this.#flush();
      await this.#until(() => {
        for (const { instance } of this.#nodes) {
          assert.equal(instance.relay.state, "up");
          assert.equal(instance.relay.metrics.queueBytes, 0);
          for (const other of this.#nodes)
            if (other.instance !== instance) instance.checkTold(other.instance);
        }
      }, SETTLE_MS);
      await this.#deliverLast();
    } finally {
      clearInterval(this.#timer);
      for (const { instance } of this.#nodes) await instance.relay.close();
    }
  }

  /** A message arrives everywhere; the first one may be too early for a subscription that was just asked for. */
  async #deliverLast(): Promise<void> {
    for (let tries = 9; tries >= 0; tries--) {
      for (const { instance } of this.#nodes) for (const topic of TOPICS) instance.publish(topic);
      try {
        return await this.#until(() => {
          for (const { instance } of this.#nodes) {
            for (const other of this.#nodes) {
              if (other.instance !== instance) instance.checkArrived(other.instance);
            }
          }
        }, ARRIVE_MS);
      } catch (error) {
        this.#assertNoFailure();
        if (tries === 0) throw error;
      }
    }
  }

  async #until(check: () => void, ms: number): Promise<void> {
    const end = performance.now() + ms;
    for (;;) {
      this.#flush();
      this.#assertNoFailure();
      try {
        return check();
      } catch (error) {
        if (performance.now() > end) throw error;
      }
      await sleep(MOMENT_MS);
    }
  }

  #assertNoFailure(): void {
    for (const { failures } of this.#all) if (failures.length > 0) throw failures[0];
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}
