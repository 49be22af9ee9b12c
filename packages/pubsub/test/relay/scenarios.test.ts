import { expect, it } from "vitest";
import { Simulation } from "../support/simulation.ts";

/** Three instances with a member of "a" each, at rest. */
function cluster(): Simulation {
  const simulation = new Simulation(3);
  for (const { instance } of simulation.nodes) instance.subscribe(0, "a");
  simulation.pass(1000);
  simulation.publishAll(["a"]);
  simulation.pass(250);
  for (const { instance } of simulation.nodes) instance.events.length = 0;
  return simulation;
}

it("an engine that is killed and comes back within seconds: nothing is lost, whichever instance is back first", () => {
  for (const last of [0, 1, 2]) {
    const simulation = cluster();
    simulation.stop();
    simulation.pass(1000);
    for (let i = 0; i < 3; i++) simulation.publishAll(["a"]);
    simulation.pass(3000);
    simulation.start();
    simulation.partition(last);
    simulation.pass(1000);
    simulation.mend(last);
    simulation.pass(5000);
    for (const { instance } of simulation.nodes) {
      expect(instance.events.map(({ type }) => type)).toEqual(["down", "gap", "up"]);
      expect(instance.relay.metrics).toMatchObject({ dropped: 0, missed: 0 });
    }
    simulation.checkArrived();
  }
});

it("an engine that is away for longer than the queue: what is dropped is told by count, on both sides", () => {
  const simulation = cluster();
  simulation.stop();
  simulation.pass(1000);
  for (let i = 0; i < 4; i++) simulation.publishAll(["a"]);
  simulation.pass(12_000);
  simulation.publishAll(["a"]);
  simulation.start();
  simulation.pass(5000);
  for (const { instance } of simulation.nodes) {
    const dropped = instance.events.filter(({ type }) => type === "dropped");
    expect(dropped).toMatchObject([{ reason: "old", messages: 4 }]);
    const counts = instance.events.map((event) => (event.type === "gap" ? event.count : undefined));
    expect(counts.filter((count) => count !== undefined)).toEqual([null, 4, 4]);
  }
  simulation.checkArrived();
});

it("a connection that is cut without a word is replaced, and the others are told what was lost", () => {
  const simulation = cluster();
  simulation.partition(0);
  simulation.node(0).instance.publish("a");
  simulation.pass(11_000);
  simulation.mend(0);
  simulation.pass(16_000);
  const [first, ...others] = simulation.nodes;
  expect(first!.instance.events).toMatchObject([
    { type: "down", error: { message: expect.stringContaining("nothing came from the engine") } },
    { type: "dropped", messages: 1 },
    { type: "gap", topic: null },
    { type: "up" },
  ]);
  for (const { instance } of others) {
    expect(instance.events).toMatchObject([
      { type: "gap", topic: "a", count: 1, instance: first!.instance.id },
    ]);
  }
});
