import type { MicroCase, Tally } from "./cases.ts";
import { llhttp } from "./parser-llhttp.ts";
import { mantou } from "./parser-mantou.ts";
import { httpParserJs, nodeParser } from "./parser-node.ts";

export interface MicroContestant {
  readonly name: string;
  /** The part of an operation that it does, for the page. */
  readonly does: string;
  /** Whether it makes strings of all fields; if not, it finds none. */
  readonly splitsFields: boolean;
  /** The package whose version belongs into the report; Node's own parser is named by the runtime. */
  readonly versionOf?: string;
  /** The package that is fetched when it is first measured. */
  readonly fetched?: { readonly name: string; readonly version: string };
  /** @param folder where `fetched` is; "" without it */
  readonly prepare: (input: MicroCase, tally: Tally, folder: string) => () => void;
}

/** In the order in which they take turns. Ratios are to the first that takes part. */
export const contestants: readonly MicroContestant[] = [
  {
    name: "mantou",
    does: "checks everything and leaves the fields in one string, as most handlers need no more",
    splitsFields: false,
    versionOf: "@mantou/http1",
    prepare: (input, tally) => mantou(input, tally, false),
  },
  {
    name: "mantou-fields",
    does: "does the same, and splits each field into name and value, as all that follow do",
    splitsFields: true,
    versionOf: "@mantou/http1",
    prepare: (input, tally) => mantou(input, tally, true),
  },
  {
    name: "llhttp-wasm",
    does: "llhttp as WebAssembly within undici, with callbacks that make strings of target, names and values",
    splitsFields: true,
    versionOf: "undici",
    prepare: llhttp,
  },
  {
    name: "node",
    does: "llhttp as native code within Node.js, which makes the strings; `node:http` is built on it",
    splitsFields: true,
    prepare: nodeParser,
  },
  {
    name: "http-parser-js",
    does: "Node's parser in JavaScript, with the same interface",
    splitsFields: true,
    fetched: { name: "http-parser-js", version: "0.5.10" },
    prepare: httpParserJs,
  },
];

/** @throws Error that lists the contestants. */
export function findContestant(name: string): MicroContestant {
  const found = contestants.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const known = contestants.map((contestant) => contestant.name).join(", ");
  throw new Error(`there is no contestant "${name}"; there are: ${known}`);
}

/**
 * Lets a contestant do one operation.
 *
 * @throws Error when it does not find what the case has.
 */
export function check(
  { name, splitsFields }: MicroContestant,
  input: MicroCase,
  operate: () => void,
  tally: Tally,
): void {
  const before = { ...tally };
  operate();
  for (const what of ["messages", "fields", "bodyBytes"] as const) {
    const found = tally[what] - before[what];
    const expected = what === "fields" && !splitsFields ? 0 : input.expected[what];
    if (found !== expected)
      throw new Error(`${name} finds ${found} ${what} in ${input.name}, not ${expected}`);
  }
}
