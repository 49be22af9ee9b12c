import fc from "fast-check";
import { it } from "vitest";
import { runs } from "../runs.ts";
import { type Command, command, NODES, TOPICS } from "../support/commands.ts";
import { HistorySimulation } from "../support/history-simulation.ts";

type HistoryCommand =
  | Command
  | { readonly kind: "rollBack"; readonly topic: number; readonly frames: number }
  | { readonly kind: "evict"; readonly topic: number }
  | { readonly kind: "refuse" | "loseRotate"; readonly node: number };

const node = fc.nat(NODES - 1);
const topic = fc.constantFrom(0, 0, 0, 1, 2);
const historyCommand: fc.Arbitrary<HistoryCommand> = fc.oneof(
  { weight: 60, arbitrary: command as fc.Arbitrary<HistoryCommand> },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("rollBack"), topic, frames: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("evict"), topic }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("refuse", "loseRotate"), node }) },
) as fc.Arbitrary<HistoryCommand>;
const commands = fc.array(historyCommand, { minLength: 40, maxLength: 120, size: "max" });

function perform(simulation: HistorySimulation, each: HistoryCommand): void {
  switch (each.kind) {
    case "step":
      for (let i = 0; i < each.count; i++) simulation.step(each.node, each.direction);
      break;
    case "advance":
    case "pass":
      simulation[each.kind](each.ms);
      break;
    case "stop":
    case "start":
      simulation[each.kind]();
      break;
    case "subscribe":
    case "unsubscribe":
      simulation.node(each.node).instance[each.kind](TOPICS[each.topic]!);
      break;
    case "publish":
      simulation.node(each.node).instance.publish(TOPICS[each.topic]!, each.size, each.compress);
      if (each.flush) simulation.flush(each.node);
      break;
    case "rollBack":
      simulation.rollBack(TOPICS[each.topic]!, each.frames);
      break;
    case "evict":
      simulation.evict(TOPICS[each.topic]!);
      break;
    default:
      simulation[each.kind](each.node);
  }
}

it("delivers history topics in one order, without a hole that is not told, whatever breaks", () => {
  fc.assert(
    fc.property(fc.boolean(), commands, (settled, all) => {
      const simulation = new HistorySimulation(NODES);
      if (settled) simulation.pass(500);
      for (const each of all) perform(simulation, each);
      simulation.heal(TOPICS);
    }),
    runs(1000),
  );
});
