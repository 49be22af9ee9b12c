import { type FSWatcher, statSync, watch } from "node:fs";
import { clearTimeout, setTimeout } from "node:timers";
import { type ReadFile, stampOf, watchedFolder } from "../loader/source/read-files.ts";

/** Editors write a file in several steps: changes within this many milliseconds count as one. */
const SETTLE_MS = 50;

interface WatchedFolder {
  readonly watcher: FSWatcher;
  /** Another folder of the same path has another one. */
  readonly identity: string;
  readonly paths: Set<string>;
}

/**
 * Tells when files change that a program is made of. Their folders are watched, since editors replace a file by another of its name. A file counts
 * from the moment when it was read: what changes it before its folder is watched is told, too, which libraries for this do not promise.
 */
export class ChangeWatcher {
  readonly #files = new Map<string, ReadFile>();
  readonly #folders = new Map<string, WatchedFolder>();
  readonly #changed = new Set<string>();
  readonly #tell: (paths: readonly string[]) => void;
  #timer: NodeJS.Timeout | undefined;
  #warned = false;

  /** @param tell called with the paths that have changed, when no more change for a moment */
  constructor(tell: (paths: readonly string[]) => void) {
    this.#tell = tell;
  }

  /** Watches the file from now on. */
  add(file: ReadFile): void {
    this.#files.set(file.path, file);
    this.#watch(file);
    this.#check(file.path);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
    this.#files.clear();
  }

  #watch(file: ReadFile): void {
    const path = watchedFolder(file);
    const identity = identityOf(path);
    let folder = this.#folders.get(path);
    if (folder === undefined || folder.identity !== identity) {
      folder?.watcher.close();
      const opened = this.#open(path);
      if (opened === null) return;
      folder = { watcher: opened, identity, paths: folder?.paths ?? new Set() };
      this.#folders.set(path, folder);
    }
    folder.paths.add(file.path);
  }

  #open(path: string): FSWatcher | null {
    try {
      const watcher = watch(path, () => {
        // A name is not given on every system: the stamps say what has changed.
        for (const each of this.#folders.get(path)?.paths ?? []) this.#check(each);
      });
      watcher.on("error", (error) => this.#warn(error));
      return watcher;
    } catch (error) {
      // Inotify has no more watches for this user (ENOSPC): the other folders are still watched.
      this.#warn(error);
      return null;
    }
  }

  #check(path: string): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    let stamp = stampOf(path, file.isMissing);
    if (stamp === "") {
      // Its folder may be there by now.
      this.#watch(file);
      stamp = stampOf(path, file.isMissing);
    }
    if (stamp === file.stamp) return;
    const changed = { ...file, stamp };
    this.#files.set(path, changed);
    // Another folder may be the nearest one now.
    this.#watch(changed);
    this.#changed.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const paths = [...this.#changed];
      this.#changed.clear();
      this.#tell(paths);
    }, SETTLE_MS);
  }

  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    console.error(`Not all changes will be seen: ${(error as Error).message}`);
  }
}

/** The number of a folder that is gone may be that of the next one. */
function identityOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return `${stats?.ino} ${stats?.birthtimeMs}`;
}
