import type { Run } from "../run/check.ts";
import type { Verdict } from "../run/verdict.ts";
import { type CaseFile, toCaseFile } from "./case-file.ts";
import { bySection } from "./table.ts";

/** The whole run for machines. */
export interface JSONReport {
  readonly version: 1;
  readonly target: string;
  readonly seed: number;
  readonly verdicts: readonly {
    readonly id: string;
    readonly level: string;
    readonly section: string;
    readonly security: boolean;
    readonly says: string;
    /** Why a target that breaks the rule may be right all the same. */
    readonly debatable?: string;
    readonly verdict: Verdict["kind"];
    readonly runs: number;
    readonly milliseconds: number;
    readonly reason?: string;
    readonly violation?: CaseFile;
  }[];
}

export function jsonReport({ target, seed }: Run, verdicts: readonly Verdict[]): JSONReport {
  return {
    version: 1,
    target: target.name,
    seed,
    verdicts: bySection(verdicts).map((verdict) => {
      const { rule, runs, took, kind } = verdict;
      const { id, level, section, says } = rule;
      const security = rule.security === true;
      const common = {
        id,
        level,
        section,
        security,
        says,
        ...(rule.debatable !== undefined && { debatable: rule.debatable }),
        verdict: kind,
        runs,
        milliseconds: Math.round(took),
      };
      if (kind === "broken") return { ...common, violation: toCaseFile(verdict) };
      return kind === "held" ? common : { ...common, reason: verdict.reason };
    }),
  };
}
