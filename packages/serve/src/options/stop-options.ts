import type { StopOptions } from "../api/stop.ts";

const NAMES: readonly (keyof StopOptions)[] = ["timeout", "grace", "spread"];

/** A day. */
const MOST_SECONDS = 86_400;

/** How a server stops that lets its connections end. */
export interface ResolvedStop {
  /** Seconds; null for no end. */
  readonly timeout: number | null;
  readonly grace: number;
  readonly spread: number;
}

/** @throws TypeError for an unknown name or a value of another type, RangeError for a number out of range; both name the option */
export function resolveStop(given: StopOptions): ResolvedStop {
  const unknown = Object.keys(given).find((name) => !(NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new TypeError(`stop() has no option ${JSON.stringify(unknown)}`);
  const timeout = optionalSeconds(given.timeout, "timeout");
  const grace = optionalSeconds(given.grace, "grace") ?? 0;
  const spread = optionalSeconds(given.spread, "spread") ?? 0;
  // What is left at the timeout is closed at once.
  if (timeout !== null && grace > timeout)
    throw new RangeError(`grace must be at most the timeout, ${timeout} seconds, not ${grace}`);
  if (timeout !== null && grace + spread > timeout) {
    const most = grace === 0 ? "the timeout" : "the timeout without the grace";
    throw new RangeError(`spread must be at most ${most}, ${timeout - grace} seconds, not ${spread}`);
  }
  return { timeout, grace, spread };
}

/** @throws TypeError for a value of another type, RangeError for a number out of range; both name the option */
export function optionalSeconds(value: unknown, name: string): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "number") throw new TypeError(`${name} must be a number of seconds`);
  if (value >= 0 && value <= MOST_SECONDS) return value;
  throw new RangeError(`${name} must be from 0 to ${MOST_SECONDS} seconds, not ${value}`);
}
