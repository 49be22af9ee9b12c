import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ExpectedReply } from "../../src/load/expected-reply.ts";
import { frame, opcodes } from "../../src/load/frames.ts";
import { scenarioMessage, wirePayload } from "../../src/load/outgoing.ts";

describe("an uncompressed reply", () => {
  const message = scenarioMessage("text", 300, false);
  const right = frame(message);

  it("is right when it is the message's frame, whatever comes behind", () => {
    const reply = new ExpectedReply(message);
    for (let length = 0; length < right.length; length++) {
      expect(reply.check(right.subarray(0, length))).toBe(false);
    }
    expect(reply.check(right)).toBe(true);
    expect(reply.check(Buffer.concat([right, right.subarray(0, 7)]))).toBe(true);
  });

  it("is refused at the first byte that differs", () => {
    const reply = new ExpectedReply(message);
    for (const at of [0, 1, 3, 4, 200, right.length - 1]) {
      const wrong = Buffer.from(right);
      wrong[at]! ^= 1;
      expect(() => reply.check(wrong.subarray(0, at + 1)), `byte ${at}`).toThrow("differs");
    }
    expect(() => reply.check(frame({ ...message, opcode: opcodes.binary }))).toThrow("differs");
  });
});

describe("a compressed reply", () => {
  const message = scenarioMessage("json", 200, true);
  const right = frame({ ...message, payload: wirePayload(message) });

  it("is right when it inflates to the message, however it was compressed", () => {
    const reply = new ExpectedReply(message);
    for (let length = 0; length < right.length; length++) {
      expect(reply.check(right.subarray(0, length))).toBe(false);
    }
    expect(reply.check(right)).toBe(true);
    for (const level of [0, 1, 9]) {
      // A final block, and then an empty one that is cut off as usual.
      const payload = Buffer.concat([deflateRawSync(message.payload, { level }), Buffer.from([0])]);
      expect(reply.check(frame({ ...message, payload })), `${level}`).toBe(true);
    }
  });

  it("is refused when it is not compressed, of another kind or another message", () => {
    const reply = new ExpectedReply(message);
    expect(() => reply.check(frame({ ...message, compressed: false }))).toThrow("not compressed");
    expect(() => {
      reply.check(frame({ ...message, opcode: opcodes.binary, payload: wirePayload(message) }));
    }).toThrow("inflates to something else");
    const other = { ...message, payload: Buffer.from("{}") };
    expect(() => reply.check(frame({ ...other, payload: wirePayload(other) }))).toThrow("something else");
  });
});
