import { ALL_RINGS_BYTES, RING_BYTES } from "./history-limits.ts";
import type { PlacedFrames } from "./placed-frames.ts";
import type { Position } from "./position.ts";

interface Entry {
  readonly frames: PlacedFrames;
  readonly until: number;
}

/** The last messages of one topic, without a hole: what a client has missed is mostly here. */
export class Ring {
  #entries: Entry[] = [];
  /** The place before its first message. */
  #base: number;
  /** Of the message there; null if it is not known. */
  #baseCheck: string | null;
  /** Whether the engine keeps nothing before it. */
  #isWhole: boolean;
  #bytes = 0;
  #messages = 0;

  /** @param base the place before its first message */
  constructor({ offset, check }: Position) {
    this.#base = offset;
    this.#baseCheck = check;
    this.#isWhole = offset === 0;
  }

  get base(): number {
    return this.#base;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get messages(): number {
    return this.#messages;
  }

  /** Adds the frame that continues it, and drops the oldest beyond its limits. */
  push(frames: PlacedFrames, size: number, until: number): void {
    this.#entries.push({ frames, until });
    this.#bytes += frames.cost;
    this.#messages += frames.span;
    let count = 0;
    while (this.#bytes > RING_BYTES || this.#messages - (this.#entries[count]?.frames.span ?? 0) >= size) {
      // The engine drops what is beyond the size, too, and keeps what is beyond these bytes.
      this.#isWhole &&= this.#bytes <= RING_BYTES;
      const entry = this.#entries[count++];
      if (entry === undefined) break;
      this.#leave(entry);
    }
    if (count > 0) this.#entries.splice(0, count);
  }

  /**
   * Adds what the engine has kept before its first message, as far as there is room.
   * @param frames without a hole between them, the oldest first
   * @param isAll the engine keeps nothing before them
   */
  fill(frames: readonly PlacedFrames[], isAll: boolean, size: number, until: number): void {
    const before = frames.filter(({ place }) => place.offset <= this.#base);
    const last = before.at(-1);
    if (last !== undefined) {
      if (last.place.offset !== this.#base || last.position.check !== this.#baseCheck) return;
      const added: Entry[] = [];
      while (before.length > 0 && this.#messages < size) {
        const each = before.pop()!;
        if (this.#bytes + each.cost > RING_BYTES) {
          this.#add(added);
          return;
        }
        this.#bytes += each.cost;
        this.#messages += each.span;
        added.unshift({ frames: each, until });
      }
      this.#add(added);
    } else if (frames.length > 0 && frames[0]!.place.previous < this.#base) return;
    this.#isWhole ||= isAll;
  }

  #add(added: readonly Entry[]): void {
    const [first] = added;
    if (first === undefined) return;
    this.#entries = [...added, ...this.#entries];
    this.#base = first.frames.place.previous;
    this.#baseCheck = this.#base === 0 ? "" : null;
  }

  #leave({ frames }: Entry): void {
    this.#bytes -= frames.cost;
    this.#messages -= frames.span;
    ({ offset: this.#base, check: this.#baseCheck } = frames.position);
  }

  /** Forgets all messages. */
  clear(): void {
    if (this.#entries.length > 0) this.#isWhole = false;
    for (const entry of this.#entries) this.#leave(entry);
    this.#entries = [];
  }

  /** Drops what is older than the engine keeps it. */
  expire(now: number): void {
    const first = this.#entries.findIndex(({ until }) => until > now);
    // The engine may keep them longer.
    if (first !== 0 && this.#entries.length > 0) this.#isWhole = false;
    for (const entry of this.#entries.splice(0, first < 0 ? this.#entries.length : first)) this.#leave(entry);
  }

  /** Where the last `count` frames begin; null without a frame. */
  offsetBack(count: number): number | null {
    return this.#entries.at(-Math.min(count, this.#entries.length))?.frames.place.offset ?? null;
  }

  /** The check of the message at an offset; null if it is not known. */
  checkAt(offset: number): string | null {
    if (offset === this.#base) return this.#baseCheck;
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      const { frames } = this.#entries[i]!;
      if (offset > frames.place.previous) return frames.checkAt(offset);
    }
    return null;
  }

  /** @returns the frames with messages behind an offset, the oldest first; null if they may not all be here */
  after(offset: number): PlacedFrames[] | null {
    if (offset < this.#base) return null;
    return this.#entries.map(({ frames }) => frames).filter(({ place }) => place.offset > offset);
  }
}

/** Keeps the rings of all topics within their bytes. */
export class RingBudget {
  /** The ring that got a message last is the last one. */
  readonly #rings = new Set<Ring>();
  #bytes = 0;
  readonly #most: number;

  constructor(most: number = ALL_RINGS_BYTES) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(ring: Ring, frames: PlacedFrames, size: number, until: number): void {
    this.#bytes -= ring.bytes;
    ring.push(frames, size, until);
    this.#bytes += ring.bytes;
    this.#rings.delete(ring);
    this.#rings.add(ring);
    this.#limit();
  }

  expire(ring: Ring, now: number): void {
    this.#bytes -= ring.bytes;
    ring.expire(now);
    this.#bytes += ring.bytes;
  }

  /** @see Ring.fill */
  fill(ring: Ring, frames: readonly PlacedFrames[], isAll: boolean, size: number, until: number): void {
    this.#bytes -= ring.bytes;
    ring.fill(frames, isAll, size, until);
    this.#bytes += ring.bytes;
    this.#rings.delete(ring);
    this.#rings.add(ring);
    this.#limit();
  }

  #limit(): void {
    for (const oldest of this.#rings) {
      if (this.#bytes <= this.#most) return;
      this.#bytes -= oldest.bytes;
      oldest.clear();
      this.#rings.delete(oldest);
    }
  }

  forget(ring: Ring): void {
    this.#bytes -= ring.bytes;
    ring.clear();
    this.#rings.delete(ring);
  }
}
