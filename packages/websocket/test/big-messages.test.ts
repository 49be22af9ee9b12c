import * as fc from "fast-check";
import { expect, it } from "vitest";
import { PerMessageDeflate } from "../src/deflate.ts";
import type { Connection, Event } from "../src/index.ts";
import { AT_ONCE_BYTES, POOL_BYTES } from "../src/limits.ts";
import { agreed, deflating } from "./deflate-sides.ts";
import { runs, side } from "./support.ts";

/** Messages that are decompressed at once, in the pool for what they become, and in the pool for what they are. */
const MESSAGES = {
  small: "small",
  bomb: "a".repeat(AT_ONCE_BYTES + 1),
  big: Buffer.from(Array.from({ length: POOL_BYTES }, (_, i) => ((i * i * 7919) >> 9) & 255)).toString(
    "base64",
  ),
};

/** A place in the bytes, and what the receiver does between those before it and those behind it. */
interface Cut {
  readonly message: number;
  /** How much of that message's frame is before it. */
  readonly part: number;
  /** How many events are read before the rest is kept; null: all, so that nothing has to be kept. */
  readonly reads: number | null;
  /** Whether the message in the pool is waited for. */
  readonly waits: boolean;
}

const cut: fc.Arbitrary<Cut> = fc.record({
  message: fc.nat(7),
  part: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  reads: fc.option(fc.nat(2)),
  waits: fc.boolean(),
});

function read(connection: Connection, events: Event[], most: number): void {
  for (let i = 0; i < most; i++) {
    const event = connection.next();
    if (event === null) return;
    events.push(event);
  }
}

async function receiveInPieces(bytes: Buffer, cuts: readonly (Cut & { at: number })[]): Promise<Event[]> {
  let wake = (): void => {};
  const codec = new PerMessageDeflate("server", agreed(), { compress: "dedicated", decompress: "dedicated" });
  const { connection } = side("server", { codec, wake: () => wake() });
  const events: Event[] = [];
  let from = 0;
  for (const { at, reads, waits } of [...cuts, { at: bytes.length, reads: null, waits: true }]) {
    const lent = Buffer.from(bytes.subarray(from, at));
    from = at;
    connection.receive(lent);
    read(connection, events, reads ?? Number.POSITIVE_INFINITY);
    connection.keep();
    lent.fill(0xee);
    while (waits && connection.decoding) {
      await new Promise<void>((resolve) => (wake = resolve));
      read(connection, events, reads ?? Number.POSITIVE_INFINITY);
    }
  }
  expect([connection.decoding, connection.unread]).toEqual([false, false]);
  return events;
}

it("big compressed messages come all, in their order, however they are cut and whatever is kept", async () => {
  const kinds = fc.array(fc.constantFrom(...(["small", "bomb", "big"] as const)), {
    minLength: 2,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(kinds, fc.array(cut, { maxLength: 8 }), async (given, cuts) => {
      const client = deflating("client");
      const starts: number[] = [];
      let bytes = Buffer.alloc(0);
      for (const kind of given) {
        starts.push(bytes.length);
        client.connection.text(MESSAGES[kind]);
        bytes = Buffer.concat([bytes, client.sink.flush()]);
      }
      const placed = cuts.map((one) => {
        const index = one.message % given.length;
        const start = starts[index]!;
        const length = (starts[index + 1] ?? bytes.length) - start;
        return { ...one, at: start + Math.floor(one.part * length) };
      });
      const events = await receiveInPieces(
        bytes,
        placed.toSorted((a, b) => a.at - b.at),
      );
      const names = events.map((event) => {
        if (event.type !== "text") return event.type === "error" ? event.error.code : event.type;
        return Object.entries(MESSAGES).find(([, text]) => text === event.text)?.[0] ?? "another text";
      });
      expect(names).toEqual(given);
    }),
    runs(2000),
  );
});
