import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Replies } from "../../src/load/replies.ts";

describe("Replies", () => {
  it("takes each echo as a reply", () => {
    const replies = new Replies(1, 16);
    expect(replies.take(1)).toBe(1);
    expect(replies.take(16)).toBe(16);
    expect(replies.take(0)).toBe(0);
  });

  it("waits for a message from everyone in the room", () => {
    const replies = new Replies(3, 2);
    expect(replies.take(2)).toBe(0);
    expect(replies.take(1)).toBe(1);
    expect(replies.take(5)).toBe(1);
    expect(replies.take(1)).toBe(1);
  });

  it("never counts more replies than messages in flight, and loses nothing of the rest", () => {
    const replies = new Replies(2, 3);
    expect(replies.take(11)).toBe(3);
    expect(replies.take(0)).toBe(2);
    expect(replies.take(1)).toBe(1);
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
            replies: new Replies(members, inFlight),
          }));
          let sent = members * inFlight;
          const read = (member: number, most: number): void => {
            const one = room[member % members]!;
            const messages = Math.min(most, sent - one.read);
            one.read += messages;
            const replied = one.replies.take(messages);
            expect(replied).toBeLessThanOrEqual(inFlight);
            sent += replied;
          };
          for (const { member, messages } of random) read(member, messages);
          // A member that reads everything there is sends again within two rounds, or no member would.
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
