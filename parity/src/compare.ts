import type { Recording } from "./record.ts";
import type { Recordings } from "./run.ts";

/** A place in a scenario's record where two runtimes differ. */
export interface Mismatch {
  readonly area: string;
  readonly scenario: string;
  /** Such as `wire.0.status`, `wire.1.headers.vary` or `notes.2`. */
  readonly path: string;
  readonly ours: string;
  readonly bun: string;
}

export function compareAll(ours: Recordings, bun: Recordings): Mismatch[] {
  const mismatches: Mismatch[] = [];
  for (const [area, scenarios] of Object.entries(ours)) {
    for (const [scenario, recording] of Object.entries(scenarios)) {
      const a = flatten(recording);
      const b = flatten(bun[area]?.[scenario] ?? { wire: [], notes: [] });
      for (const path of new Set([...a.keys(), ...b.keys()])) {
        const [mine = "—", its = "—"] = [a.get(path), b.get(path)];
        if (mine !== its) mismatches.push({ area, scenario, path, ours: mine, bun: its });
      }
    }
  }
  return mismatches;
}

/** Every leaf by its path; each header is a leaf. */
function flatten(recording: Recording): Map<string, string> {
  const leaves = new Map<string, string>();
  recording.wire.forEach((entry, i) => {
    for (const [key, value] of Object.entries(entry)) {
      if (key !== "headers") leaves.set(`wire.${i}.${key}`, show(value));
      else for (const line of value as string[]) addHeader(leaves, `wire.${i}.headers`, line);
    }
  });
  recording.notes.forEach((note, i) => {
    leaves.set(`notes.${i}`, show(note));
  });
  return leaves;
}

function addHeader(leaves: Map<string, string>, path: string, line: string): void {
  const colon = line.indexOf(": ");
  const key = `${path}.${line.slice(0, colon)}`;
  const before = leaves.get(key);
  const value = line.slice(colon + 2);
  leaves.set(key, before === undefined ? value : `${before} | ${value}`);
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
