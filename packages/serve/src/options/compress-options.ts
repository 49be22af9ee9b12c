import type { CompressOptions, Encoding } from "../api/compress.ts";
import { resolveInteger } from "./check.ts";

/** The option `compress`, checked, with its defaults. */
export interface ResolvedCompress {
  /** The server's favourite first. */
  readonly encodings: readonly Encoding[];
  /** Bytes. */
  readonly threshold: number;
  /** Media types in lower case, a `*` for any name; null for the types that are not compressed already. */
  readonly types: readonly string[] | null;
  /** The qualities that were given. */
  readonly levels: { readonly [Name in Encoding]?: number };
}

const NAMES: readonly string[] = [
  "encodings",
  "threshold",
  "types",
  "level",
] satisfies (keyof CompressOptions)[];

/** The least and the greatest quality of each coding, in the order of preference: the best ratio first. */
const LEVELS: Readonly<Record<Encoding, readonly [least: number, greatest: number]>> = {
  br: [0, 11],
  zstd: [1, 22],
  gzip: [1, 9],
};
const ENCODINGS = /* @__PURE__ */ Object.keys(LEVELS) as readonly Encoding[];

/** Shorter bodies gain nothing: with its head such a response fits into one packet of 1,460 bytes. */
const DEFAULT_THRESHOLD = 1024;

/** RFC 9110 §8.3.1, with a `*` in place of a name. */
const MEDIA_TYPE = /^(?:\*\/\*|[!#$%&'+\-.^_`|~0-9a-z]+\/(?:\*|[!#$%&'+\-.^_`|~0-9a-z]+))$/i;

/**
 * @returns null if responses are not compressed
 * @throws TypeError or RangeError that names the option
 */
export function resolveCompress(given: unknown): ResolvedCompress | null {
  if (given === undefined || given === null || given === false) return null;
  if (given !== true && (typeof given !== "object" || Array.isArray(given)))
    throw new TypeError("compress must be a boolean or an object of options");
  const options: Readonly<Record<string, unknown>> = given === true ? {} : { ...given };
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    throw new TypeError(
      `compress has no option ${JSON.stringify(unknown)}; its options are ${NAMES.join(", ")}`,
    );
  const encodings = resolveEncodings(options["encodings"]);
  return {
    encodings,
    threshold: resolveInteger(
      options["threshold"],
      "compress.threshold",
      Number.MAX_SAFE_INTEGER,
      DEFAULT_THRESHOLD,
    ),
    types: resolveTypes(options["types"]),
    levels: resolveLevels(options["level"], encodings),
  };
}

function resolveEncodings(given: unknown): readonly Encoding[] {
  if (given === undefined || given === null) return ENCODINGS;
  const isList = Array.isArray(given) && given.length > 0;
  if (!isList || !given.every(isEncoding) || new Set(given).size < given.length)
    throw new TypeError(`compress.encodings must be an array of some of ${ENCODINGS.join(", ")}, each once`);
  return [...given];
}

function resolveTypes(given: unknown): readonly string[] | null {
  if (given === undefined || given === null) return null;
  const isList = Array.isArray(given) && given.length > 0;
  if (!isList || !given.every((type) => typeof type === "string" && MEDIA_TYPE.test(type)))
    throw new TypeError(
      'compress.types must be an array of media types without parameters, such as "text/html" or "text/*"',
    );
  return given.map((type: string) => type.toLowerCase());
}

function resolveLevels(given: unknown, encodings: readonly Encoding[]): ResolvedCompress["levels"] {
  if (given === undefined || given === null) return {};
  if (typeof given === "number") {
    const level = checkLevel(given, "compress.level", encodings);
    return Object.fromEntries(encodings.map((name) => [name, level]));
  }
  if (typeof given !== "object" || Array.isArray(given))
    throw new TypeError("compress.level must be a number, or an object of numbers by encoding");
  const levels: { [Name in Encoding]?: number } = {};
  for (const [name, level] of Object.entries(given)) {
    if (!isEncoding(name))
      throw new TypeError(
        `compress.level has no encoding ${JSON.stringify(name)}; they are ${ENCODINGS.join(", ")}`,
      );
    if (level !== undefined && level !== null)
      levels[name] = checkLevel(level, `compress.level.${name}`, [name]);
  }
  return levels;
}

/** @param encodings which must all have the quality */
function checkLevel(level: unknown, name: string, encodings: readonly Encoding[]): number {
  const least = Math.max(...encodings.map((each) => LEVELS[each][0]));
  const greatest = Math.min(...encodings.map((each) => LEVELS[each][1]));
  if (typeof level === "number" && Number.isInteger(level) && level >= least && level <= greatest)
    return level;
  const ErrorClass = typeof level === "number" ? RangeError : TypeError;
  throw new ErrorClass(
    `${name} must be an integer from ${least} to ${greatest} for ${encodings.join(", ")}, not ${String(level)}`,
  );
}

function isEncoding(name: unknown): name is Encoding {
  return (ENCODINGS as readonly unknown[]).includes(name);
}
