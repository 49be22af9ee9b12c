import { compare, rivals } from "./finding.ts";
import { count } from "./format.ts";
import { byKindAndRate, type PageRow, type PageScenario, runsOf } from "./page-tables.ts";
import { barClass, markup, rules, text, themes } from "./svg.ts";

/** The chart at the top of the README: one scenario of the page's first run, a bar for each server and for the limit. */

const width = 600;
const row = 36;
const names = 112;
const end = 490;

const shownNames: Readonly<Record<string, string>> = {
  ...Object.fromEntries(rivals),
  mantou: "Mantou",
  raw: "raw socket",
};

/** The chart for light and for dark pages, with its finding; none if the page's first run has no `hello` with Mantou. */
export function heroOf(
  page: string,
): { finding: string; files: { file: string; svg: string }[] } | undefined {
  const [run] = runsOf(page);
  const scenario = run?.scenarios.find(({ name }) => name === "hello");
  const own = scenario?.rows.find(({ name }) => name === "mantou");
  if (run === undefined || scenario === undefined || own === undefined) return undefined;
  const finding = findingOf(own, scenario);
  const files = (["light", "dark"] as const).map((theme) => {
    return { file: `hero-${theme}.svg`, svg: draw(scenario, run.node, finding, theme) };
  });
  return { finding, files };
}

function findingOf(own: PageRow, { rows, unit }: PageScenario): string {
  const parts = rivals.flatMap(([name, shown]) => {
    const rival = rows.find((other) => other.name === name);
    if (rival === undefined) return [];
    const { is, ratio } = compare(own.rate, rival.rate);
    return [is === "level" ? `as many as ${shown}` : `${ratio.toFixed(1)} times as many as ${shown}`];
  });
  const [first = "", ...others] = parts;
  // "as many requests a second as Bun, 1.5 times as many as node:http".
  return ["Mantou serves", [first.replace("many", `many ${unit} a second`), ...others].join(", ")].join(" ");
}

function draw(scenario: PageScenario, node: string, finding: string, theme: keyof typeof themes): string {
  const rows = [...scenario.rows].sort(byKindAndRate);
  const most = Math.max(...rows.map(({ rate }) => rate.value));
  // A line for each server that Mantou is compared with.
  const lines = finding.split(/(?<=,) /);
  const parts = lines.map((words, index) => text(4, 26 + index * 27, words, "finding"));
  let y = 24 + lines.length * 27;
  parts.push(text(4, y, `${scenario.title}; Node.js ${node}`, "note"));
  y += 40;
  for (const one of rows) {
    const length = ((end - names) * one.rate.value) / most;
    const style = barClass(one);
    parts.push(
      text(names - 12, y, shownNames[one.name] ?? one.name, style === "mantou" ? "name own" : "name"),
      `<rect x="${names}" y="${y - 17}" width="${length.toFixed(1)}" height="24" rx="3" class="${style}"/>`,
      text(
        names + length + 8,
        y,
        `${count(one.rate.value)}${one.heldBack ? " *" : ""}`,
        style === "mantou" ? "own" : "",
      ),
    );
    y += row;
  }
  const notes = [
    rows.some(({ kind }) => kind === "limit") ? "The raw socket parses nothing: it is the limit." : "",
    rows.some(({ heldBack }) => heldBack) ? "* The load was at its limit, too." : "",
  ].filter((note) => note !== "");
  if (notes.length > 0) parts.push(text(4, y + 2, notes.join(" "), "note"));
  const style =
    "text{font:17px system-ui,sans-serif}.finding{font-size:20px;font-weight:700}.name{text-anchor:end}.own{font-weight:700}.note{font-size:14px}";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 14}" role="img" aria-label="${markup(finding)}">
<style>${style}${rules(themes[theme])}</style>
${parts.join("\n")}
</svg>
`;
}
