import { describe, expect, it } from "vitest";
import { holds, type Measured, type Settings } from "../src/attack.ts";
import { leaveTopics, shakeHalf } from "../src/websocket/floods/crowds.ts";
import { sendBombs, sendFragments } from "../src/websocket/floods/fragments.ts";
import { floodPings, publishToStuck, sendTiny } from "../src/websocket/floods/slow-readers.ts";

/** A short form of each flood. */
const floods: readonly (readonly [
  name: string,
  run: (settings: Settings) => Promise<readonly Measured[]>,
])[] = [
  ["messages of 1 byte to a client that has stopped", (settings) => sendTiny(settings, 800_000, 32)],
  ["publishing to one", (settings) => publishToStuck(settings, 30_000)],
  ["pings", (settings) => floodPings(settings, 8 * 2 ** 20)],
  ["empty fragments", (settings) => sendFragments(settings, 0, 100_000)],
  ["fragments of 1 byte", (settings) => sendFragments(settings, 1, 300_000)],
  ["bombs", (settings) => sendBombs(settings, 5)],
  ["topics", (settings) => leaveTopics(settings, 50_000)],
  ["half of a handshake", (settings) => shakeHalf(settings, 40)],
];

/** Times may exceed their bound by this factor: CPU time grows when others use the same caches. */
const BUSY = 3;

describe.each(floods)("a flood of %s", (_name, run) => {
  it("stays within its bounds", async () => {
    const rows = await run({ transport: "handle", plain: true, seed: 0, budget: 0 });
    const exceeded = rows.filter(
      (row) => !holds(row.unit === "ms" ? { ...row, bound: row.bound * BUSY } : row),
    );
    expect(exceeded).toEqual([]);
  }, 120_000);
});
