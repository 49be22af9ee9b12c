/** Every window, with context and without, messages of every size, both roles; against ourselves and against node:zlib. */
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { BinaryEvent } from "../../src/index.ts";
import { agreedFor, deflating, framesOf, messagesOf } from "../deflate-sides.ts";
import { hex, peerOf, ROLES, receive } from "../support.ts";

const WINDOWS = [8, 9, 10, 11, 12, 13, 14, 15];
const SIZES: ReadonlyArray<readonly [bytes: number, times: number]> = [
  [16, 20],
  [125, 10],
  [126, 10],
  [1024, 10],
  [16 * 1024, 4],
  [64 * 1024, 3],
  [128 * 1024, 2],
];
const TAIL = hex("0000ffff");
const flushed = { finishFlush: constants.Z_SYNC_FLUSH };

/** Something like JSON, something like text, and what cannot be compressed, in turn. */
const messages: readonly Buffer[] = SIZES.flatMap(([bytes, times]) =>
  Array.from({ length: times }, (_, i) => {
    if (i % 3 === 0)
      return fill(bytes, (n) => `{"id":${n * 7919},"name":"bun ${n % 31}","hot":${n % 2 === 0}},`);
    if (i % 3 === 1) return fill(bytes, (n) => ["steamed", "bun", "dough", "rises", "slowly"][(n * n) % 5]!);
    return Buffer.from(Array.from({ length: bytes }, (__, n) => ((n * n * 2654435761 + i) >>> 13) & 255));
  }),
);

function fill(bytes: number, piece: (n: number) => string): Buffer {
  let text = "";
  for (let n = bytes; text.length < bytes; n++) text += `${piece(n)} `;
  return Buffer.from(text.slice(0, bytes));
}

/** The bytes before each message that may be referred to. */
function histories(windowBits: number, takeover: boolean): Buffer[] {
  let before = Buffer.alloc(0);
  return messages.map((message) => {
    const history = before;
    before = takeover ? Buffer.concat([before, message]).subarray(-(2 ** windowBits)) : before;
    return history;
  });
}

function dictionary(history: Buffer): { dictionary?: Buffer } {
  return history.length === 0 ? {} : { dictionary: history };
}

function isSame(list: readonly Buffer[]): boolean {
  return list.length === messages.length && list.every((message, i) => message.equals(messages[i]!));
}

describe.each(ROLES)("a %s's messages", (role) => {
  const other = peerOf(role);

  describe.each([true, false])("with context taken over: %s", (takeover) => {
    it.each(WINDOWS)("arrive at our peer, and at zlib's inflate, with a window of %d bits", (windowBits) => {
      const params = agreedFor(role, windowBits, takeover);
      const { connection, sink } = deflating(role, params);
      for (const message of messages) connection.binary(message);
      const written = sink.flush();
      const received = receive(deflating(other, params).connection, written);
      expect(isSame(received.map((event) => (event as BinaryEvent).bytes))).toBe(true);
      const before = histories(windowBits, takeover);
      const inflated = framesOf(written).map(({ first, payload }, i) => {
        // A message that would only grow is not compressed, if no other may refer to it.
        if (first === 0x82 && !takeover) return payload;
        const options = { ...flushed, windowBits, ...dictionary(before[i]!) };
        return inflateRawSync(Buffer.concat([payload, TAIL]), options);
      });
      expect(isSame(inflated)).toBe(true);
    });

    it.each(
      WINDOWS,
    )("are understood when zlib's deflate has made them, with a window of %d bits", (windowBits) => {
      const before = histories(windowBits, takeover);
      const payloads = messages.map((message, i) => {
        const settings = {
          windowBits: Math.max(windowBits, 9),
          memLevel: 1 + (i % 9),
          level: i % 10,
          strategy: i % 5,
        };
        return deflateRawSync(message, { ...flushed, ...settings, ...dictionary(before[i]!) }).subarray(
          0,
          -4,
        );
      });
      const receiver = deflating(other, agreedFor(role, windowBits, takeover));
      expect(isSame(messagesOf(receiver, role, payloads))).toBe(true);
    });
  });
});
