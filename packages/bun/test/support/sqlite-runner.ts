/** A value that JSON can carry to Bun, with its kind. */
export type Packed = readonly [kind: string, value?: unknown];

/** One step of a script. */
export type Step =
  | { readonly do: "run"; readonly sql: string; readonly args: readonly Packed[] }
  | {
      readonly do: "statement";
      readonly by: "query" | "prepare";
      readonly call: "get" | "all" | "values" | "raw" | "run" | "iterate";
      readonly sql: string;
      readonly args: readonly Packed[];
      /** Runs it again without arguments, as the last values stay bound. */
      readonly again: boolean;
    }
  | { readonly do: "describe"; readonly sql: string }
  | {
      readonly do: "transaction";
      readonly kind: "default" | "deferred" | "immediate" | "exclusive";
      readonly steps: readonly Step[];
      readonly throws: boolean;
    };

export interface Script {
  readonly strict: boolean;
  readonly safeIntegers: boolean;
  readonly steps: readonly Step[];
}

/** The used part of `bun:sqlite`, as both sides have it. */
export interface SQLiteModule {
  readonly Database: new (name: string, options: object) => Record<string, (...args: unknown[]) => unknown>;
}

/**
 * Runs scripts, and says what each step returns or throws. Bun gets the text of this function, so it uses nothing from outside.
 *
 * @param properties of statements, which are read to describe one
 */
export function runScripts(
  sqlite: SQLiteModule,
  scripts: readonly Script[],
  properties: readonly string[],
): string[][] {
  const unpack = ([kind, value]: Packed): unknown => {
    if (kind === "number") return Number(value);
    if (kind === "bigint") return BigInt(value as string);
    if (kind === "bytes") return Uint8Array.from(value as number[]);
    if (kind === "buffer") return Uint8Array.from(value as number[]).buffer;
    if (kind === "words") return Uint16Array.from(value as number[], (byte) => byte * 0x101);
    if (kind === "date") return new Date(0);
    if (kind === "symbol") return Symbol("s");
    if (kind === "undefined") return undefined;
    if (kind === "array") return (value as Packed[]).map(unpack);
    if (kind === "object")
      return Object.fromEntries((value as [string, Packed][]).map(([key, each]) => [key, unpack(each)]));
    return value;
  };
  const say = (value: unknown): string =>
    JSON.stringify(value, (_, each: unknown) => {
      if (typeof each === "bigint") return `${each}n`;
      if (each instanceof Uint8Array) return `bytes ${[...each]}`;
      if (typeof each === "number" && !Number.isFinite(each)) return String(each);
      return Object.is(each, -0) ? "-0" : each;
    }) ?? "undefined";
  const attempt = (call: () => unknown): string => {
    try {
      return say(call());
    } catch (error) {
      const { name, message, code, errno, byteOffset } = error as Record<string, unknown>;
      return `${name}: ${message} ${code} ${errno} ${byteOffset}`;
    }
  };
  return scripts.map(({ steps, ...options }) => {
    const said: string[] = [];
    const db = new sqlite.Database(":memory:", options);
    const perform = (step: Step): void => {
      if (step.do === "run") {
        said.push(attempt(() => db["run"]!(step.sql, ...step.args.map(unpack))));
      } else if (step.do === "statement") {
        const { by, sql, call, args, again } = step;
        const result = attempt(() => {
          const statement = db[by]!(sql) as Record<string, (...args: unknown[]) => unknown>;
          const read = (...given: unknown[]): unknown => {
            const found = statement[call]!(...given);
            return call === "iterate" ? [...(found as Iterable<unknown>)] : found;
          };
          const first = read(...args.map(unpack));
          return again ? [first, read(), String(statement)] : first;
        });
        said.push(result);
      } else if (step.do === "describe") {
        for (const key of properties)
          said.push(attempt(() => (db["prepare"]!(step.sql) as Record<string, unknown>)[key]));
      } else {
        const inside = (): string => {
          for (const each of step.steps) perform(each);
          if (step.throws) throw new RangeError("thrown");
          return "returned";
        };
        const transaction = db["transaction"]!(inside) as Record<string, () => unknown>;
        said.push(
          attempt(() => transaction[step.kind]!()),
          String(db["inTransaction"]),
        );
      }
    };
    for (const step of steps) perform(step);
    db["close"]!();
    return said;
  });
}
