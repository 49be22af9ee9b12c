import type { Verdict } from "../run/verdict.ts";
import type { Target } from "../target/target.ts";
import { escaped } from "./escaped.ts";
import { bySection } from "./table.ts";
import { violationText } from "./violation.ts";

/** The verdicts as JUnit's XML, which CI systems read: a test case for each rule. */
export function junit(target: Target, verdicts: readonly Verdict[]): string {
  const count = (kind: Verdict["kind"]) => verdicts.filter((verdict) => verdict.kind === kind).length;
  const seconds = verdicts.reduce((sum, { took }) => sum + took, 0) / 1000;
  const numbers = `tests="${verdicts.length}" failures="${count("broken")}" errors="${count("unknown")}" skipped="${count("not-applicable")}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escaped(target.name)}" ${numbers} time="${seconds.toFixed(3)}">`,
    ...bySection(verdicts).map((verdict) => testCase(verdict)),
    "</testsuite>",
    "",
  ].join("\n");
}

function testCase(verdict: Verdict): string {
  const { rule, took, kind } = verdict;
  const open = `  <testcase classname="${escaped(rule.section)}" name="${escaped(rule.id)}" time="${(took / 1000).toFixed(3)}"`;
  if (kind === "held") return `${open}/>`;
  const inside =
    kind === "broken"
      ? `<failure message="${escaped(rule.says)}">${escaped(violationText(verdict))}</failure>`
      : `<${kind === "unknown" ? "error" : "skipped"} message="${escaped(verdict.reason)}"/>`;
  return `${open}>${inside}</testcase>`;
}
