import { arch, availableParallelism, type as system } from "node:os";
import { version } from "../runtime.ts";

/** Words of `navigator.platform`; those of Linux name the processor. */
const PLATFORMS: Readonly<Record<string, string>> = { darwin: "MacIntel", win32: "Win32" };
const PROCESSORS: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

/** The global `navigator` as Bun has it: `userAgent`, `platform` and `hardwareConcurrency` alone. Hono tells runtimes by `userAgent`. */
export function makeNavigator(): object {
  const navigator = {
    userAgent: `Bun/${version}`,
    platform: PLATFORMS[process.platform] ?? `${system()} ${PROCESSORS[arch()] ?? arch()}`,
    hardwareConcurrency: availableParallelism(),
  };
  return Object.defineProperty(navigator, Symbol.toStringTag, { value: "Navigator", configurable: true });
}
