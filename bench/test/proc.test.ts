import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  parseCoreStat,
  parseMemory,
  parsePeakMemory,
  parseProcessStat,
  readMemory,
  readPeakMemory,
  readProcessTimes,
  takeSample,
  usageBetween,
} from "../src/proc.ts";

/** Fields 3 to 13, then utime, stime, cutime and cstime, then the rest. */
const tail = "S 1 2 3 0 -1 4194304 11 12 13 14 250 125 30 20 20 0 7 0 5000";

describe("parseProcessStat", () => {
  it("reads times of the process and of its children in seconds", () => {
    expect(parseProcessStat(`4711 (node) ${tail}`)).toEqual({ user: 2.5, system: 1.25, children: 0.5 });
  });

  it("is not misled by a name with spaces and parentheses", () => {
    const expected = { user: 2.5, system: 1.25, children: 0.5 };
    expect(parseProcessStat(`1 (a (b) c) ${tail}`)).toEqual(expected);
    expect(parseProcessStat(`1 () S 9 9) ${tail}`)).toEqual(expected);
  });

  it("refuses anything else", () => {
    for (const line of ["", "4711", "1 (node) S 1 2", `1 (node) ${tail.replace("250", "x")}`, tail]) {
      expect(() => parseProcessStat(line), line).toThrow(/not a line of/);
    }
  });

  it("reads this very process, whose time grows as it works", () => {
    const before = readProcessTimes("self");
    const end = before.user + before.system + 0.05;
    let after = before;
    while (after.user + after.system < end) after = readProcessTimes("self");
    expect(after.user + after.system).toBeGreaterThan(before.user + before.system);
    expect(after.user).toBeGreaterThanOrEqual(before.user);
  });
});

const cores = `cpu  300 0 300 300 0 0 0 0 0 0
cpu0 100 10 50 1000 7 3 2 40 5 5
cpu1 200 0 0 1000 0 0 0 0 0 0
cpu10 900 0 0 0 0 0 0 0 0 0
intr 1 2 3
`;

describe("parseCoreStat", () => {
  it("counts what runs, leaves out idling and waiting, keeps stolen time apart", () => {
    expect(parseCoreStat(cores, 0)).toEqual({ busy: 1.65, stolen: 0.4 });
  });

  it("distinguishes core 1 from core 10", () => {
    expect(parseCoreStat(cores, 1).busy).toBe(2);
    expect(parseCoreStat(cores, 10).busy).toBe(9);
  });

  it("says which core is missing", () => {
    expect(() => parseCoreStat(cores, 2)).toThrow("no core 2");
  });

  it("reads this machine's", () => {
    expect(parseCoreStat(readFileSync("/proc/stat", "utf8"), 0).busy).toBeGreaterThan(0);
  });
});

describe("parseMemory", () => {
  it("reads VmRSS, in bytes", () => {
    expect(parseMemory("Name:\tnode\nVmHWM:\t   61440 kB\nVmRSS:\t    50 kB\nRssAnon:\t 5 kB\n")).toBe(
      51_200,
    );
    expect(() => parseMemory("Name:\tnode\nState:\tZ (zombie)\n")).toThrow("VmRSS");
  });

  it("is at most the peak, of a process that runs", () => {
    const now = readMemory(process.pid);
    expect(now).toBeGreaterThan(10e6);
    expect(now).toBeLessThanOrEqual(readPeakMemory(process.pid));
  });
});

describe("parsePeakMemory", () => {
  it("reads the high-water mark in bytes", () => {
    expect(parsePeakMemory("Name:\tnode\nVmPeak:\t  999 kB\nVmHWM:\t   61440 kB\nVmRSS:\t 5 kB\n")).toBe(
      62_914_560,
    );
  });

  it("says that a zombie has none", () => {
    expect(() => parsePeakMemory("Name:\tnode\nState:\tZ (zombie)\n")).toThrow("VmHWM");
  });

  it("reads this very process", () => {
    // A process with vitest in it holds more than 10 MB and less than 100 GB.
    expect(readPeakMemory(process.pid)).toBeGreaterThan(10e6);
    expect(readPeakMemory(process.pid)).toBeLessThan(100e9);
  });
});

describe("usageBetween", () => {
  it("is what grew, stolen time counted as taken", () => {
    const before = {
      at: 1_000,
      server: { user: 1, system: 2, children: 0 },
      serverCore: { busy: 10, stolen: 1 },
      loadCore: { busy: 5, stolen: 0 },
    };
    const after = {
      at: 3_000,
      server: { user: 2, system: 2.5, children: 0 },
      serverCore: { busy: 11.5, stolen: 1.5 },
      loadCore: { busy: 6, stolen: 0 },
    };
    expect(usageBetween(before, after)).toEqual({
      seconds: 2,
      user: 1,
      system: 0.5,
      serverCore: 2,
      loadCore: 1,
    });
  });

  it("fails when the server is gone", () => {
    // No process can have this id: it is above the kernel's highest possible one.
    expect(() => takeSample({ serverPid: 4_194_305, serverCore: 0, loadCore: 0 })).toThrow("ENOENT");
  });
});
