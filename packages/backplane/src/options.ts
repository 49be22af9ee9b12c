/** Checks what users give. Each error names the option. */
import type { CommonOptions, QueueOptions } from "./backplane.ts";

export const COMMON_NAMES = ["prefix", "queue"] as const;

/** @throws TypeError if `value` is no object, or has a name that is not in `names` */
export function checkNames(value: unknown, names: readonly string[], user: string): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${user} must be an object`);
  }
  const unknown = Object.keys(value).filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  throw new TypeError(`${user}: there is no option ${unknown.join(", ")}; there are ${names.join(", ")}`);
}

/** @throws TypeError */
export function checkString(value: unknown, name: string): asserts value is string | undefined {
  if (value === undefined) return;
  if (typeof value !== "string") throw new TypeError(`${name} must be a string, not ${typeof value}`);
  if (value === "") throw new TypeError(`${name} must not be empty`);
}

/** @throws TypeError for a wrong type; RangeError for a number that is not above 0 */
export function readCommon(
  { prefix, queue }: CommonOptions,
  user: string,
): { prefix: string; queue: QueueOptions } {
  checkString(prefix, `${user}: prefix`);
  if (prefix !== undefined && LONE_SURROGATE.test(prefix))
    throw new TypeError(`${user}: prefix must be well-formed`);
  if (queue === undefined) return { prefix: prefix ?? "mantou", queue: {} };
  checkNames(queue, ["bytes", "seconds"], `${user}: queue`);
  for (const name of ["bytes", "seconds"] as const) {
    const value: unknown = queue[name];
    if (value === undefined) continue;
    if (typeof value !== "number")
      throw new TypeError(`${user}: queue.${name} must be a number, not ${typeof value}`);
    if (!(value >= 0)) throw new RangeError(`${user}: queue.${name} must be 0 or more`);
  }
  return { prefix: prefix ?? "mantou", queue: { ...queue } };
}

/** With the `u` flag a surrogate matches only if it is alone. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * What channels begin with: programs have a prefix each, servers of one program a scope. A pattern for the prefix, as permissions of an engine
 * have it (`chat:*`), covers the scopes, too. No channel without a scope begins with `@` there.
 */
export function channelPrefix(prefix: string, scope: string | undefined): string {
  return scope === undefined ? `${prefix}:` : `${prefix}:@${scope.replace(/[%:]/g, encodeURIComponent)}:`;
}
