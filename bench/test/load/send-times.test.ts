import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SendTimes } from "../../src/load/send-times.ts";

describe("SendTimes", () => {
  it("is a queue of single operations, however they are grouped", () => {
    const capacity = 8;
    const steps = fc.array(fc.record({ send: fc.nat(capacity), take: fc.nat(capacity) }), { maxLength: 50 });
    fc.assert(
      fc.property(steps, (list) => {
        const times = new SendTimes(capacity);
        const model: number[] = [];
        let clock = 0;
        for (const { send, take } of list) {
          clock++;
          const sent = Math.min(send, capacity - model.length);
          if (sent > 0) times.push(sent, clock);
          for (let i = 0; i < sent; i++) model.push(clock);
          const taken: number[] = [];
          times.take(Math.min(take, model.length), (time, count) => {
            for (let i = 0; i < count; i++) taken.push(time);
          });
          expect(taken).toEqual(model.splice(0, Math.min(take, model.length)));
        }
      }),
    );
  });

  it("reports the operations of one write as one group", () => {
    const times = new SendTimes(16);
    times.push(16, 5);
    const groups: number[][] = [];
    times.take(10, (sent, count) => groups.push([sent, count]));
    times.push(10, 7);
    times.take(16, (sent, count) => groups.push([sent, count]));
    expect(groups).toEqual([
      [5, 10],
      [5, 6],
      [7, 10],
    ]);
  });
});
