import { createRequire, syncBuiltinESMExports } from "node:module";
import { vi } from "vitest";

type Timers = typeof import("node:timers");
type Name = "setTimeout" | "clearTimeout" | "setInterval" | "clearInterval";

const timers = createRequire(import.meta.url)("node:timers") as Timers;
const NAMES: readonly Name[] = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"];
const real: Pick<Timers, Name> = { ...timers };

/** Vitest's fake timers, also as those of `node:timers`, which the package calls: those of an application's tests stop nothing there. */
export function useFakeNodeTimers(...toFake: Name[]): void {
  vi.useFakeTimers(toFake.length === 0 ? {} : { toFake });
  const names = toFake.length === 0 ? NAMES : toFake;
  Object.assign(timers, Object.fromEntries(names.map((name) => [name, globalThis[name]])));
  syncBuiltinESMExports();
}

export function useRealNodeTimers(): void {
  vi.useRealTimers();
  Object.assign(timers, Object.fromEntries(NAMES.map((name) => [name, real[name]])));
  syncBuiltinESMExports();
}
