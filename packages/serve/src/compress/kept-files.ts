import type { Encoding } from "../api/compress.ts";
import { isSettled, type OpenFile } from "../http/open-file.ts";

/** All kept bytes of a server, as they are sent. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** What an entry takes besides its bytes. */
const ENTRY_COST = 512;

/** Null for a file that compression does not make shorter. */
type Compressed = Uint8Array | null;

interface Entry {
  readonly compressed: Promise<Compressed>;
  /** 0 before the compression has ended. */
  cost: number;
}

/** The compressed forms of the files that were asked for last. Each is made once, also for requests that come together. */
export class KeptFiles {
  readonly #entries = new Map<string, Entry>();
  readonly #limit: number;
  readonly #now: () => number;
  #cost = 0;

  /** @param now milliseconds since the epoch */
  constructor(limit: number = KEPT_BYTES, now: () => number = Date.now) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Bytes, with what the entries take. */
  get cost(): number {
    return this.#cost;
  }

  /**
   * The form of a part of a file, made now if it is not there.
   * @param make must not need the file behind its end. It is told whether the form will be kept, or is for the requests of this moment alone. Its
   * rejection is given to all that wait, and not kept
   */
  get(
    file: OpenFile,
    start: number,
    end: number,
    encoding: Encoding,
    make: (isKept: boolean) => Promise<Compressed>,
  ): Promise<Compressed> {
    const { dev, ino, size, mtimeMs, ctimeMs } = file.stats;
    const key = [dev, ino, size, mtimeMs, ctimeMs, start, end, encoding].join(" ");
    const known = this.#entries.get(key);
    if (known !== undefined) {
      // A Map keeps the order of insertion, and the first one goes.
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.compressed;
    }
    const isKept = isSettled(file.stats, this.#now());
    const entry: Entry = { compressed: make(isKept), cost: 0 };
    this.#entries.set(key, entry);
    entry.compressed.then(
      (compressed) => {
        if (isKept) this.#keep(entry, (compressed?.length ?? 0) + ENTRY_COST);
        else this.#entries.delete(key);
      },
      () => this.#entries.delete(key),
    );
    return entry.compressed;
  }

  #keep(entry: Entry, cost: number): void {
    entry.cost = cost;
    this.#cost += cost;
    for (const [key, { cost: freed }] of this.#entries) {
      if (this.#cost <= this.#limit) return;
      // One that is being made goes when it is done.
      if (freed === 0) continue;
      this.#entries.delete(key);
      this.#cost -= freed;
    }
  }
}
