import type { Measured, PageColumn, PageRow, PageScenario } from "./page-tables.ts";

/** What a chart says in its title. */

/** Differences under this are not called any, as in the verdicts of the tables. */
const smallest = 0.05;

/** The servers that Mantou is compared with, and the names that readers know them by. */
export const rivals: readonly (readonly [name: string, shown: string])[] = [
  ["bun", "Bun"],
  ["node:http", "node:http"],
  ["ws", "ws"],
];

/** How much of something one has for each 1 that the other has. "level" is within 5 %, or within the spread. */
export interface Comparison {
  readonly ratio: number;
  readonly is: "less" | "level" | "more";
}

export function compare(own: Measured, other: Measured): Comparison {
  return judge({ value: own.value / other.value, spread: own.spread + other.spread });
}

function judge({ value, spread }: Pick<Measured, "value" | "spread">): Comparison {
  if (Math.abs(value - 1) <= Math.max(smallest, spread)) return { ratio: value, is: "level" };
  return { ratio: value, is: value < 1 ? "less" : "more" };
}

/** Mantou's numbers in a column to those of a rival; undefined if one of them is not there. */
export function compareTo(
  { rows, base }: PageScenario,
  rival: string,
  column: PageColumn,
): Comparison | undefined {
  const find = (name: string): PageRow | undefined => rows.find((row) => row.name === name);
  const [own, other] = [find("mantou"), find(rival)];
  const [mine, theirs, ratio] = [own?.[column], other?.[column], own?.toBase[column]];
  if (mine === undefined || theirs === undefined) return undefined;
  return ratio !== undefined && rival === base ? judge(ratio) : compare(mine, theirs);
}

/** By CPU time, since a rate says nothing where the load held the server back. */
function compareCPU(scenario: PageScenario, rival: string): Comparison | undefined {
  return compareTo(scenario, rival, "cpu");
}

/** The finding of one scenario, such as "Mantou takes as much CPU time as Bun, 0.66× that of node:http"; "" without a rival. */
export function scenarioFinding(scenario: PageScenario): string {
  const parts = rivals.flatMap(([rival, shown]) => {
    const found = compareCPU(scenario, rival);
    if (found === undefined) return [];
    if (found.is === "level") return [`as much as ${shown}`];
    const digits = found.ratio < 0.1 ? 3 : found.ratio < 10 ? 2 : 1;
    return [`${found.ratio.toFixed(digits)}× that of ${shown}`];
  });
  return parts.length === 0 ? "" : `Mantou's CPU time is ${parts.join(", ")}`;
}

/** The finding of a chart, a line for each rival: in how many of its scenarios Mantou takes less CPU time, as much, and more. */
export function chartFinding(scenarios: readonly PageScenario[]): string[] {
  return rivals.flatMap(([rival, shown]) => {
    const found = scenarios.map((scenario) => compareCPU(scenario, rival)).filter((one) => one !== undefined);
    if (found.length === 0) return [];
    const count = (is: Comparison["is"]): number => found.filter((one) => one.is === is).length;
    const rest = [
      [count("level"), "as much"],
      [count("more"), "more"],
    ] as const;
    const others = rest.filter(([times]) => times > 0).map(([times, is]) => `${is} in ${times}`);
    const all = others.length === 0 ? "" : `, ${others.join(", ")}`;
    const less = count("less") === 0 ? "none" : count("less");
    return [`Mantou takes less CPU time than ${shown} in ${less} of ${found.length} scenarios${all}`];
  });
}
