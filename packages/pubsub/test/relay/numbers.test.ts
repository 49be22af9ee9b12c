import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fifo } from "../../src/relay/fifo.ts";
import type { FrameHead } from "../../src/relay/frame.ts";
import { MOST_PEERS } from "../../src/relay/limits.ts";
import { OwnNumbers } from "../../src/relay/own-numbers.ts";
import { Peers } from "../../src/relay/peers.ts";
import { runs } from "../runs.ts";

describe("the numbers of this instance", () => {
  it("are never used twice, and are those of a channel in order, however few channels are remembered", () => {
    const use = fc.record({ channel: fc.constantFrom("a", "b", "c", "d"), count: fc.nat(3) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(use), (most, uses) => {
        const numbers = new OwnNumbers(most);
        const next = new Map<string, number>();
        for (const { channel, count } of uses) {
          const { sequence, start } = numbers.take(channel, count);
          const expected = next.get(channel) ?? 0;
          // Either they go on, or they begin anew above all numbers that the channel had.
          if (sequence !== expected) expect(sequence).toBe(start);
          expect(sequence).toBeGreaterThanOrEqual(expected);
          expect(start).toBeLessThanOrEqual(sequence);
          next.set(channel, sequence + count);
          expect(numbers.size).toBeLessThanOrEqual(most);
        }
      }),
      runs(500),
    );
  });

  it("are forgotten for the channel that was used longest ago", () => {
    const numbers = new OwnNumbers(2);
    for (const channel of ["a", "b", "a", "c"]) numbers.take(channel, 5);
    expect(numbers.take("a", 1)).toEqual({ sequence: 10, start: 0 });
    expect(numbers.take("b", 1)).toEqual({ sequence: 10, start: 10 });
  });

  it("that were lost are told once, unless a later frame tells them", () => {
    const numbers = new OwnNumbers();
    for (const channel of ["a", "b", "c"]) numbers.take(channel, 5);
    for (const channel of ["a", "b"]) numbers.lose(channel, 3);
    // A frame before the lost ones tells nothing.
    numbers.sent("a", 2);
    numbers.sent("b", 3);
    expect(numbers.takeLost()).toEqual(["a"]);
    expect(numbers.takeLost()).toEqual([]);
  });

  it("that were lost are told also if earlier ones are lost later", () => {
    const numbers = new OwnNumbers();
    numbers.take("a", 5);
    numbers.lose("a", 3);
    numbers.lose("a", 1);
    numbers.sent("a", 1);
    expect(numbers.takeLost()).toEqual(["a"]);
  });

  it("that were lost are forgotten with their channel", () => {
    const numbers = new OwnNumbers(1);
    numbers.take("a", 5);
    numbers.lose("a", 3);
    numbers.take("b", 5);
    numbers.lose("a", 5);
    expect(numbers.takeLost()).toEqual([]);
  });
});

describe("the numbers of other instances", () => {
  const head = (instance: string, sequence: number, count = 1): FrameHead => ({
    instance,
    sequence,
    start: 0,
    count,
    compress: false,
    control: false,
  });

  it("are bounded in all, and those known longest go first", () => {
    const peers = new Peers(3);
    for (const [instance, channel] of ["xa", "ya", "xb", "yb"] as const) {
      peers.receive(head(instance!, 0), channel!, 0);
    }
    expect(peers.numberCount).toBe(3);
    // x's number in "a" is not known any more; the others are.
    expect(peers.receive(head("y", 4), "b", 0)).toBe(3);
    expect(peers.receive(head("x", 4), "b", 0)).toBe(3);
    expect(peers.receive(head("y", 4), "a", 0)).toBe(3);
    expect(peers.receive(head("x", 4), "a", 0)).toBe(0);
    expect(peers.numberCount).toBe(3);
  });

  it("are those of so many instances at most: the most silent one goes", () => {
    const peers = new Peers();
    for (let i = 0; i < MOST_PEERS; i++) peers.receive(head(`${i}`, 0), "a", i);
    peers.receive(head("0", 1), "a", 5000);
    for (let i = 0; i < 3; i++) peers.receive(head(`new ${i}`, 0), "a", 5001);
    expect(peers.size).toBe(MOST_PEERS);
    expect(peers.numberCount).toBe(MOST_PEERS);
    expect(peers.receive(head("0", 3), "a", 5002)).toBe(1);
    expect(peers.receive(head("1", 3), "a", 5002)).toBe(0);
  });

  it("are forgotten with an instance that is silent for 5 minutes, not with one that says goodbye", () => {
    const peers = new Peers();
    for (const instance of ["x", "y"]) peers.receive(head(instance, 0), "a", 0);
    peers.farewell("x", 0);
    expect(peers.receive(head("x", 0), "a", 0)).toBe(-1);
    peers.receive(head("y", 1), "a", 1000);
    peers.tick(300_000);
    expect(peers.size).toBe(1);
    expect(peers.numberCount).toBe(1);
    peers.tick(301_000);
    expect(peers.size).toBe(0);
    expect(peers.numberCount).toBe(0);
  });

  it("of a channel that is left are kept 75 seconds, unless it is subscribed again", () => {
    const peers = new Peers();
    for (const channel of ["a", "b", "c"]) peers.receive(head("x", 0), channel, 0);
    peers.leave("a", 0);
    peers.leave("b", 0);
    peers.leave("never received", 0);
    peers.rejoin("b");
    peers.tick(74_999);
    expect(peers.numberCount).toBe(3);
    expect(peers.receive(head("x", 0), "a", 74_999)).toBe(-1);
    peers.tick(75_000);
    expect(peers.numberCount).toBe(2);
    expect(peers.receive(head("x", 0), "b", 75_000)).toBe(-1);
  });
});

it("a queue gives what it got, in order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -40, max: 100 }), { maxLength: 30 }), (steps) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      let next = 0;
      for (const step of steps) {
        for (let i = 0; i < step; i++) {
          fifo.push(next);
          model.push(next++);
        }
        for (let i = 0; i > step; i--) expect(fifo.shift()).toBe(model.shift());
        expect(fifo.length).toBe(model.length);
        expect(fifo.first).toBe(model[0]);
      }
      expect(fifo.takeAll()).toEqual(model);
      expect(fifo.length).toBe(0);
    }),
    runs(200),
  );
});
