import { type Dirent, readdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { globExpression } from "./glob-pattern.ts";

/** The options of a search. */
export interface GlobScanOptions {
  /** Where the search begins. Default: the working directory. */
  readonly cwd?: string;
  /** Whether wildcards find names that begin with a dot. Default false. */
  readonly dot?: boolean;
  /** Returns absolute paths in place of paths relative to `cwd`. Default false. */
  readonly absolute?: boolean;
  /** Leaves out directories. Default true. */
  readonly onlyFiles?: boolean;
}

/**
 * Finds paths by a pattern, after `Bun.Glob`. A scan finds paths below `cwd`, written without `./` and `..`; it does not follow symbolic
 * links, and does not count them as files.
 */
export class Glob {
  readonly #pattern: string;
  readonly #expression: RegExp;

  /** @throws TypeError if the pattern is not a string */
  constructor(pattern: string) {
    if (typeof pattern !== "string") throw new TypeError("A glob's pattern must be a string");
    this.#pattern = pattern;
    this.#expression = globExpression(pattern, true);
  }

  match(path: string): boolean {
    return this.#expression.test(path);
  }

  /** @throws (rejects) the operating system's error if `cwd` cannot be read */
  async *scan(options?: string | GlobScanOptions): AsyncGenerator<string, void, undefined> {
    const scan = new Scan(this.#pattern, options);
    for (let next = scan.next(); next !== null; next = scan.next()) {
      let entries: Dirent[];
      try {
        entries = await readdir(resolve(scan.cwd, next), { withFileTypes: true });
      } catch (error) {
        if (next !== "" && hasVanished(error)) continue;
        throw error;
      }
      yield* scan.sort(next, entries);
    }
  }

  /** @throws the operating system's error if `cwd` cannot be read */
  *scanSync(options?: string | GlobScanOptions): Generator<string, void, undefined> {
    const scan = new Scan(this.#pattern, options);
    for (let next = scan.next(); next !== null; next = scan.next()) {
      let entries: Dirent[];
      try {
        entries = readdirSync(resolve(scan.cwd, next), { withFileTypes: true });
      } catch (error) {
        if (next !== "" && hasVanished(error)) continue;
        throw error;
      }
      yield* scan.sort(next, entries);
    }
  }
}

/** The error for a directory that is gone, or replaced by something else, before it is read. */
function hasVanished(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** One search: the directories that are still to be read, and the matches in them. */
class Scan {
  readonly cwd: string;
  readonly #expression: RegExp;
  readonly #maxDepth: number;
  readonly #hiddenToo: boolean;
  readonly #absolute: boolean;
  readonly #onlyFiles: boolean;
  /** Paths relative to `cwd`, each with a slash at its end, but for `cwd` itself. */
  readonly #waiting: string[] = [""];

  constructor(pattern: string, options: string | GlobScanOptions = {}) {
    const given = typeof options === "string" ? { cwd: options } : options;
    const { cwd = ".", dot = false, absolute = false, onlyFiles = true } = given;
    this.cwd = resolve(cwd);
    this.#expression = globExpression(pattern, dot);
    // Without "**" no match is deeper than the pattern.
    this.#maxDepth = pattern.includes("**") ? Number.POSITIVE_INFINITY : pattern.split("/").length - 1;
    // Only a pattern with hidden directories leads into them.
    this.#hiddenToo = dot || /(?:^|[/{,])\\?\./.test(pattern);
    this.#absolute = absolute;
    this.#onlyFiles = onlyFiles;
  }

  next(): string | null {
    return this.#waiting.pop() ?? null;
  }

  /** The matches in a directory. Keeps its directories for later. */
  sort(directory: string, entries: readonly Dirent[]): string[] {
    const found: string[] = [];
    const depth = directory.split("/").length;
    for (const entry of entries) {
      const path = directory + entry.name;
      const isHidden = entry.name.startsWith(".");
      if (entry.isDirectory() && depth <= this.#maxDepth && (!isHidden || this.#hiddenToo))
        this.#waiting.push(`${path}/`);
      if (this.#onlyFiles && !entry.isFile()) continue;
      if (this.#expression.test(path)) found.push(this.#absolute ? resolve(this.cwd, path) : path);
    }
    return found;
  }
}
