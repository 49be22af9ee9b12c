import { version } from "./runtime.ts";

/**
 * Bun's documentation tells programs to ask `process.versions.bun` whether they run on Bun. Libraries ask for it, too, and for the global `Bun`,
 * which is there.
 */
export function markProcess(): void {
  if ("bun" in process.versions) return;
  const versions = Object.freeze({ ...process.versions, bun: version });
  Object.defineProperty(process, "versions", { value: versions, enumerable: true, configurable: true });
  Object.defineProperty(process, "isBun", { value: true, enumerable: true, configurable: true });
}
