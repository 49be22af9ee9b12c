import fc from "fast-check";
import { it } from "vitest";
import { runs } from "../runs.ts";
import { type Command, commands, NODES, TOPICS } from "../support/commands.ts";
import { Simulation } from "../support/simulation.ts";

function perform(simulation: Simulation, command: Command): void {
  switch (command.kind) {
    case "step":
      for (let i = 0; i < command.count; i++) simulation.step(command.node, command.direction);
      break;
    case "advance":
    case "pass":
      simulation[command.kind](command.ms);
      break;
    case "stop":
    case "start":
      simulation[command.kind]();
      break;
    case "subscribe":
    case "unsubscribe":
      simulation.node(command.node).instance[command.kind](command.client, TOPICS[command.topic]!);
      break;
    case "publish":
      simulation.node(command.node).instance.publish(TOPICS[command.topic]!, command.size, command.compress);
      if (command.flush) simulation.flush(command.node);
      break;
    default:
      simulation[command.kind](command.node);
  }
}

it("delivers at most once, in the order of the publisher, and tells what is missing, whatever breaks", () => {
  fc.assert(
    fc.property(fc.boolean(), commands, (settled, all) => {
      const simulation = new Simulation(NODES);
      if (settled) simulation.pass(500);
      for (const each of all) perform(simulation, each);
      simulation.heal();
      simulation.checkCounts(TOPICS);
      simulation.checkDelivery(TOPICS);
    }),
    runs(1000),
  );
});
