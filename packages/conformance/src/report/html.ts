import type { Verdict } from "../run/verdict.ts";
import type { Target } from "../target/target.ts";
import { escaped } from "./escaped.ts";
import { HTML_STYLE } from "./html-style.ts";
import { bySection, sectionOf, summary } from "./table.ts";
import { violationText } from "./violation.ts";

const MARKS: Readonly<Record<Verdict["kind"], string>> = {
  held: "held",
  broken: "broken",
  "not-applicable": "not applicable",
  unknown: "unknown",
};

/** The verdicts as one page without scripts and without anything that is loaded, for phones and in the dark too. */
export function html({ name }: Target, verdicts: readonly Verdict[], took: number, when: Date): string {
  const sorted = bySection(verdicts);
  const broken = sorted.filter((verdict) => verdict.kind === "broken");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(name)} and the RFCs</title>
<style>${HTML_STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(name)}</h1>
<p>${escaped(summary(verdicts, took))}</p>
<p class="when">mantou-conformance, ${when.toISOString().slice(0, 16).replace("T", " ")} UTC, seed ${verdicts[0]?.seed ?? 0}</p>
${bar(verdicts)}
</header>
<main>
${broken.length === 0 ? "<p>No rule is broken.</p>" : `<section><h2>Broken rules</h2>${broken.map(violation).join("\n")}</section>`}
<section><h2>All rules</h2>
${sections(sorted)}
</section>
</main>
</body>
</html>
`;
}

/** The share of each kind of verdict, as a coloured line. */
function bar(verdicts: readonly Verdict[]): string {
  const parts = (Object.keys(MARKS) as Verdict["kind"][])
    .map((kind) => ({ kind, count: verdicts.filter((verdict) => verdict.kind === kind).length }))
    .filter(({ count }) => count > 0);
  const spans = parts.map(
    ({ kind, count }) => `<span class="${kind}" style="flex:${count}">${count} ${MARKS[kind]}</span>`,
  );
  return `<div class="bar">${spans.join("")}</div>`;
}

function violation(verdict: Extract<Verdict, { readonly kind: "broken" }>): string {
  const { id, level, says, security, debatable } = verdict.rule;
  const tags = [level.toUpperCase(), ...(security ? ["security"] : []), ...(debatable ? ["debatable"] : [])];
  return `<details id="${escaped(id)}"><summary><code>${escaped(id)}</code> ${tags.map((tag) => `<span class="tag ${tag}">${tag}</span>`).join(" ")}<br>${escaped(says)}</summary>
<pre tabindex="0">${escaped(violationText(verdict))}</pre></details>`;
}

function sections(sorted: readonly Verdict[]): string {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of sorted) {
    const section = sectionOf(verdict.rule.id);
    groups.set(section, [...(groups.get(section) ?? []), verdict]);
  }
  return [...groups]
    .map(([section, rows]) => `<h3>${escaped(section)}</h3>\n<ul>${rows.map(row).join("\n")}</ul>`)
    .join("\n");
}

function row(verdict: Verdict): string {
  const { rule, kind, runs } = verdict;
  const name = `<code>${escaped(rule.id)}</code>`;
  const note =
    kind === "not-applicable" || kind === "unknown"
      ? escaped(verdict.reason)
      : `${runs} ${runs === 1 ? "trial" : "trials"}`;
  return `<li class="${kind}"><span class="mark">${MARKS[kind]}</span><div>${kind === "broken" ? `<a href="#${escaped(rule.id)}">${name}</a>` : name} <span class="level">${rule.level.toUpperCase()}</span><p>${escaped(rule.says)}</p><p class="note">${note}</p></div></li>`;
}
