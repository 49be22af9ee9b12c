import type { Mismatch } from "../compare.ts";

/** A way in which the two are not the same, on purpose. A row of docs/differences-from-bun.md, whose first cell is `what`. */
export interface Difference {
  readonly what: string;
  /** The rest of the row; without it the row is there already, among those of a feature. */
  readonly row?: { readonly bun: string; readonly mantou: string; readonly why: string };
  /** Whether it explains this. */
  readonly covers: Covers;
}

export type Covers = (mismatch: Mismatch) => boolean;

/** One header of any response. */
export function header(name: string, agrees: (ours: string, bun: string) => boolean): Covers {
  return ({ path, ours, bun }) => path.endsWith(`.headers.${name}`) && agrees(ours, bun);
}

/** Everything in the scenarios of an area whose names begin so. */
export function within(area: string, ...names: string[]): Covers {
  return (mismatch) => mismatch.area === area && names.some((name) => mismatch.scenario.startsWith(name));
}

/** The places of a scenario that begin so. */
export function at(area: string, name: string, ...paths: string[]): Covers {
  return ({ area: its, scenario, path }) =>
    its === area &&
    scenario === name &&
    paths.some((begin) => path === begin || path.startsWith(`${begin}.`));
}

export function either(...alternatives: Covers[]): Covers {
  return (mismatch) => alternatives.some((covers) => covers(mismatch));
}

export function both(...conditions: Covers[]): Covers {
  return (mismatch) => conditions.every((covers) => covers(mismatch));
}

/** What stands for a place that only one of the two has. */
export const NOTHING = "—";

/** What has an answer of another kind in its wake: its content, and what is said of that. */
export const content: Covers = ({ path }) =>
  /\.(?:headers\.(?:content-length|content-type)|framing|body)$/.test(path);
