import * as fc from "fast-check";
import { expect, it } from "vitest";
import { openStream } from "../src/open-zlib-stream.ts";
import { DirectStream } from "../src/zlib-direct.ts";
import { OneShotStream } from "../src/zlib-one-shot.ts";
import type { ZlibSettings } from "../src/zlib-stream.ts";
import { runs } from "./support.ts";
import { copy, message, settings } from "./zlib-suite.ts";

it("takes the faster kind where it can", () => {
  expect(openStream({ kind: "deflate", ...settings })).toBeInstanceOf(DirectStream);
});

it("both streams make the same output, bit by bit", () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 5 }),
      fc.integer({ min: 9, max: 15 }),
      (messages, windowBits) => {
        const given: ZlibSettings = { kind: "inflate", ...settings, windowBits, takeover: false };
        const [direct, oneShot] = [new DirectStream(given), new OneShotStream(given)];
        const deflate = new DirectStream({ ...given, kind: "deflate" });
        for (const one of messages) {
          const payload = copy(deflate.run(one, Number.POSITIVE_INFINITY)) as Buffer;
          const isBroken = one.length % 5 === 0;
          if (isBroken) payload[one.length % payload.length]! ^= 1 << (one.length % 8);
          const [left, right] = [copy(direct.run(payload, 1000)), copy(oneShot.run(payload, 1000))];
          // Of a message that is both broken and too big, either is true.
          if (typeof left === "string") expect(typeof right).toBe("string");
          else expect(left).toEqual(right);
          // A message that ends inside a block leaves a persistent stream there, and a connection with garbage.
          if (isBroken || typeof left === "string") break;
        }
        for (const stream of [direct, oneShot, deflate]) stream.close();
      },
    ),
    runs(300),
  );
});
