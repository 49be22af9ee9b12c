import { readFileSync } from "node:fs";
import { version as bunVersion } from "../global/runtime.ts";

/** The version of this package. */
export function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** The versions of all that a program depends on. */
export function revision(): string {
  return `${version()} (Bun ${bunVersion}, Node.js ${process.versions.node})`;
}
