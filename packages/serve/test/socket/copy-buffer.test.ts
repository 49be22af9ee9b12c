import { describe, expect, it } from "vitest";
import { Joint } from "../../src/socket/copy-buffer.ts";

describe("a joint", () => {
  it("has what was put into it, in order, as a copy", () => {
    const joint = Joint.take();
    const bytes = Uint8Array.of(1, 0, 255);
    expect(joint.text("caf\xe9 ", 0)).toBe(5);
    expect(joint.bytes(bytes, 0)).toBe(3);
    bytes.fill(7);
    expect(joint.text("", 0)).toBe(0);
    expect(joint.text("the end", 3)).toBe(4);
    expect(joint.bytes(bytes, 1)).toBe(2);
    expect(joint.content.toString("latin1")).toBe("caf\xe9 \x01\x00\xff end\x07\x07");
  });

  it("takes as much as it has room for", () => {
    for (const add of [
      (joint: Joint, start: number) => joint.text("x".repeat(50_000), start),
      (joint: Joint, start: number) => joint.bytes(new Uint8Array(50_000), start),
    ]) {
      const joint = Joint.take();
      expect(add(joint, 0)).toBe(50_000);
      expect(joint.hasRoom(10_000)).toBe(true);
      expect(joint.hasRoom(50_000)).toBe(false);
      const room = add(joint, 0);
      expect(room).toBeLessThan(50_000);
      expect([joint.hasRoom(0), joint.hasRoom(1)]).toEqual([true, false]);
      expect(joint.content.length).toBe(50_000 + room);
      expect(add(joint, room)).toBe(0);
    }
  });

  it("is empty when it is taken again, and never anybody else's", () => {
    const joints = Array.from({ length: 40 }, () => Joint.take());
    expect(new Set(joints).size).toBe(40);
    for (const joint of joints) {
      joint.text("x", 0);
      joint.giveBack();
    }
    const again = Array.from({ length: 40 }, () => Joint.take());
    expect(new Set(again).size).toBe(40);
    expect(again.every((joint) => joint.content.length === 0)).toBe(true);
    // Only so many are kept.
    expect(again.filter((joint) => joints.includes(joint)).length).toBe(16);
  });
});
