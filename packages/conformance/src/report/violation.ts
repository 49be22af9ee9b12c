import { sentBytes } from "../exchange/exchange.ts";
import { hexLines, visibleLines } from "../exchange/visible.ts";
import type { Verdict } from "../run/verdict.ts";
import { reproduction } from "./reproduction.ts";

const MOST_LINES = 24;

type Broken = Extract<Verdict, { readonly kind: "broken" }>;

/** A broken rule for a person: the requirement, the fewest bytes, what came and what was due, and how to repeat it. */
export function violationText({ rule, target, seed, violation }: Broken): string {
  const { trial, outcomes, due, got, repeated } = violation;
  const lines = [
    `${rule.id}  (${rule.level.toUpperCase()}, ${rule.section}${rule.security === true ? ", security" : ""})`,
    `  ${rule.says}`,
  ];
  for (const [i, exchange] of trial.exchanges.entries()) {
    const bytes = sentBytes(exchange);
    const { pieces } = exchange;
    const cut =
      pieces.length > 1 ? `, in pieces of ${pieces.map((piece) => piece.bytes.length).join(", ")}` : "";
    const end = exchange.halfClose ? ", and the end of our side" : "";
    lines.push(
      `  sent${trial.exchanges.length > 1 ? ` on connection ${i + 1}` : ""} (${bytes.length} bytes${cut}${end}):`,
    );
    lines.push(...indented(visibleLines(bytes, MOST_LINES)));
    lines.push(...indented(hexLines(bytes, MOST_LINES)));
    const { received } = outcomes[i]!;
    lines.push(`  came back (${received.length} bytes):`, ...indented(visibleLines(received, MOST_LINES)));
  }
  lines.push(`  got: ${got}`, `  due: ${due}`);
  if (rule.debatable !== undefined) lines.push(`  debatable: ${rule.debatable}`);
  if (repeated.broken < repeated.of)
    lines.push(`  not each time: ${repeated.broken} of ${repeated.of} repetitions`);
  for (const exchange of trial.exchanges) {
    const command = reproduction(exchange, target);
    if (command !== null) lines.push(`  $ ${command}`);
  }
  lines.push(`  again: --only ${rule.id} --seed ${seed}`);
  return lines.join("\n");
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}
