import type { Contestant } from "./contestants.ts";
import { count } from "./format.ts";
import { type MeasureSettings, runLoad, withServer } from "./measure.ts";
import type { ScenarioResult } from "./results.ts";
import type { Scenario } from "./scenario.ts";

/**
 * How many bytes a server allocates on V8's heap for each operation: they pass through the caches and cost its collector work.
 * V8 counts every byte, so one window is enough. Memory outside of its heap, a Buffer's bytes for example, is not counted.
 */

/** The question that `servers/announce.ts` replies to. */
const QUESTION = "allocated";

/**
 * @returns bytes for each operation; undefined for a runtime that does not count them
 * @throws Error as `measureRound` does
 */
export function measureAllocation(
  contestant: Contestant,
  scenario: Scenario,
  binary: string,
  settings: MeasureSettings,
): Promise<number | undefined> {
  return withServer(contestant, scenario, binary, settings, async (server, orders) => {
    // Compiled code is allocated once: a separate load warms the server up, and is not counted.
    await runLoad(scenario, orders, settings);
    const before = readAllocated(await server.ask(QUESTION));
    if (before === undefined) return undefined;
    const { operations } = await runLoad(scenario, { ...orders, warmUpSeconds: 0 }, settings);
    const after = readAllocated(await server.ask(QUESTION))!;
    return (after - before) / operations;
  });
}

/** @throws Error when the line is not a reply */
export function readAllocated(line: string): number | undefined {
  const match = /^\{"allocated":(null|\d+)\}$/.exec(line);
  if (match === null) throw new Error(`it printed "${line}" instead of what it has allocated`);
  return match[1] === "null" ? undefined : Number(match[1]);
}

/** A table of cells, its head first; empty if nothing of that kind was measured. */
export function allocationTable(scenario: ScenarioResult): string[][] {
  const lines: string[][] = [];
  for (const { name, kind, allocated } of scenario.contestants) {
    if (allocated === undefined) continue;
    lines.push([kind === "limit" ? `${name} (limit)` : name, count(allocated)]);
  }
  if (lines.length === 0) return [];
  return [["allocated on V8's heap", "bytes each"], ...lines];
}
