import { describe, expect, it } from "vitest";
import { chooseCores, parseCoreList, pinnedCommand } from "../src/cores.ts";

const alone = (core: number): number[] => [core];

describe("parseCoreList", () => {
  it("reads single cores and ranges", () => {
    expect(parseCoreList("0-2,5\n")).toEqual([0, 1, 2, 5]);
    expect(parseCoreList("7")).toEqual([7]);
  });

  it("refuses anything else", () => {
    for (const list of ["", "a", "1-", "0,,1", "0-3:1/2"]) expect(() => parseCoreList(list), list).toThrow();
  });
});

describe("chooseCores", () => {
  it("puts server and load on the first two cores allowed", () => {
    expect(chooseCores([2, 3], alone, true)).toEqual({ pinned: true, server: 2, load: 3, note: "" });
  });

  it("does not put the load on the other thread of the server's core", () => {
    const siblings = (): number[] => [0, 1];
    expect(chooseCores([0, 1, 2, 3], siblings, true)).toMatchObject({ server: 0, load: 2, note: "" });
  });

  it("says so when there is no other physical core", () => {
    const siblings = (): number[] => [0, 1];
    const { load, note } = chooseCores([0, 1], siblings, true);
    expect(load).toBe(1);
    expect(note).toMatch("one physical core");
  });

  it("says so when there is one core, and when nothing can be pinned", () => {
    expect(chooseCores([0], alone, true)).toMatchObject({ server: 0, load: 0 });
    expect(chooseCores([0], alone, true).note).toMatch("one core only");
    expect(chooseCores([0, 1], alone, false).note).toMatch("taskset is missing");
  });
});

describe("pinnedCommand", () => {
  const pinning = { pinned: true, server: 0, load: 1, note: "" };

  it("prefixes taskset with the core", () => {
    expect(pinnedCommand(pinning, 3, ["node", "x"])).toEqual(["taskset", "--cpu-list", "3", "node", "x"]);
  });

  it("leaves the command alone without taskset", () => {
    expect(pinnedCommand({ ...pinning, pinned: false }, 3, ["node", "x"])).toEqual(["node", "x"]);
  });
});
