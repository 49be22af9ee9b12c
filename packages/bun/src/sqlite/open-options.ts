import type { OpenMode } from "./backend.ts";
import { constants } from "./constants.ts";
import { codeNumber } from "./result-codes.ts";
import { sqliteError } from "./sqlite-error.ts";

/** How a `Database` opens its file and reads values. */
export interface OpenOptions extends OpenMode {
  readonly strict: boolean;
  readonly safeIntegers: boolean;
}

const { SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE, SQLITE_OPEN_URI } = constants;

/**
 * Reads the constructor's options: an object, or flags of `constants`. Anything else counts as no options, as in Bun.
 * @throws TypeError for options that contradict each other
 */
export function openOptions(options: unknown): OpenOptions {
  if (typeof options === "number") return ofFlags(options);
  const given = typeof options === "object" && options !== null ? options : {};
  const { readonly: only, create, readwrite, strict, safeIntegers } = given as Record<string, unknown>;
  const isReadonly = Boolean(only) || readwrite === false;
  if (isReadonly && (create === true || readwrite === true)) {
    const readers = '("readonly: true" or "readwrite: false")';
    throw new TypeError(`A read-only database ${readers} cannot have "create: true" or "readwrite: true"`);
  }
  const isSilent = only === undefined && create === undefined && readwrite === undefined;
  const creates =
    Boolean(create) || isSilent || (only === false && create === undefined && readwrite === undefined);
  return {
    readonly: isReadonly,
    create: creates && !isReadonly,
    uri: false,
    strict: Boolean(strict),
    safeIntegers: Boolean(safeIntegers),
  };
}

function ofFlags(flags: number): OpenOptions {
  const access = flags & (SQLITE_OPEN_READONLY | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  const known = [SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE];
  if (!known.includes(access)) throw sqliteError("bad parameter or other API misuse", codeNumber("MISUSE"));
  return {
    readonly: access === SQLITE_OPEN_READONLY,
    create: (access & SQLITE_OPEN_CREATE) !== 0,
    uri: (flags & SQLITE_OPEN_URI) !== 0,
    strict: false,
    safeIntegers: false,
  };
}
