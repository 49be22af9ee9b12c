import { type Comparison, compare, compareTo } from "./finding.ts";
import { latencyHeading } from "./latency.ts";
import type { Measured, PageColumn, PageRow, PageScenario } from "./page-tables.ts";

/** The table above a run's scenarios in docs/benchmarks.md: a line for each of them, and which servers are ahead of Mantou. */

/** What servers are compared by, and how the summary calls it. */
const columns = [
  ["rate", "rate"],
  ["cpu", "CPU time"],
  ["p99", "p99"],
  ["memory", "peak memory"],
] as const satisfies readonly (readonly [PageColumn, string])[];

/** The summary in Markdown; "" where Mantou is measured beside no base. */
export function summaryOf(scenarios: readonly PageScenario[]): string {
  const compared = scenarios.filter(({ rows, base }) => {
    return base !== "mantou" && [base, "mantou"].every((name) => rows.some((row) => row.name === name));
  });
  if (compared.length === 0) return "";
  const bases = [...new Set(compared.map(({ base }) => base))];
  const head = ["", ...columns.map(([, heading]) => heading), "ahead of Mantou"];
  const rule = ["---", ...columns.map(() => "---:"), "---"];
  const table = [head, rule, ...compared.map((scenario) => line(scenario, bases.length > 1))];
  const rate = compared.some(({ pacedBy }) => pacedBy === "base")
    ? latencyHeading
    : "at 70 % of each one's own rate";
  return [
    `Mantou to ${bases.join(", or ")}, from the tables below: of the rate more is better, of the rest less. p99 is that ` +
      `${rate} where it was measured by a load in time, else that under full load, which shows the length of the queue. ` +
      "A server is ahead that is better by more than 5 % and by more than the spread.",
    table.map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
    losses(compared).join("\n"),
  ].join("\n\n");
}

function line(scenario: PageScenario, nameBase: boolean): string[] {
  const { name, base, rows } = scenario;
  const own = find(rows, "mantou")!;
  const ratios = columns.map(([column]) => {
    const shown = own.toBase[column]?.shown;
    if (column !== "p99") return shown ?? "–";
    const paced = find(rows, base)?.paced;
    if (own.paced !== undefined && paced !== undefined) {
      const { ratio } = compare(own.paced, paced);
      return `${ratio.toFixed(2)}× (${milliseconds(own.paced)})`;
    }
    return shown === undefined || own.p99 === undefined
      ? "–"
      : `${shown} (${milliseconds(own.p99)}, full load)`;
  });
  const ahead = rivalsIn(scenario).flatMap((rival) => {
    const by = columns.filter(([column]) => isAhead(scenario, rival, column)).map(([, words]) => words);
    return by.length === 0 ? [] : [`${rival}: ${by.join(", ")}`];
  });
  return [nameBase ? `${name}, to ${base}` : name, ...ratios, ahead.join("; ") || "–"];
}

/** As the table has it, without its spread. */
function milliseconds({ shown }: Measured): string {
  return `${shown.split(" ")[0]} ms`;
}

/** A line for each server that is ahead somewhere, and one for all others. */
function losses(scenarios: readonly PageScenario[]): string[] {
  const rivals = [...new Set(scenarios.flatMap(rivalsIn))];
  const nowhere: string[] = [];
  const lines = rivals.flatMap((rival) => {
    const beside = scenarios.filter((scenario) => rivalsIn(scenario).includes(rival));
    const parts = columns.flatMap(([column, words]) => {
      const lost = beside.filter((scenario) => isAhead(scenario, rival, column));
      if (lost.length === 0) return [];
      const worst = lost.sort((a, b) => deficit(b, rival, column) - deficit(a, rival, column))[0]!;
      const { ratio } = comparison(worst, rival, column)!;
      return [`by ${words} in ${lost.length} (most in ${worst.name}: Mantou has ${ratio.toFixed(2)}×)`];
    });
    if (parts.length > 0) return [`- Of ${beside.length} scenarios, ${rival} is ahead ${parts.join(", ")}.`];
    nowhere.push(rival);
    return [];
  });
  return nowhere.length === 0 ? lines : [...lines, `- Nowhere ahead: ${nowhere.join(", ")}.`];
}

/** Other servers: not a limit, and not Mantou in another form. */
function rivalsIn({ rows }: PageScenario): string[] {
  return rows
    .filter(({ name, kind }) => kind === "server" && !name.startsWith("mantou"))
    .map(({ name }) => name);
}

function comparison(scenario: PageScenario, rival: string, column: PageColumn): Comparison | undefined {
  const [own, other] = [find(scenario.rows, "mantou")?.paced, find(scenario.rows, rival)?.paced];
  if (column === "p99" && own !== undefined && other !== undefined) return compare(own, other);
  return compareTo(scenario, rival, column);
}

function isAhead(scenario: PageScenario, rival: string, column: PageColumn): boolean {
  return comparison(scenario, rival, column)?.is === (column === "rate" ? "less" : "more");
}

/** How many times better the rival is. */
function deficit(scenario: PageScenario, rival: string, column: PageColumn): number {
  const { ratio } = comparison(scenario, rival, column)!;
  return column === "rate" ? 1 / ratio : ratio;
}

function find(rows: readonly PageRow[], name: string): PageRow | undefined {
  return rows.find((row) => row.name === name);
}
