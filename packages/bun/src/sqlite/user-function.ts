import type { AggregateSteps, SQLFunction, SQLiteValue } from "./backend.ts";
import type { Calls } from "./calls.ts";
import { assertNoNull } from "./names.ts";
import { sqliteValue } from "./parameters.ts";
import { codeNumber } from "./result-codes.ts";
import { sqliteError } from "./sqlite-error.ts";

/** A function of the program. */
export type Callback = (...args: unknown[]) => unknown;

/** A function as a back end defines it. */
interface Definition<T> {
  readonly definition: SQLFunction;
  readonly call: T;
}

/** SQLite's bound for a name in bytes, and the number of arguments that its builds allow. */
const MOST_NAME_BYTES = 255;
const MOST_ARGUMENTS = 1000;

/**
 * Reads the arguments of `Database.function`.
 * @throws TypeError for a wrong kind of argument
 */
export function scalarOf(
  calls: Calls,
  defaultSafe: boolean,
  name: unknown,
  ...rest: readonly unknown[]
): Definition<(args: readonly SQLiteValue[]) => SQLiteValue> {
  const fn = rest.at(-1);
  const checked = checkedName(name);
  if (typeof fn !== "function") throw new TypeError("Expected last argument to be a function");
  const options = rest.length > 1 ? optionsOf(rest[0] ?? {}) : {};
  const definition = definitionOf(checked, options, fn.length);
  const safe = safeIntegersOf(options, defaultSafe);
  const call = (args: readonly SQLiteValue[]): SQLiteValue =>
    calls.run(() => resultOf(checked, (fn as Callback)(...argumentsOf(args, safe)), safe));
  return { definition, call };
}

/**
 * Reads the options of `Database.aggregate`. What `step` and `inverse` throw comes out of the next call of `result`, as `node:sqlite`
 * heeds errors of that one on every line.
 * @throws TypeError for a wrong kind of option
 */
export function aggregateOf(
  calls: Calls,
  defaultSafe: boolean,
  name: unknown,
  given: unknown,
): Definition<AggregateSteps> {
  const checked = checkedName(name);
  const options = optionsOf(given);
  const { start = null } = options;
  const step = callbackOf(options, "step");
  if (step === null) throw new TypeError('Missing required option "step"');
  const inverse = callbackOf(options, "inverse");
  const result = callbackOf(options, "result");
  const safe = safeIntegersOf(options, defaultSafe);
  const update = (callback: Callback, accumulator: unknown, args: readonly SQLiteValue[]): unknown => {
    if (calls.failed) return accumulator;
    try {
      const next = calls.run(() => callback(accumulator, ...argumentsOf(args, safe)));
      return next === undefined ? accumulator : next;
    } catch {
      return accumulator;
    }
  };
  return {
    definition: definitionOf(checked, options, Math.max(step.length - 1, 0)),
    call: {
      start: () => (typeof start === "function" ? calls.run(() => (start as Callback)()) : start),
      step: (accumulator, args) => update(step, accumulator, args),
      inverse: inverse === null ? null : (accumulator, args) => update(inverse, accumulator, args),
      result(accumulator) {
        calls.rethrowWithin();
        return calls.run(() => resultOf(checked, result === null ? accumulator : result(accumulator), safe));
      },
    },
  };
}

function checkedName(name: unknown): string {
  if (typeof name !== "string") throw new TypeError("Expected first argument to be a string");
  if (name === "") throw new TypeError("User-defined function name cannot be an empty string");
  assertNoNull("name", name);
  return name;
}

type Options = Readonly<Record<string, unknown>>;

function optionsOf(options: unknown): Options {
  if (typeof options !== "object" || options === null)
    throw new TypeError("Expected second argument to be an options object");
  return options as Options;
}

function callbackOf(options: Options, key: string): Callback | null {
  const callback = options[key] ?? null;
  if (callback !== null && typeof callback !== "function")
    throw new TypeError(`Expected the "${key}" option to be a function`);
  return callback as Callback | null;
}

function flagOf(options: Options, key: string): boolean | undefined {
  const flag = options[key];
  if (flag !== undefined && typeof flag !== "boolean")
    throw new TypeError(`Expected the "${key}" option to be a boolean`);
  return flag;
}

function safeIntegersOf(options: Options, byDefault: boolean): boolean {
  return flagOf(options, "safeIntegers") ?? byDefault;
}

function definitionOf(name: string, options: Options, length: number): SQLFunction {
  const arity = flagOf(options, "varargs") === true ? -1 : length;
  if (Buffer.byteLength(name) > MOST_NAME_BYTES || arity > MOST_ARGUMENTS)
    throw sqliteError("bad parameter or other API misuse", codeNumber("MISUSE"));
  const deterministic = flagOf(options, "deterministic") ?? false;
  return { name, arity, deterministic, directOnly: flagOf(options, "directOnly") ?? false };
}

function argumentsOf(args: readonly SQLiteValue[], safeIntegers: boolean): readonly unknown[] {
  return safeIntegers ? args : args.map((value) => (typeof value === "bigint" ? Number(value) : value));
}

function resultOf(name: string, value: unknown, safeIntegers: boolean): SQLiteValue {
  const result = sqliteValue(value, safeIntegers);
  if (result === undefined) throw new TypeError(`User-defined function ${name}() returned an invalid value`);
  return result;
}
