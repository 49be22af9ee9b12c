import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Installs a copy of the built package in a folder, with its dependencies: other packages of this repository are not beside it. */
export function installCopy(folder: string): void {
  const modules = join(folder, "node_modules");
  const copy = join(modules, "@mantou", "serve");
  cpSync(join(ROOT, "package.json"), join(copy, "package.json"));
  cpSync(join(ROOT, "dist"), join(copy, "dist"), {
    recursive: true,
    filter: (path) => !/\.(?:ts|map)$/.test(path),
  });
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
}
