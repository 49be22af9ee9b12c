import { analyse } from "../analysis.ts";
import { heading, spread, value } from "../format.ts";
import { align, remarks } from "../report.ts";
import type { ScenarioResult } from "../results.ts";
import type { Summary } from "../stats.ts";
import type { Compared, Comparison } from "./verdict.ts";

/** A scenario of two builds, and their comparison. */
export interface ComparedScenario extends ScenarioResult {
  readonly comparison: Readonly<Record<"rate" | "cpuMicroseconds", Comparison | undefined>>;
}

/** The metrics that builds are compared by, as the tables of a run call them. */
const metrics = { rate: "rate", cpuMicroseconds: "cpu" } as const;

/** One scenario for the terminal: a line for each build, its two processes together, and a line for each metric's ratios. */
export function comparisonTable(scenario: ComparedScenario): string {
  const analysis = analyse(scenario);
  const compared = Object.keys(metrics) as Compared[];
  const numbers = [
    ["", ...compared.map((metric) => name(metric, scenario.unit))],
    ...analysis.rows.map(({ name: build, values, heldBack }) => {
      const cells = compared.map((metric) => value(metrics[metric], values[metrics[metric]]));
      return [build, ...cells.map((cell, column) => (column === 0 && heldBack ? `${cell} *` : cell))];
    }),
  ];
  const ratios = [
    ["", `this/${scenario.base}`, "A-A", "a difference is", ""],
    ...compared.flatMap((metric) => {
      const comparison = scenario.comparison[metric];
      return comparison === undefined ? [] : [line(name(metric, scenario.unit), comparison)];
    }),
  ];
  const title = `${scenario.name}: ${scenario.title} (load: ${scenario.load})`;
  const tables = [...align(numbers), ...(ratios.length > 1 ? align(ratios) : [])];
  return [title, ...tables, ...remarks({ ...analysis, verdict: "" }), ""].join("\n");
}

/** CPU time is not split into user and kernel mode here. */
function name(metric: Compared, unit: string): string {
  return heading(metrics[metric], unit).replace(" (user)", "");
}

function line(label: string, { between, within, threshold, verdict }: Comparison): string[] {
  return [label, ratio(between), ratio(within), `beyond ±${(threshold * 100).toFixed(1)}%`, verdict];
}

/** Builds differ by less than contestants do, so there is a digit more than in the tables of a run. */
function ratio(summary: Summary): string {
  return `${summary.median.toFixed(3)}×${spread(summary)}`;
}
