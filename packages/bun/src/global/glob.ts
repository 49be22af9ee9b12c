import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { wrongType } from "./argument-error.ts";
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
  /** Looks into directories by symbolic links, too, and counts links to files as files. Default false. */
  readonly followSymlinks?: boolean;
  /** Throws for a symbolic link to nothing, if they are followed. Default false. */
  readonly throwErrorOnBrokenSymlink?: boolean;
}

/**
 * Finds paths by a pattern, after `Bun.Glob`. A scan finds paths below `cwd`, written without `./` and `..`. Without
 * `followSymlinks` it follows only the symbolic links that the pattern names, and counts none as a file.
 */
export class Glob {
  readonly #pattern: string;
  readonly #expression: RegExp;

  /** @throws TypeError if the pattern is not a string */
  constructor(pattern: string) {
    if (typeof pattern !== "string") throw wrongType("pattern must be a string");
    this.#pattern = pattern;
    this.#expression = globExpression(pattern, true);
  }

  /** @throws TypeError if the path is not a string */
  match(path: string): boolean {
    if (typeof path !== "string") throw wrongType("str must be a string");
    return this.#expression.test(path);
  }

  /** @throws (rejects) the operating system's error if `cwd` cannot be read */
  async *scan(options?: string | GlobScanOptions): AsyncGenerator<string, void, undefined> {
    const scan = new Scan(this.#pattern, options);
    for (let next = scan.next(); next !== null; next = scan.next()) {
      let entries: Dirent[];
      try {
        entries = await readdir(resolve(scan.cwd, next.path), { withFileTypes: true });
      } catch (error) {
        if (next.path !== "" && hasVanished(error)) continue;
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
        entries = readdirSync(resolve(scan.cwd, next.path), { withFileTypes: true });
      } catch (error) {
        if (next.path !== "" && hasVanished(error)) continue;
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

/** A directory to be read. */
interface Directory {
  /** Relative to `cwd`, with a slash at its end, but for `cwd` itself. */
  readonly path: string;
  /** Where the symbolic links on the way lead to: each is followed once, so that none makes a circle. */
  readonly targets: readonly string[];
}

/** One search: the directories that are still to be read, and the matches in them. */
class Scan {
  readonly cwd: string;
  readonly #expression: RegExp;
  readonly #maxDepth: number;
  readonly #hiddenToo: boolean;
  readonly #absolute: boolean;
  readonly #onlyFiles: boolean;
  readonly #follow: boolean;
  readonly #refuseBroken: boolean;
  /** The directories that the pattern names without a wildcard, with a slash at the end. */
  readonly #named: string;
  readonly #waiting: Directory[] = [{ path: "", targets: [] }];

  constructor(pattern: string, options: string | GlobScanOptions = {}) {
    const given = typeof options === "string" ? { cwd: options } : options;
    const { cwd = ".", dot = false, absolute = false, onlyFiles = true } = given;
    if (typeof cwd !== "string") throw wrongType("GlobScanOptions.cwd must be a string");
    this.cwd = resolve(cwd);
    this.#expression = globExpression(pattern, dot);
    // Without "**" and repeated groups no match is deeper than the pattern.
    this.#maxDepth = /\*\*|[*+]\(/.test(pattern) ? Number.POSITIVE_INFINITY : pattern.split("/").length - 1;
    // Only a pattern with hidden directories leads into them.
    this.#hiddenToo = dot || /(?:^|[/{,(|])\\?\./.test(pattern);
    this.#absolute = absolute;
    this.#onlyFiles = onlyFiles;
    this.#follow = given.followSymlinks ?? false;
    this.#refuseBroken = given.throwErrorOnBrokenSymlink ?? false;
    this.#named = /^(?:[^*?[{(!\\/]+\/)*/.exec(pattern)![0];
  }

  next(): Directory | null {
    return this.#waiting.pop() ?? null;
  }

  /** The matches in a directory. Keeps its directories for later. */
  sort({ path: directory, targets }: Directory, entries: readonly Dirent[]): string[] {
    const found: string[] = [];
    const depth = directory.split("/").length;
    for (const entry of entries) {
      const path = directory + entry.name;
      const isHidden = entry.name.startsWith(".");
      const isDeeper = depth <= this.#maxDepth && (!isHidden || this.#hiddenToo);
      const target = this.#targetOf(entry, path);
      const kind = target ?? entry;
      if (isDeeper && kind.isDirectory())
        this.#keep(path, target === null ? null : resolve(this.cwd, path), targets);
      if (this.#onlyFiles && !(this.#follow || target === null ? kind : entry).isFile()) continue;
      if (this.#expression.test(path)) found.push(this.#absolute ? resolve(this.cwd, path) : path);
    }
    return found;
  }

  /** What a symbolic link that is followed leads to; null for others, and for a broken one. */
  #targetOf(entry: Dirent, path: string): Stats | null {
    if (!entry.isSymbolicLink() || !(this.#follow || this.#named.startsWith(`${path}/`))) return null;
    try {
      return statSync(resolve(this.cwd, path));
    } catch (error) {
      if (this.#follow && this.#refuseBroken && this.#expression.test(path)) throw error;
      return null;
    }
  }

  /** @param link the absolute path, if it is a symbolic link */
  #keep(path: string, link: string | null, targets: readonly string[]): void {
    if (link === null) {
      this.#waiting.push({ path: `${path}/`, targets });
      return;
    }
    const target = realpathSync(link);
    if (!targets.includes(target)) this.#waiting.push({ path: `${path}/`, targets: [...targets, target] });
  }
}
