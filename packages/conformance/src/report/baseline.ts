import type { Verdict } from "../run/verdict.ts";

/** The verdicts beside what is known of the target. */
export interface Comparison {
  /** Broken rules that the baseline does not have: only they fail. */
  readonly added: readonly Verdict[];
  /** Broken rules that it has. */
  readonly known: readonly Verdict[];
  /** Rules that it has as broken, and that have held. */
  readonly mended: readonly Verdict[];
}

/**
 * Reads the ids of broken rules from an earlier run's `--json`.
 * @throws SyntaxError for text that is no such report
 */
export function parseBaseline(text: string): ReadonlySet<string> {
  const data: unknown = JSON.parse(text);
  const fault = new SyntaxError("it is no report that --json has written");
  if (typeof data !== "object" || data === null || !("verdicts" in data) || !Array.isArray(data.verdicts)) {
    throw fault;
  }
  const ids = new Set<string>();
  for (const row of data.verdicts as readonly unknown[]) {
    if (typeof row !== "object" || row === null || !("id" in row) || !("verdict" in row)) throw fault;
    if (row.verdict === "broken") ids.add(String(row.id));
  }
  return ids;
}

export function compare(verdicts: readonly Verdict[], baseline: ReadonlySet<string>): Comparison {
  const broken = verdicts.filter(({ kind }) => kind === "broken");
  return {
    added: broken.filter(({ rule }) => !baseline.has(rule.id)),
    known: broken.filter(({ rule }) => baseline.has(rule.id)),
    mended: verdicts.filter(({ rule, kind }) => kind === "held" && baseline.has(rule.id)),
  };
}
