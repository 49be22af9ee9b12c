/** The options of `Bun.password.hash`. */
import { wrongType } from "../../base/argument-error.ts";

const ALGORITHMS = ["bcrypt", "argon2id", "argon2d", "argon2i"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** The options of `hash`. */
export type PasswordOptions =
  | { algorithm: "bcrypt" /** From 4 to 31; the default is 10. */; cost?: number }
  | {
      algorithm: "argon2id" | "argon2d" | "argon2i";
      /** KiB, from 8 on; the default is 65,536. */
      memoryCost?: number;
      /** From 1 on; the default is 2. */
      timeCost?: number;
    };

/** All options, of whatever algorithm. */
interface HashSettings {
  readonly algorithm: Algorithm;
  readonly cost: number;
  readonly memoryCost: number;
  readonly timeCost: number;
}

/** @throws TypeError for an unknown algorithm, and for a number out of its range */
export function readOptions(options: Algorithm | PasswordOptions | null | undefined): HashSettings {
  if (options !== undefined && options !== null && typeof options !== "string" && typeof options !== "object")
    throw wrongType("The options of hash() must be an object, or the name of an algorithm");
  const given = typeof options === "object" ? options : { algorithm: options };
  if (options && typeof given?.algorithm !== "string") throw wrongType("algorithm must be a string");
  const {
    algorithm = "argon2id",
    cost,
    memoryCost,
    timeCost,
  } = (given ?? {}) as {
    algorithm?: Algorithm;
    cost?: number;
    memoryCost?: number;
    timeCost?: number;
  };
  checkAlgorithm(algorithm);
  return {
    algorithm,
    cost: integer(cost, "cost", 10, 4, 31),
    memoryCost: integer(memoryCost, "memoryCost", 65_536, 8, 2 ** 32 - 1),
    timeCost: integer(timeCost, "timeCost", 2, 1, 2 ** 32 - 1),
  };
}

function integer(value: unknown, name: string, fallback: number, minimum: number, maximum: number): number {
  if (value === undefined || value === null) return fallback;
  if (Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum)
    return value as number;
  throw wrongType(`${name} must be an integer from ${minimum} to ${maximum}, not ${String(value)}`);
}

/** @throws TypeError for an unknown one */
export function checkAlgorithm(algorithm: string): void {
  if (!(ALGORITHMS as readonly string[]).includes(algorithm))
    throw wrongType(`algorithm must be one of ${ALGORITHMS.join(", ")}, not ${JSON.stringify(algorithm)}`);
}
