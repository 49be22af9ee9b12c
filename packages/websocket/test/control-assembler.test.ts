import { expect, it } from "vitest";
import { ControlAssembler } from "../src/control-assembler.ts";
import { FrameDecoder, PIECE } from "../src/frame-decoder.ts";
import { peerOf, ROLES, wire } from "./support.ts";

it.each(ROLES)("puts a %s's control frames together, however they are cut", (role) => {
  const payloads = ["ping", "", "x".repeat(125), "last"].map((text) => Buffer.from(text));
  const bytes = wire(peerOf(role), ...payloads.map((payload) => ({ opcode: 9, payload })));
  for (let at = 0; at <= bytes.length; at++) {
    const decoder = new FrameDecoder({ masked: role === "server", rsv1: false, frameBytes: 0 });
    const assembler = new ControlAssembler();
    const found: Buffer[] = [];
    for (const part of [bytes.subarray(0, at), bytes.subarray(at)]) {
      const lent = Buffer.from(part);
      decoder.push(lent);
      while (decoder.next() === PIECE) {
        const payload = assembler.push(decoder);
        if (payload !== null) found.push(payload);
      }
      lent.fill(0);
    }
    expect(found).toEqual(payloads);
  }
});
