import type { Verdict } from "../run/verdict.ts";
import type { Target } from "../target/target.ts";
import { bySection, summary } from "./table.ts";
import { violationText } from "./violation.ts";

const MARKS: Readonly<Record<Verdict["kind"], string>> = {
  held: "held",
  broken: "**broken**",
  "not-applicable": "not applicable",
  unknown: "unknown",
};

/** The verdicts as a document: a table of all rules, and the violations below it. */
export function markdown(target: Target, verdicts: readonly Verdict[], took: number): string {
  const sorted = bySection(verdicts);
  const lines = [
    `# ${target.name}`,
    "",
    `${summary(verdicts, took)}.`,
    "",
    "| rule | level | says | verdict |",
    "|---|---|---|---|",
  ];
  for (const verdict of sorted) {
    const { rule, kind } = verdict;
    const reason = kind === "not-applicable" || kind === "unknown" ? `: ${verdict.reason}` : "";
    lines.push(
      `| ${rule.id} | ${rule.level.toUpperCase()} | ${cell(rule.says)} | ${MARKS[kind]}${cell(reason)} |`,
    );
  }
  for (const verdict of sorted) {
    if (verdict.kind !== "broken") continue;
    // A fence that the bytes cannot close: they are indented.
    lines.push("", `## ${verdict.rule.id}`, "", "````text", violationText(verdict), "````");
  }
  return `${lines.join("\n")}\n`;
}

const cell = (text: string) => text.replaceAll("|", "\\|");
