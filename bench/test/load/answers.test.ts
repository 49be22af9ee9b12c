import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Answers } from "../../src/load/answers.ts";

describe("Answers", () => {
  it("takes each echo as an answer", () => {
    const answers = new Answers(1, 16);
    expect(answers.take(1)).toBe(1);
    expect(answers.take(16)).toBe(16);
    expect(answers.take(0)).toBe(0);
  });

  it("waits for a message from everyone in the room", () => {
    const answers = new Answers(3, 2);
    expect(answers.take(2)).toBe(0);
    expect(answers.take(1)).toBe(1);
    expect(answers.take(5)).toBe(1);
    expect(answers.take(1)).toBe(1);
  });

  it("never takes more as answered than is in flight, and loses nothing of the rest", () => {
    const answers = new Answers(2, 3);
    expect(answers.take(11)).toBe(3);
    expect(answers.take(0)).toBe(2);
    expect(answers.take(1)).toBe(1);
  });

  it("lets a room go on for ever, in whatever order and pieces its members read", () => {
    const reads = fc.array(fc.record({ member: fc.nat(5), messages: fc.nat(200) }), { maxLength: 100 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 16 }),
        reads,
        (members, inFlight, random) => {
          const room = Array.from({ length: members }, () => ({
            read: 0,
            answers: new Answers(members, inFlight),
          }));
          let sent = members * inFlight;
          const read = (member: number, most: number): void => {
            const one = room[member % members]!;
            const messages = Math.min(most, sent - one.read);
            one.read += messages;
            const answered = one.answers.take(messages);
            expect(answered).toBeLessThanOrEqual(inFlight);
            sent += answered;
          };
          for (const { member, messages } of random) read(member, messages);
          // A member that reads everything there is sends again within two rounds, or nobody would.
          for (let round = 0; round < 20; round++) {
            const before = sent;
            for (let member = 0; member < members; member++) read(member, Number.POSITIVE_INFINITY);
            expect(sent).toBeGreaterThan(before);
          }
        },
      ),
    );
  });
});
