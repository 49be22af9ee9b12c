import { describe, expect, it } from "vitest";
import type { Profile, ProfileResults } from "../../src/profile/run.ts";
import { scenarioTable, section, shortened } from "../../src/profile/table.ts";
import { findScenario } from "../../src/scenarios.ts";

const mantou: Profile = {
  name: "mantou",
  runtime: "node",
  cpuMicroseconds: 8,
  samples: [
    { object: "[kernel.kallsyms]", symbol: "tcp_ack", share: 0.75 },
    {
      object: "perf-1.map",
      symbol: "JS:*'receive file:///a/packages/serve/dist/core.js:5388:9",
      share: 0.125,
    },
    { object: "node", symbol: "uv__io_poll(int)", share: 0.125 },
  ],
};
const bun: Profile = {
  name: "bun",
  runtime: "bun",
  cpuMicroseconds: 4,
  samples: [
    { object: "[kernel.kallsyms]", symbol: "tcp_ack", share: 0.5 },
    { object: "bun", symbol: "uv_lookalike", share: 0.5 },
  ],
};
const scenario = findScenario("hello");

describe("a profile's table", () => {
  it("has microseconds for each place, and another runtime's functions in one", () => {
    expect(scenarioTable({ scenario, profiles: [mantou, bun], failures: ["raw: it ended"] }, 2)).toBe(
      [
        "### hello, profile",
        `${scenario.title}.`,
        [
          "| CPU µs each | mantou | bun |",
          "| --- | ---: | ---: |",
          "| **all** | **8.00** | **4.00** |",
          "| kernel | 6.00 | 2.00 |",
          "| JavaScript of the server | 1.00 | 0.000 |",
          "| libuv | 1.00 | 0.000 |",
          "| other | 0.000 | 2.00 |",
        ].join("\n"),
        "mantou, outside of the kernel: `receive core.js:5388` 12.5 %, `uv__io_poll` 12.5 %.",
        "- Failed: raw: it ended",
      ].join("\n\n"),
    );
  });

  it("stands in a section with the command and the machine", () => {
    const results: ProfileResults = {
      command: "node bench/dist/profile/main.js hello",
      date: "2026-12-01",
      commit: "abc1234",
      machine: { cpu: "A CPU", cores: 2, memory: 2 ** 34, kernel: "6.1", platform: "linux x64" },
      pinning: { pinned: true, server: 0, load: 1, note: "" },
      versions: { node: "26.1.0" },
      scenarios: [{ scenario, profiles: [mantou], failures: [] }],
    };
    const text = section(results, 0);
    expect(text).toContain("```sh\nnode bench/dist/profile/main.js hello\n```");
    expect(text).toContain("- A CPU, 2 cores, 16 GB");
    expect(text).toContain("- node 26.1.0, 2026-12-01 at abc1234");
    expect(text).toContain("| **all** | **8.00** |");
    expect(text).not.toContain("outside of the kernel");
  });
});

describe("shortened", () => {
  it.each([
    ["JS:*'#flush file:///a/packages/serve/dist/core.js:4920:8", "#flush core.js:4920"],
    ["JS:^onread node:internal/stream_base_commons:170:22", "onread stream_base_commons:170"],
    ["JS:* file:///a/b.js:1:2", "(anonymous) b.js:1"],
    ["v8::internal::Heap::Scavenge(v8::internal::Isolate*)", "v8::internal::Heap::Scavenge"],
    ["SSL_read", "SSL_read"],
  ])("%s is %s", (symbol, short) => {
    expect(shortened(symbol)).toBe(short);
  });
});
