import type { Mismatch } from "./compare.ts";
import type { Difference } from "./differences/difference.ts";
import { differences } from "./differences/index.ts";

/** A mismatch with the difference that explains it. */
export interface Explained extends Mismatch {
  readonly what: string;
}

export interface Verdict {
  readonly explained: Explained[];
  /** Unexplained, unknown or vanished differences, one text each. */
  readonly complaints: string[];
  /** The number of scenarios, out of `count`, without any mismatch. */
  same(count: number): number;
}

/**
 * Finds the reason of each mismatch.
 * @param known the recorded mismatches, which must be the same; null to accept the present ones
 * @param all whether all scenarios have run, so that each difference must show
 */
export function judge(
  mismatches: readonly Mismatch[],
  known: readonly Explained[] | null,
  all: boolean,
): Verdict {
  const explained: Explained[] = [];
  const complaints: string[] = [];
  const shown = new Set<Difference>();
  const before = new Map(known?.map((mismatch) => [key(mismatch), mismatch]));
  for (const mismatch of mismatches) {
    const difference = differences.find(({ covers }) => covers(mismatch));
    if (difference === undefined) {
      complaints.push(`not explained: ${describe(mismatch)}`);
      continue;
    }
    shown.add(difference);
    explained.push({ ...mismatch, what: difference.what });
    const was = before.get(key(mismatch));
    before.delete(key(mismatch));
    if (known !== null && (was?.ours !== mismatch.ours || was.bun !== mismatch.bun)) {
      complaints.push(`explained, but not known: ${describe(mismatch)}`);
    }
  }
  for (const gone of before.values()) complaints.push(`no longer different: ${describe(gone)}`);
  if (all) {
    for (const difference of differences) {
      if (!shown.has(difference)) complaints.push(`explains nothing: ${difference.what}`);
    }
  }
  const odd = new Set(mismatches.map(({ area, scenario }) => `${area}: ${scenario}`));
  return { explained, complaints, same: (count) => count - odd.size };
}

function key({ area, scenario, path }: Mismatch): string {
  return `${area}: ${scenario}: ${path}`;
}

function describe(mismatch: Mismatch): string {
  return `${key(mismatch)}\n  Mantou ${mismatch.ours}\n  Bun    ${mismatch.bun}`;
}
