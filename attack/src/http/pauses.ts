import type { Pause } from "./script.ts";

/** Resolves after that wait. */
export function pause(how: Pause): Promise<void> {
  if (how === "microtask") return Promise.resolve();
  return new Promise((resolve) => {
    if (how === "tick") process.nextTick(resolve);
    else if (how === "turn") setImmediate(resolve);
    else setTimeout(resolve, how);
  });
}
