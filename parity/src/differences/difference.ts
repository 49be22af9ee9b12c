import type { Mismatch } from "../compare.ts";

/** An intended difference between the two: a row of docs/differences-from-bun.md. `what` is its first cell. */
export interface Difference {
  readonly what: string;
  /** The rest of the row. Left out if the row stands in the section of a feature. */
  readonly row?: { readonly bun: string; readonly mantou: string; readonly why: string };
  /** Whether it explains this mismatch. */
  readonly covers: Covers;
}

export type Covers = (mismatch: Mismatch) => boolean;

/** One header of any response. */
export function header(name: string, agrees: (ours: string, bun: string) => boolean): Covers {
  return ({ path, ours, bun }) => path.endsWith(`.headers.${name}`) && agrees(ours, bun);
}

/** Everything in those scenarios of an area that have names with this beginning. */
export function within(area: string, ...names: string[]): Covers {
  return (mismatch) => mismatch.area === area && names.some((name) => mismatch.scenario.startsWith(name));
}

/** The places of a scenario that have this beginning. */
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

/** Stands for a place that only one of the two has. */
export const NOTHING = "—";

/** The body and the fields that describe it: they differ wherever the response is of another kind. */
export const content: Covers = ({ path }) =>
  /\.(?:headers\.(?:content-length|content-type)|framing|body)$/.test(path);
