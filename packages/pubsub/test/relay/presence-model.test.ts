import fc from "fast-check";
import { it } from "vitest";
import { runs } from "../runs.ts";
import { NODES, TOPICS } from "../support/commands.ts";
import { PresenceSimulation } from "../support/presence-simulation.ts";

type OfNode =
  | "flush"
  | "disconnect"
  | "partition"
  | "sleep"
  | "mend"
  | "duplicate"
  | "late"
  | "kill"
  | "close";

/** A call of the simulation, and whether the turn of the first argument's instance ends with it. */
type Act =
  | readonly [kind: "enter", node: number, topic: string, number: number, size: number]
  | readonly [kind: "leave", node: number, topic: string, number: number]
  | readonly [kind: "watch" | "unwatch", node: number, topic: string]
  | readonly [kind: "step", node: number, direction: "out" | "in", count: number]
  | readonly [kind: "pass" | "advance", ms: number]
  | readonly [kind: OfNode, node: number]
  | readonly [kind: "stop" | "start"];

const node = fc.nat(NODES - 1);
const topic = fc.constantFrom("a", "a", "a", ...TOPICS);
const number = fc.integer({ min: 1, max: 3 });
const kind = <K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name);
const of = (name: OfNode): fc.Arbitrary<Act> => fc.tuple(kind(name), node);

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.tuple(kind("enter"), node, topic, number, fc.constantFrom(0, 0, 30, 1000)),
  },
  { weight: 12, arbitrary: fc.tuple(kind("leave"), node, topic, number) },
  { weight: 5, arbitrary: fc.tuple(kind("watch"), node, topic) },
  { weight: 3, arbitrary: fc.tuple(kind("unwatch"), node, topic) },
  { weight: 20, arbitrary: of("flush") },
  {
    weight: 30,
    arbitrary: fc.tuple(
      kind("step"),
      node,
      fc.constantFrom("out" as const, "in" as const),
      fc.constantFrom(1, 1, 2, 5),
    ),
  },
  { weight: 12, arbitrary: fc.tuple(kind("pass"), fc.constantFrom(0, 0, 0, 500, 7000, 16_000)) },
  { weight: 2, arbitrary: fc.tuple(kind("advance"), fc.constantFrom(100, 4000, 20_000)) },
  { weight: 4, arbitrary: of("disconnect") },
  { weight: 1, arbitrary: of("partition") },
  { weight: 2, arbitrary: of("sleep") },
  { weight: 4, arbitrary: of("mend") },
  { weight: 3, arbitrary: of("duplicate") },
  { weight: 4, arbitrary: of("late") },
  { weight: 1, arbitrary: of("kill") },
  { weight: 1, arbitrary: of("close") },
  { weight: 1, arbitrary: fc.tuple(kind("stop")) },
  { weight: 3, arbitrary: fc.tuple(kind("start")) },
);

function perform(simulation: PresenceSimulation, [name, ...values]: Act): void {
  const method = simulation[name] as (...args: typeof values) => void;
  method.apply(simulation, values);
}

it("all instances know the members of all that live, and of no others, whatever breaks", () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(act, { minLength: 40, maxLength: 120, size: "max" }),
      (settled, acts) => {
        const simulation = new PresenceSimulation(NODES);
        if (settled) simulation.pass(500);
        for (const each of acts) perform(simulation, each);
        simulation.heal(TOPICS);
      },
    ),
    runs(1000),
  );
});
