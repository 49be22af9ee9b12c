import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Gives a project the packages, as if they were installed. */
export function install(dir: string): void {
  const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
  mkdirSync(join(dir, "node_modules/@mantou"), { recursive: true });
  symlinkSync(join(modules, "vite"), join(dir, "node_modules/vite"));
  symlinkSync(join(modules, "@mantou/serve"), join(dir, "node_modules/@mantou/serve"));
  symlinkSync(fileURLToPath(new URL("../..", import.meta.url)), join(dir, "node_modules/@mantou/html"));
}
