import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { StartupContestant } from "./contestants.ts";

/** A project that nothing has run in, with a folder of its own for temporary files: all that a tool keeps between two starts is there. */
export class ProgramFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), "bench-startup-"));
  readonly temporary: string = join(this.path, "tmp");

  constructor({ file, source }: StartupContestant) {
    mkdirSync(this.temporary);
    const modules = join(this.path, "node_modules", "@mantou");
    mkdirSync(modules, { recursive: true });
    const manifest = createRequire(import.meta.url).resolve("@mantou/serve/package.json");
    symlinkSync(dirname(manifest), join(modules, "serve"));
    writeFileSync(join(this.path, "package.json"), '{ "name": "hello", "private": true }\n');
    writeFileSync(join(this.path, file), source);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
