import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionCounts, networkOf } from "../../src/socket/connection-counts.ts";
import { runs } from "../support/runs.ts";

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8:0:0:1::", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
])("a subscriber has %s: %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

/** Connections come and go. */
const act = fc.record({
  comes: fc.boolean(),
  address: fc.constantFrom("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"),
  which: fc.nat(),
});

describe("connections are counted", () => {
  it("as a list of them is, whatever comes and goes", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), fc.nat(4), fc.nat(3), (acts, most, mostOfAddress) => {
        const counts = new ConnectionCounts(most, mostOfAddress);
        const open: { network: string }[] = [];
        for (const { comes, address, which } of acts) {
          if (!comes) {
            const [gone] = open.splice(which % Math.max(open.length, 1), 1);
            if (gone !== undefined) {
              counts.leave(gone);
              // Twice is as once.
              counts.leave(gone);
            }
            continue;
          }
          const one = { network: networkOf(address) };
          const isFull = most !== 0 && open.length >= most;
          expect(counts.enter(one)).toBe(!isFull);
          if (isFull) continue;
          const ofAddress = open.filter(({ network }) => network === one.network).length;
          const isTooMany = mostOfAddress !== 0 && ofAddress >= mostOfAddress;
          expect(counts.locate(one, address)).toBe(!isTooMany);
          // One that is refused counts no more, whether it is told that it is gone or not.
          if (!isTooMany) open.push(one);
          else if (which % 2 === 0) counts.leave(one);
        }
      }),
      runs(1_000),
    );
  });
});
