import fc from "fast-check";

export const NODES = 3;
export const TOPICS: readonly string[] = ["a", "b", "\ud800"];

/** What may happen to a cluster. Each harness interprets it: in memory step by step, or with a real engine. */
export type Command =
  | {
      readonly kind: "subscribe" | "unsubscribe";
      readonly node: number;
      readonly client: number;
      readonly topic: number;
    }
  | {
      readonly kind: "publish";
      readonly node: number;
      readonly topic: number;
      readonly size: number;
      readonly compress: boolean;
      /** Whether the turn ends with it. */
      readonly flush: boolean;
    }
  | {
      readonly kind: "step";
      readonly node: number;
      readonly direction: "out" | "in";
      /** How many. */
      readonly count: number;
    }
  | {
      /** `late`: what was sent on a connection that broke is executed long after. */
      readonly kind:
        | "flush"
        | "disconnect"
        | "partition"
        | "mend"
        | "duplicate"
        | "lose"
        | "late"
        | "kill"
        | "close";
      readonly node: number;
    }
  | { readonly kind: "advance" | "pass"; readonly ms: number }
  | { readonly kind: "stop" | "start" };

const node = fc.nat(NODES - 1);
const topic = fc.constantFrom(0, 0, 0, 1, 2);
const count = fc.constantFrom(1, 1, 2, 5);
const of = <K extends string>(kind: K): fc.Arbitrary<{ kind: K; node: number }> =>
  fc.record({ kind: fc.constant(kind), node });
const member = <K extends string>(kind: K) =>
  fc.record({ kind: fc.constant(kind), node, client: fc.nat(1), topic });
const step = <D extends string>(direction: D) =>
  fc.record({ kind: fc.constant("step"), node, direction: fc.constant(direction), count });

export const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: member("subscribe") },
  { weight: 2, arbitrary: member("unsubscribe") },
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant("publish"),
      node,
      topic,
      size: fc.constantFrom(0, 0, 0, 300, 1500),
      compress: fc.boolean(),
      flush: fc.constantFrom(true, true, false),
    }),
  },
  { weight: 4, arbitrary: of("flush") },
  { weight: 12, arbitrary: step("out") },
  { weight: 12, arbitrary: step("in") },
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant("pass"), ms: fc.constantFrom(0, 0, 0, 500, 7000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("advance"), ms: fc.constantFrom(100, 4000, 11_000) }),
  },
  { weight: 4, arbitrary: of("disconnect") },
  { weight: 1, arbitrary: of("partition") },
  { weight: 2, arbitrary: of("mend") },
  { weight: 3, arbitrary: of("duplicate") },
  { weight: 3, arbitrary: of("lose") },
  { weight: 3, arbitrary: of("late") },
  { weight: 1, arbitrary: of("kill") },
  { weight: 1, arbitrary: of("close") },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("stop") }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("start") }) },
) as fc.Arbitrary<Command>;

/** What happens to a cluster in one test. */
export const commands: fc.Arbitrary<Command[]> = fc.array(command, {
  minLength: 40,
  maxLength: 120,
  size: "max",
});
