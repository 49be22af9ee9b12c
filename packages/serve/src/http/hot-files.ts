import { Buffer } from "node:buffer";
import type { Stats } from "node:fs";
import { clearTimeout, setTimeout } from "node:timers";
import { isSameVersion, isSettled, type OpenFile } from "./open-file.ts";

/** All bytes that are kept, with those that have been replaced and that a slow client has not taken yet. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** A larger file is read for each request. */
const KEPT_FILE_BYTES = 4 * 1024 * 1024;
/** The files of which the last request is known: about 500 bytes for each. */
const WATCHED_FILES = 512;
/**
 * Milliseconds. A file is read whole if it is asked for twice within this time. Its bytes are sent for this time, and then read again: the file
 * system does not tell when a program changes them in a shared mapping (tmpfs never does, a disk's up to 30 s later), and a network's
 * tells late.
 */
const KEPT_MS = 1000;

/** The bytes of a whole file. They never change: they may be on their way to clients when they are kept no more. */
export class KeptBytes {
  readonly bytes: Buffer;
  /** The time before they were read. */
  readonly readAt: number;
  /** The next requests get them. */
  isKept = true;
  /** The clients that have not taken them yet. */
  holders = 0;

  constructor(bytes: Buffer, readAt: number) {
    this.bytes = bytes;
    this.readAt = readAt;
  }
}

interface WatchedFile {
  /** The version that was last asked for. */
  readonly stats: Stats;
  askedAt: number;
  isRead: boolean;
  kept: KeptBytes | null;
}

/**
 * The bytes of files that are asked for again and again. Each request opens its file and looks at its state, as without this class: the
 * bytes are sent if the file is still the version that was read.
 */
export class HotFiles {
  /** By path, in the order of their first request, or of their last read. */
  readonly #files = new Map<string, WatchedFile>();
  readonly #limit: number;
  #size = 0;
  /** Runs as long as bytes are kept. */
  #freeing: NodeJS.Timeout | undefined;

  constructor(limit: number = KEPT_BYTES) {
    this.#limit = limit;
  }

  /** Bytes that are kept, read, or held by clients. */
  get size(): number {
    return this.#size;
  }

  /**
   * Finds the bytes of an open file, or reads them now if that is worth it.
   * @param mayRead the request is for the whole file
   * @returns null if the bytes are not kept. A promise of them if they are read now: null (resolves) if the file changes meanwhile. It rejects
   *   with the operating system's error. The file stays open
   */
  get(file: OpenFile, mayRead: boolean): KeptBytes | Promise<KeptBytes | null> | null {
    const { source, stats } = file;
    // A descriptor may be another file's the next time.
    if (typeof source !== "string" || stats.size > KEPT_FILE_BYTES) return null;
    const now = performance.now();
    const known = this.#files.get(source);
    if (known === undefined || !isSameVersion(known.stats, stats)) {
      this.#watch(source, { stats, askedAt: now, isRead: false, kept: null });
      return null;
    }
    const { askedAt, kept } = known;
    known.askedAt = now;
    if (kept !== null && now - kept.readAt < KEPT_MS) return kept;
    if (!mayRead || known.isRead || now - askedAt >= KEPT_MS || !isSettled(stats)) return null;
    this.#drop(known);
    if (!this.#hasRoom(stats.size, now)) return null;
    this.#files.delete(source);
    this.#files.set(source, known);
    return this.#read(file, source, known, now);
  }

  /** Counts the bytes until `release`, also if they are replaced: a client does not take them at once. */
  hold(kept: KeptBytes): void {
    if (!isCounted(kept)) this.#size += kept.bytes.length;
    kept.holders++;
  }

  release(kept: KeptBytes): void {
    kept.holders--;
    if (!isCounted(kept)) this.#size -= kept.bytes.length;
  }

  #watch(source: string, file: WatchedFile): void {
    this.#forget(source);
    if (this.#files.size >= WATCHED_FILES) this.#forget(this.#files.keys().next().value!);
    this.#files.set(source, file);
  }

  #forget(source: string): void {
    const known = this.#files.get(source);
    if (known === undefined) return;
    this.#drop(known);
    this.#files.delete(source);
  }

  #drop(file: WatchedFile): void {
    const { kept } = file;
    if (kept === null) return;
    file.kept = null;
    kept.isKept = false;
    if (!isCounted(kept)) this.#size -= kept.bytes.length;
  }

  /**
   * Whether there is room for so many more bytes, without those whose time is over. Younger ones stay: if more files are hot than there is room for, each would
   * replace another one before that is asked for.
   */
  #hasRoom(bytes: number, now: number): boolean {
    for (const file of this.#files.values()) {
      if (this.#size + bytes <= this.#limit) return true;
      if (file.kept !== null && now - file.kept.readAt >= KEPT_MS) this.#drop(file);
    }
    return this.#size + bytes <= this.#limit;
  }

  /** Frees all bytes when no file has been read for so long that the time of each is over. */
  #freeLater(): void {
    // Not `refresh()`: the timer would keep the async context of its first request.
    clearTimeout(this.#freeing);
    this.#freeing = setTimeout(() => {
      for (const file of this.#files.values()) this.#drop(file);
    }, KEPT_MS);
    this.#freeing.unref();
  }

  async #read(file: OpenFile, source: string, known: WatchedFile, now: number): Promise<KeptBytes | null> {
    const { size } = file;
    known.isRead = true;
    this.#size += size;
    let kept: KeptBytes | null = null;
    try {
      // Memory of their own: bytes that were sent before may still be on their way.
      const bytes = Buffer.allocUnsafeSlow(size);
      const count = await file.readWhole(bytes, 0);
      if (count === size && file.isSame && this.#files.get(source) === known) {
        kept = new KeptBytes(bytes, now);
        known.kept = kept;
        this.#freeLater();
      }
      return kept;
    } finally {
      known.isRead = false;
      if (kept === null) this.#size -= size;
    }
  }
}

function isCounted({ isKept, holders }: KeptBytes): boolean {
  return isKept || holders > 0;
}

/** Those of this process. */
export const hotFiles: HotFiles = /* @__PURE__ */ new HotFiles();
