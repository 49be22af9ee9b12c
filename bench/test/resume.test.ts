import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../src/arguments.ts";
import type { Results, ScenarioResult } from "../src/results.ts";
import { readResults, writeResults } from "../src/results-file.ts";
import { continued, earlierResults, missingScenarios, withScenario } from "../src/resume.ts";
import { findScenario } from "../src/scenarios.ts";
import { contestant, results, scenario } from "./sample-results.ts";

const hello = scenario(contestant("bun", [1, 2, 3]), contestant("mantou", [1, 2, 3]));
const named = (name: string): ScenarioResult => ({ ...hello, name });

type Choice = Parameters<typeof missingScenarios>[0];

/** The names of what is measured. */
function missing(earlier: Results | undefined, choice: Partial<Choice> = {}): string[] {
  const scenarios = ["hello", "json", "ws-echo"].map(findScenario);
  const only = ["mantou", "bun"];
  const rest = { base: undefined, latency: false, allocations: false, redo: false, resume: "file" };
  return missingScenarios({ scenarios, only, ...rest, ...choice }, earlier).map(({ name }) => name);
}

describe("what a resumed run measures", () => {
  it("is everything at first, then what the file lacks", () => {
    expect(missing(undefined)).toEqual(["hello", "json", "ws-echo"]);
    expect(missing(results(hello))).toEqual(["json", "ws-echo"]);
    expect(missing(results(hello, named("json"), named("ws-echo")))).toEqual([]);
  });

  it("is what is named, with redo", () => {
    const [first] = ["hello"].map(findScenario);
    expect(missing(results(hello), { scenarios: [first!], redo: true })).toEqual(["hello"]);
  });

  it("is a whole scenario of which a contestant, latencies, allocations or the base are missing", () => {
    const all = results(hello, named("json"), named("ws-echo"));
    expect(missing(all, { only: ["mantou", "bun", "node:http"] })).toEqual(["hello", "json"]);
    // A WebSocket scenario has no latencies under a fixed rate.
    expect(missing(all, { latency: true })).toEqual(["hello", "json"]);
    expect(missing(all, { allocations: true })).toEqual(["hello", "json", "ws-echo"]);
    expect(missing(all, { base: "mantou" })).toEqual(["hello", "json", "ws-echo"]);
  });

  it("is what has failed", () => {
    const failed = scenario(contestant("bun", [1, 1, 1]), contestant("mantou", [1, null], { error: "no" }));
    expect(missing(results(failed), { scenarios: [findScenario("hello")] })).toEqual(["hello"]);
  });

  it("is nothing where none of the contestants takes part", () => {
    expect(missing(undefined, { only: ["ws"] })).toEqual(["ws-echo"]);
  });

  it("is refused where the file would lose something by it", () => {
    const rich = { ...scenario(...hello.contestants, contestant("ws", [1])), latency: true };
    expect(() => missing(results(rich), { redo: true })).toThrow(
      "file has more of hello than this run would measure: ws, --latency.",
    );
    expect(missing(results(rich))).toEqual(["json", "ws-echo"]);
  });
});

describe("a resumed file", () => {
  const now = { ...results(), date: "2026-01-03T00:00:00.000Z" };

  it("keeps its date, and has the commands and versions of all its runs", () => {
    const earlier = results(hello);
    const versions = { node: "26.10.0", ws: "8.23.0", "@mantou/serve": "0.2.0" };
    const both = continued(earlier, { ...now, command: "another", versions }, "file");
    expect(both).toEqual({
      ...earlier,
      command: "node bench/dist/main.js hello\nanother",
      versions: { node: "26.10.0", bun: "1.4.5", ws: "8.23.0", "@mantou/serve": "0.2.0" },
    });
    expect(continued(both, now, "file").command).toBe(both.command);
  });

  it("takes another commit of Mantou", () => {
    const earlier = { ...results(hello), versions: { "@mantou/serve": "0.1.0" } };
    expect(() =>
      continued(earlier, { ...now, versions: { "@mantou/serve": "0.2.0" } }, "file"),
    ).not.toThrow();
  });

  it("takes another build of the same kernel, and names both", () => {
    const on = (kernel: string): Results => ({ ...results(hello), machine: { ...now.machine, kernel } });
    const both = continued(on("6.1.2-a"), on("6.1.2-b"), "file");
    expect(both.machine.kernel).toBe("6.1.2-a and 6.1.2-b");
    expect(continued(both, on("6.1.2-a"), "file").machine).toEqual(both.machine);
    expect(() => continued(both, on("6.1.3-a"), "file")).toThrow("kernel 6.1.2, here it is");
  });

  const others: [what: string, Partial<Results>][] = [
    ["the number of rounds there is 3, here it is 5", { rounds: 5 }],
    ["a round's length there is 2 s, here it is 1 s", { seconds: 1 }],
    ["the warm-up there is 1 s, here it is 4 s", { warmUpSeconds: 4 }],
    ["the version of node there is 26.10.0, here it is 20.19.0", { versions: { node: "20.19.0" } }],
    ["the version of bun there is 1.4.5, here it is 1.4.6", { versions: { bun: "1.4.6" } }],
    ["the machine there is Abacus 3000, 2 cores", { machine: { ...now.machine, cpu: "Abacus 4000" } }],
    ["the placement there is server on core 0", { pinning: { ...now.pinning, load: 3 } }],
  ];
  for (const [what, difference] of others) {
    it(`refuses other circumstances: ${what}`, () => {
      const merge = (): Results => continued(results(hello), { ...now, ...difference }, "file");
      expect(merge).toThrow(UsageError);
      expect(merge).toThrow(`file cannot take this run: ${what}`);
    });
  }

  it("has each scenario once, the newest as a whole, in the order of the list", () => {
    const file = results(named("json"), named("gone"));
    const added = withScenario(file, hello);
    expect(added.scenarios.map(({ name }) => name)).toEqual(["gone", "hello", "json"]);
    const newer = { ...named("json"), date: "2026-01-03T00:00:00.000Z", contestants: [] };
    const { scenarios } = withScenario(added, newer);
    expect(scenarios).toHaveLength(3);
    expect(scenarios.at(-1)).toBe(newer);
  });
});

describe("the file", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bench-resume-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is written into a folder that need not be there, and leaves nothing beside it", () => {
    const path = join(folder, "new", "file.json");
    expect(earlierResults(path)).toBeUndefined();
    expect(earlierResults(undefined)).toBeUndefined();
    writeResults(path, results());
    writeResults(path, results(hello));
    expect(readdirSync(join(folder, "new"))).toEqual(["file.json"]);
    expect(earlierResults(path)).toEqual(results(hello));
  });

  it("is refused if it is of another kind", () => {
    const path = join(folder, "other.json");
    for (const content of ['{"format":1}', '{"format":2,"compared":{}}', "null", "{"]) {
      writeFileSync(path, content);
      expect(() => readResults(path), content).toThrow(UsageError);
    }
  });
});
