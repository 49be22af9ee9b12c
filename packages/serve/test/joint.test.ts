import { describe, expect, it } from "vitest";
import { Joint } from "../src/joint.ts";

describe("a joint", () => {
  it("has what was put into it, in order, as a copy", () => {
    const joint = Joint.take();
    const bytes = Uint8Array.of(1, 0, 255);
    joint.text("caf\xe9 ");
    joint.bytes(bytes);
    bytes.fill(7);
    joint.text("");
    joint.text(" end");
    expect(joint.content.toString("latin1")).toBe("caf\xe9 \x01\x00\xff end");
  });

  it("knows what it has room for", () => {
    const joint = Joint.take();
    const size = 64 * 1024;
    expect(joint.hasRoom(size)).toBe(true);
    joint.bytes(new Uint8Array(size));
    expect(joint.hasRoom(1024)).toBe(true);
    expect(joint.hasRoom(size)).toBe(false);
    expect(joint.content.length).toBe(size);
  });

  it("is empty when it is taken again, and never anybody else's", () => {
    const joints = Array.from({ length: 40 }, () => Joint.take());
    expect(new Set(joints).size).toBe(40);
    for (const joint of joints) {
      joint.text("x");
      joint.giveBack();
    }
    const again = Array.from({ length: 40 }, () => Joint.take());
    expect(new Set(again).size).toBe(40);
    expect(again.every((joint) => joint.content.length === 0)).toBe(true);
    // Only so many are kept.
    expect(again.filter((joint) => joints.includes(joint)).length).toBe(16);
  });
});
