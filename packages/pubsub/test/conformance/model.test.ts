import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../runs.ts";
import { Harness, type Operation, type Reaction, TOPICS } from "./harness.ts";

const BOXES = 4;
const box = fc.nat({ max: BOXES - 1 });
const topic = fc.nat({ max: TOPICS.length - 1 });

const subscribe = fc.record({ kind: fc.constant("subscribe" as const), box, topic });
const publish = fc.oneof(
  fc.record({ kind: fc.constant("publish" as const), topic }),
  fc.record({ kind: fc.constant("publishExcept" as const), box, topic }),
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: subscribe },
  { weight: 8, arbitrary: publish },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("unsubscribe" as const), box, topic }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("flushOne" as const), box }) },
  { weight: 2, arbitrary: fc.constant({ kind: "flush" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("close" as const), box }) },
);
const reaction: fc.Arbitrary<Reaction> = fc.record({
  operations: fc.array(operation, { maxLength: 6 }),
  throws: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
/** Without a few subscriptions to begin with, most generated publishes would have no recipient. */
const joins = fc.array(subscribe, { minLength: 4, maxLength: 12 });

describe("the broker does the same as a map of sets with a queue for each subscriber", () => {
  test("one operation after the other", () => {
    let deliveries = 0;
    const often = runs(1500);
    fc.assert(
      fc.property(joins, fc.array(operation, { maxLength: 60, size: "max" }), (first, operations) => {
        const harness = new Harness(BOXES, []);
        harness.run([...first, ...operations]);
        deliveries += harness.deliveries;
      }),
      often,
    );
    expect(deliveries).toBeGreaterThan(often.numRuns);
  });

  test("with operations and errors from within deliver", () => {
    let deliveries = 0;
    const often = runs(2500);
    const reactions = fc.array(reaction, { maxLength: 30, size: "max" });
    fc.assert(
      fc.property(
        joins,
        fc.array(operation, { maxLength: 40, size: "max" }),
        reactions,
        (first, operations, inside) => {
          const harness = new Harness(BOXES, inside);
          harness.run([...first, ...operations]);
          deliveries += harness.deliveries;
        },
      ),
      often,
    );
    expect(deliveries).toBeGreaterThan(often.numRuns);
  });
});
