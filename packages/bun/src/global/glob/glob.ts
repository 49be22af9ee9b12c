import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { wrongType } from "../../base/argument-error.ts";
import { compileGlob, type GlobMatcher } from "./glob-pattern.ts";
import { type GlobRest, globRest } from "./glob-rest.ts";

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
 * Finds paths by a pattern, after `Bun.Glob`. Without `followSymlinks` a scan follows only the symbolic links that the pattern names,
 * and counts no other as a file.
 */
export class Glob {
  readonly #pattern: string;
  readonly #matcher: GlobMatcher;

  /** @throws TypeError if the pattern is not a string */
  constructor(pattern: string) {
    if (typeof pattern !== "string") throw wrongType("pattern must be a string");
    this.#pattern = pattern;
    this.#matcher = compileGlob(pattern, true);
  }

  /** @throws TypeError if the path is not a string */
  match(path: string): boolean {
    if (typeof path !== "string") throw wrongType("str must be a string");
    return this.#matcher.test(path);
  }

  /** @throws (rejects) the operating system's error if `cwd` cannot be read */
  async *scan(options?: string | GlobScanOptions): AsyncGenerator<string, void, undefined> {
    const scan = new Scan(this.#pattern, options);
    for (let next = scan.next(); next !== null; next = scan.next()) {
      let entries: Dirent[];
      try {
        entries = await readdir(resolve(scan.cwd, next.path), { withFileTypes: true });
      } catch (error) {
        scan.checkLost(next, error);
        continue;
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
        scan.checkLost(next, error);
        continue;
      }
      yield* scan.sort(next, entries);
    }
  }
}

/** A directory to be read. */
interface Directory {
  /** Relative to `cwd` as the pattern writes it, with a slash at its end, but for `cwd` itself. */
  readonly path: string;
  /** Where the symbolic links on the way lead to: each is followed once, so that none makes a circle. */
  readonly targets: readonly string[];
}

/** One search: the directories that are still to be read, and the matches in them. */
class Scan {
  readonly cwd: string;
  /** The directories in front of the first wildcard. Paths are matched behind them. */
  readonly #base: string;
  readonly #rest: GlobRest;
  readonly #hiddenToo: boolean;
  readonly #absolute: boolean;
  readonly #onlyFiles: boolean;
  readonly #follow: boolean;
  readonly #refuseBroken: boolean;
  readonly #waiting: Directory[];

  constructor(pattern: string, options?: string | GlobScanOptions | null) {
    const given: GlobScanOptions = typeof options === "string" ? { cwd: options } : (options ?? {});
    const { dot = false, absolute = false, onlyFiles = true } = given;
    const cwd = given.cwd ?? ".";
    if (typeof cwd !== "string") throw wrongType("GlobScanOptions.cwd must be a string");
    this.cwd = resolve(cwd);
    const base = /^(?:[^*?[{(!\\/]*\/+(?!\/*$))*/.exec(pattern)![0];
    this.#base = base.replace(/\/+/g, "/");
    this.#rest = globRest(pattern.slice(base.length), dot);
    // Only a pattern with hidden directories leads into them.
    this.#hiddenToo = dot || /(?:^|[/{,(|])\\?\./.test(pattern.slice(base.length));
    this.#absolute = absolute;
    this.#onlyFiles = onlyFiles;
    this.#follow = given.followSymlinks ?? false;
    this.#refuseBroken = given.throwErrorOnBrokenSymlink ?? false;
    this.#waiting = [{ path: this.#base, targets: [] }];
  }

  next(): Directory | null {
    return this.#waiting.pop() ?? null;
  }

  /**
   * For a directory that could not be read.
   * @throws that error, unless the directory is gone, or replaced by something else, or the pattern names one that is not there
   */
  checkLost({ path }: Directory, error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    if (path !== this.#base) return;
    if (path === "" || isAbsolute(path)) throw error;
    readdirSync(this.cwd);
  }

  /** The matches in a directory. Keeps its directories for later. */
  sort({ path: directory, targets }: Directory, entries: readonly Dirent[]): string[] {
    const found: string[] = [];
    for (const entry of entries) {
      const path = directory + entry.name;
      const name = path.slice(this.#base.length);
      const target = this.#targetOf(entry, path, name);
      const kind = target ?? entry;
      const isDirectory = kind.isDirectory();
      if (isDirectory && (!entry.name.startsWith(".") || this.#hiddenToo) && this.#rest.leadsInto(name))
        this.#keep(path, target === null ? null : resolve(this.cwd, path), targets);
      if ((this.#onlyFiles && !kind.isFile()) || (this.#rest.isDirectory && !isDirectory)) continue;
      // A name without a wildcard is looked up, so that a link to nothing is not there.
      if (this.#rest.isLiteral && kind.isSymbolicLink()) continue;
      if (this.#rest.matcher.test(name)) found.push(this.#absolute ? resolve(this.cwd, path) : path);
    }
    return found;
  }

  /** What a symbolic link that is followed leads to; null for others, and for a broken one. */
  #targetOf(entry: Dirent, path: string, name: string): Stats | null {
    const isFollowed = this.#follow || (this.#rest.isLiteral && this.#rest.matcher.test(name));
    if (!entry.isSymbolicLink() || !isFollowed) return null;
    try {
      return statSync(resolve(this.cwd, path));
    } catch (error) {
      if (this.#follow && this.#refuseBroken && this.#rest.matcher.test(name)) throw error;
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
