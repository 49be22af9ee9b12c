import { beforeAll, describe, expect, it } from "vitest";
import { fileName, readRecordings, recordedAreas } from "../src/expected.ts";
import { type Recordings, runAll } from "../src/run.ts";
import { areas } from "../src/scenarios/index.ts";

// The recordings are those of real Bun, but for the differences in docs/differences-from-bun.md: `pnpm parity` checks that.
describe.each(["default", "plain"])("as recorded, %s", (mode) => {
  let recorded: Recordings;
  beforeAll(async () => {
    recorded = await runAll(process.execPath, mode, areas);
  });

  describe.each(areas.map(({ area, scenarios }) => ({ area, scenarios })))("$area", ({ area, scenarios }) => {
    it.each(scenarios.map(({ name }) => name))("%s", (name) => {
      expect(recorded[area]![name]).toEqual(readRecordings(area)![name]);
    });
  });
});

it("there is nothing recorded of scenarios that are gone", () => {
  expect(recordedAreas()).toEqual(areas.map(({ area }) => fileName(area)).sort());
  for (const { area, scenarios } of areas) {
    expect(Object.keys(readRecordings(area)!)).toEqual(scenarios.map(({ name }) => name));
  }
});
