import { sentBytes } from "../exchange/exchange.ts";
import { visibleLines } from "../exchange/visible.ts";
import type { Verdict } from "../run/verdict.ts";

/** The target has gone away: what it was sent last, by the rules that were put to the test then. */
export function lastInput(unknown: readonly Extract<Verdict, { kind: "unknown" }>[]): string {
  const last = unknown.filter((verdict) => verdict.last !== null);
  const lines = [`The target went away: ${unknown[0]!.reason}.`];
  if (last.length > 0)
    lines.push(last.length === 1 ? "It crashed after this input:" : "It crashed after one of these inputs:");
  for (const { rule, last: trial } of last) {
    lines.push(`  ${rule.id}`);
    for (const exchange of trial!.exchanges) {
      lines.push(...visibleLines(sentBytes(exchange), 12).map((line) => `    ${line}`));
    }
  }
  return lines.join("\n");
}
