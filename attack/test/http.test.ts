import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs, runsAll } from "../../vitest.runs.ts";
import { holds, type Settings } from "../src/attack.ts";
import { known } from "../src/http/known.ts";
import { attackByScripts } from "../src/http/property.ts";

/** Milliseconds: each run takes a third of a second, and more on a busy machine. */
const TIME_LIMIT = 120_000;

const { seed = 0 } = fc.readConfigureGlobal();
const settings: Settings = { transport: "handle", plain: false, seed, budget: 60_000 };

/** The modes and transports between them: the soak, `pnpm attack`, runs each. TLS below is of streams and plain, too. */
const places: readonly Partial<Settings>[] = [
  { transport: "handle", plain: false },
  { transport: "stream", plain: true },
];

describe.each(
  runsAll ? places : places.slice(0, 1),
)("bodies, files, handlers and clients that do anything, %j", (where) => {
  it(
    "the process lives, others are served, memory is bounded, and everything is released",
    async () => {
      const measured = await attackByScripts({ ...settings, ...where }, runs(8).numRuns);
      expect(measured.filter((row) => !holds(row))).toEqual([]);
    },
    TIME_LIMIT,
  );
});

it(
  "what was found once stays mended over TLS",
  async () => {
    const measured = await attackByScripts({ ...settings, transport: "tls", plain: true }, 0);
    expect(measured.filter((row) => !holds(row))).toEqual([]);
    // The budget ends a property early, and it has passed then.
    expect(measured[0]?.what).toBe(`broken rules in ${known.length} runs`);
  },
  TIME_LIMIT,
);
