import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { apply, type Killer, type Mutation, packagesOf } from "./mutation.ts";

/** The copied parts of the tree. */
const COPIED = [
  "package.json",
  "tsconfig.base.json",
  "vitest.shared.ts",
  "vitest.setup.ts",
  "vitest.after-each.ts",
  "vitest.runs.ts",
  "README.md",
  "packages",
  "attack",
];

/** Minutes for the generated part of an attack: known scripts run first. */
const MINUTES = "0.5";
/** Milliseconds in which a command must end. */
const LIMIT = 300_000;

/** A copy of the built tree, in which fixes are removed. */
export class Workshop {
  readonly #root: string;

  constructor(source: string) {
    this.#root = mkdtempSync(join(tmpdir(), "mantou-mutations-"));
    for (const name of COPIED) {
      cpSync(join(source, name), join(this.#root, name), {
        recursive: true,
        // The links between packages are relative, so that they lead to the copies.
        verbatimSymlinks: true,
        filter: (path) => basename(path) !== ".turbo",
      });
    }
    symlinkSync(join(source, "node_modules"), join(this.#root, "node_modules"));
  }

  /** @returns whether the killer fails without the fix */
  async kills(mutation: Mutation): Promise<boolean> {
    const undo = apply(mutation, this.#root);
    try {
      await this.#build(mutation);
      return !(await this.passes(mutation.killer));
    } finally {
      undo();
      await this.#build(mutation);
    }
  }

  /** @returns whether it passes on the tree as it is now */
  async passes(killer: Killer): Promise<boolean> {
    if ("attack" in killer) {
      const { attack, options = [] } = killer;
      const args = ["dist/main.js", "--only", attack, "--minutes", MINUTES, "--seed", "1", ...options];
      const code = await this.#run("attack", process.execPath, args);
      if (code === 2) throw new Error(`there is no attack "${attack}"`);
      return code === 0;
    }
    return (await this.#run(killer.package, "npx", ["vitest", "run", killer.test])) === 0;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** It checks no types. @throws Error if a file is no TypeScript any more: it would be the compiler that kills the mutation */
  async #build(mutation: Mutation): Promise<void> {
    if ("package" in mutation.killer && mutation.killer.sources === true) return;
    for (const name of packagesOf(mutation)) {
      const code = await this.#run(name, "npx", ["tsc", "-p", "tsconfig.build.json"]);
      if (code !== 0) throw new Error(`${name} cannot be built`);
    }
  }

  #run(folder: string, command: string, args: readonly string[]): Promise<number> {
    const child = spawn(command, args, { cwd: join(this.#root, folder), stdio: "ignore", timeout: LIMIT });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      // A process that the limit's signal has ended has not passed.
      child.once("close", (code) => resolve(code ?? 1));
    });
  }
}
