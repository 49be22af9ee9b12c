import { segmentEnd } from "./match.ts";
import type { PathPattern } from "./pattern.ts";
import { percentDecode } from "./percent-decode.ts";

/**
 * The parameters that a pattern's matches carry: a string for each `:name`, as `Bun.serve` infers for `req.params`,
 * and one under `"*"` for a wildcard. For a pattern that isn't known before it runs, any name; for a union of
 * patterns, the union of their parameters.
 *
 * @example
 * type P = PathParams<"/orgs/:org/files/*">; // { org: string; "*": string }
 */
export type PathParams<Pattern extends string = string> = Pattern extends unknown
  ? { [Name in ParamNames<Pattern>]: string }
  : never;

/** It has an accumulator, so that the compiler turns the recursion into a loop: up to 1000 segments instead of 50. */
type ParamNames<Pattern extends string, Found extends string = never> = string extends Pattern
  ? string
  : Pattern extends `${infer Segment}/${infer Rest}`
    ? ParamNames<Rest, Found | NameOf<Segment>>
    : Found | NameOf<Pattern>;

type NameOf<Segment extends string> = Segment extends `:${infer Name}`
  ? Name
  : Segment extends "*"
    ? "*"
    : never;

/**
 * Makes objects whose prototype is an empty one without a prototype of its own, as Bun's are: a parameter may be
 * named `__proto__` or `constructor`, and a missing one is undefined whatever its name. Measured, this is 1.5 times
 * as fast as `Object.create(null)`, which makes a hash table.
 */
const Params = function Params() {} as unknown as { new (): Record<string, string>; prototype: object };
Params.prototype = Object.freeze(Object.create(null) as object);

/** The `params` of every match without parameters. */
export const NO_PARAMS: PathParams = Object.freeze(new Params());

/**
 * Reads the parameters, percent-decoded, out of a path that matches the pattern.
 *
 * The search need not note their places: literal text has a known length, and a parameter ends at the next "/".
 */
export function readParams(pattern: PathPattern, path: string): PathParams {
  const { literals, names } = pattern;
  const params = new Params();
  let at = 0;
  for (let index = 0; index < names.length; index++) {
    at += literals[index]!.length;
    const end = segmentEnd(path, at);
    params[names[index]!] = percentDecode(path.slice(at, end));
    at = end;
  }
  if (pattern.wildcard) params["*"] = percentDecode(path.slice(at + literals[names.length]!.length));
  return params;
}
