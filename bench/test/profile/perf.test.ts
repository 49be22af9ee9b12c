import { afterEach, describe, expect, it, vi } from "vitest";
import { UsageError } from "../../src/arguments.ts";
import { checkPerf, parseReport } from "../../src/profile/perf.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("checkPerf", () => {
  it("names the command that installs perf where it is missing", async () => {
    vi.stubEnv("PATH", "/nowhere");
    await expect(checkPerf()).rejects.toThrow(UsageError);
    await expect(checkPerf()).rejects.toThrow("a profile needs perf: apt-get install linux-perf");
  });
});

describe("parseReport", () => {
  it("reads shares, objects and symbols, and skips comments", () => {
    const lines = [
      "# To display the perf.data header info, please use --header/--header-only options.",
      "    17.25%\t[kernel.kallsyms]\t[k] _raw_spin_unlock_irqrestore",
      "     4.50%\tperf-2607.map    \t[.] JS:*'#flush file:///a/packages/serve/dist/core.js:4920:8",
      "     0.02%\tnode             \t[.] v8::internal::Heap::Scavenge(v8::internal::Isolate*)",
      "",
    ];
    expect(parseReport(lines.join("\n"))).toEqual([
      { object: "[kernel.kallsyms]", symbol: "_raw_spin_unlock_irqrestore", share: 0.1725 },
      {
        object: "perf-2607.map",
        symbol: "JS:*'#flush file:///a/packages/serve/dist/core.js:4920:8",
        share: 0.045,
      },
      { object: "node", symbol: "v8::internal::Heap::Scavenge(v8::internal::Isolate*)", share: 0.0002 },
    ]);
  });

  it("refuses a report without samples", () => {
    expect(() => parseReport("# no samples\n")).toThrow("perf has sampled nothing");
  });
});
