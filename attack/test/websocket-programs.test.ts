import { findBun, NO_BUN } from "@mantou/testing/bun";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { runs } from "../../vitest.runs.ts";
import { lightProgram, program } from "../src/websocket/arbitraries.ts";
import { Arena } from "../src/websocket/arena.ts";
import { viewsOf } from "../src/websocket/compare.ts";
import { type Program, SELF } from "../src/websocket/program.ts";
import { differences } from "./support/websocket-differences.ts";

/** Milliseconds of CPU time, which grows on a busy machine; what the soak measures is held against 50. */
const TURN_LIMIT = 150;
/** A program takes some 100 ms, most of it in waiting for turns. */
const TIMEOUT = 120_000;

const arenas: Arena[] = [];
afterAll(() => Promise.all(arenas.map((arena) => arena.stop())));

function arenaOf(...choice: ConstructorParameters<typeof Arena>): Arena {
  const arena = new Arena(...choice);
  arenas.push(arena);
  return arena;
}

describe.each([
  { transport: "handle", plain: true, count: 60 },
  { transport: "stream", plain: true, count: 30 },
  { transport: "handle", plain: false, count: 20 },
] as const)("programs of WebSockets, $transport, plain: $plain", ({ count, ...choice }) => {
  it(
    "report the truth, and lose nothing else",
    async () => {
      const arena = arenaOf({ bun: null, ...choice }, TURN_LIMIT);
      await fc.assert(
        fc.asyncProperty(program, (one) => arena.check(one)),
        runs(count),
      );
    },
    TIMEOUT,
  );
});

describe.each(["handle", "stream"] as const)("a client that a published message closes, %s", (transport) => {
  const message = { topic: "a", kind: "text", compress: false } as const;
  const tooSlow: Program = {
    options: {
      backpressureLimit: 1,
      closeOnBackpressureLimit: true,
      perMessageDeflate: false,
      publishToSelf: false,
      unix: true,
    },
    clients: 2,
    open: [{ do: "subscribe", to: SELF, topic: "a" }],
    drain: [],
    close: [{ do: "publish", by: null, ...message, size: 10, times: 2 }],
    blocks: [[{ do: "publish", by: null, ...message, size: 65_538, times: 20 }]],
    steps: [
      { do: "stop", client: 0 },
      { do: "run", block: 0 },
      { do: "run", block: 0 },
    ],
  };

  it("gets what was published before, and its close handler publishes between", async () => {
    const arena = arenaOf({ bun: null, transport, plain: true }, Number.POSITIVE_INFINITY);
    const { report, clients } = await arena.observe(tooSlow);
    expect(report.log.filter((entry) => "event" in entry && entry.event === "close")).toContainEqual({
      event: "close",
      ws: 0,
      code: 1006,
    });
    expect(clients[0]!.received.length).toBeGreaterThan(0);
    await arena.check(tooSlow);
    await arena.check({ ...tooSlow, clients: 1 });
  });
});

const bun = findBun();

describe.skipIf(bun === null)(`Bun${bun === null ? ` (${NO_BUN})` : ""}`, () => {
  const theirs = arenaOf({ bun, transport: "handle", plain: true }, Number.POSITIVE_INFINITY);

  it(
    "keeps to the same model, but for what is explained",
    async () => {
      const covers: Parameters<Arena["check"]>[1] = (violation) =>
        differences.some((one) => one.covers(violation));
      await fc.assert(
        fc.asyncProperty(program, (one) => theirs.check(one, covers)),
        runs(40),
      );
    },
    TIMEOUT,
  );

  it(
    "does, returns and delivers the same, as long as there is no backpressure",
    async () => {
      const ours = arenaOf({ bun: null, transport: "handle", plain: true }, TURN_LIMIT);
      const often = runs(40);
      let compared = 0;
      await fc.assert(
        fc.asyncProperty(lightProgram, async (one) => {
          const views = [viewsOf(one, await ours.observe(one)), viewsOf(one, await theirs.observe(one))];
          if (views.includes(null)) return;
          compared++;
          expect(views[0]).toEqual(views[1]);
        }),
        often,
      );
      expect(compared).toBeGreaterThan(often.numRuns / 2);
    },
    TIMEOUT,
  );
});
