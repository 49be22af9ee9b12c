import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { tempDir } from "@mantou/testing/temp-dir";

const program = fileURLToPath(new URL("../../", import.meta.url));
const packages = fileURLToPath(new URL("../../../../packages/", import.meta.url));

/** A copy of the program in a folder of its own, which tests may edit. Its packages are links to those of the program. */
export function copyProgram(): string {
  const dir = tempDir();
  for (const name of ["package.json", "vite.config.ts", "bunfig.toml", "src", "page"])
    cpSync(join(program, name), join(dir, name), { recursive: true });
  linkPackages(dir);
  return dir;
}

/** Gives a project the packages of the program. */
export function linkPackages(dir: string): void {
  for (const name of namesIn(join(program, "node_modules")))
    link(join(program, "node_modules", name), dir, name);
}

/**
 * A folder with what has been built, and with the runtime as npm would install it: its packages are copies, so that nothing is found from
 * where they are developed, such as Vite.
 */
export function deploy(built: string): string {
  const dir = tempDir();
  cpSync(built, join(dir, "app"), { recursive: true });
  addPackage("bun", dir);
  return dir;
}

function addPackage(name: string, dir: string): void {
  const from = join(packages, name);
  const to = join(dir, "node_modules/@mantou", name);
  if (existsSync(to)) return;
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  for (const file of ["package.json", "dist", "shims"])
    if (existsSync(join(from, file))) cpSync(join(from, file), join(to, file), { recursive: true });
  for (const dependency of Object.keys(dependencies as Record<string, string>)) {
    const own = /^@mantou\/(.+)$/.exec(dependency)?.[1];
    if (own !== undefined) addPackage(own, dir);
    else if (!existsSync(join(dir, "node_modules", dependency)))
      link(join(from, "node_modules", dependency), dir, dependency);
  }
}

function link(from: string, dir: string, name: string): void {
  const to = join(dir, "node_modules", name);
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(realpathSync(from), to);
}

/** The packages in a folder, those with a scope too. */
function namesIn(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((each) => `${name}/${each}`) : [name],
    );
}
