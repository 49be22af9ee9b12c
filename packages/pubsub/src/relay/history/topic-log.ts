import type { HistoryRule } from "./history-engine.ts";
import { HELD_BYTES, OVERLAP_FRAMES } from "./history-limits.ts";
import type { HistorySlice } from "./history-slice.ts";
import type { PlacedFrames } from "./placed-frames.ts";
import type { Position } from "./position.ts";
import { Publishers } from "./publishers.ts";
import { Ring, type RingBudget } from "./ring.ts";

/**
 * What this instance knows of one history topic.
 *
 * | phase | on | becomes |
 * |---|---|---|
 * | `unasked` | the channel is asked for | `asked` |
 * | `asked` | it is subscribed: the engine is read; what comes before that is told is held | `reading` |
 * | `reading` | the answer, up to the top | `live` |
 * | `live` | a message that does not continue the position | `reading` |
 * | all | the engine's `down`, or its refusal | `unasked` |
 */
export class TopicLog {
  readonly topic: string;
  readonly channel: string;
  readonly rule: HistoryRule;
  phase: "unasked" | "asked" | "reading" | "live" = "unasked";
  hasMembers = true;
  /** The present connection has told its position. */
  isConfirmed = false;
  /** Given up: nothing of it is delivered any more. */
  isOver = false;
  /** Whether it was told that the engine refuses it, since it was live last. */
  isRefusalTold = false;
  /** The engine keeps more than is kept here. */
  isLarge = false;
  /** The epoch that this instance has ended last, by the present connection. */
  rotated: string | null = null;
  #position: Position | null = null;
  #ring: Ring | null = null;
  readonly #rings: RingBudget;
  readonly #publishers = new Publishers();
  #held: PlacedFrames[] = [];
  #heldBytes = 0;
  /** Some were held before the subscription was answered. */
  #isHeldEarly = false;

  constructor(topic: string, channel: string, rule: HistoryRule, rings: RingBudget) {
    this.topic = topic;
    this.channel = channel;
    this.rule = rule;
    this.#rings = rings;
  }

  /** Behind the last message that came; null before the engine has told one. */
  get position(): Position | null {
    return this.#position;
  }

  /** Whether its position was told by an earlier connection, and the engine may have lost what is there since. */
  get isStale(): boolean {
    return this.#position !== null && this.phase !== "live";
  }

  /** From where to read what comes behind the position: some frames before it are compared. */
  get readFrom(): number {
    return this.#ring?.offsetBack(OVERLAP_FRAMES) ?? this.#position?.offset ?? 0;
  }

  /** Goes on from another place. What is before it is not known. */
  moveTo(position: Position): void {
    if (this.#ring !== null) this.#rings.forget(this.#ring);
    this.#ring = new Ring(position);
    this.#position = position;
  }

  /** How a frame stands to the position: it is the next, it has come before, or only the engine can tell. */
  relationOf(frames: PlacedFrames): "next" | "known" | "unknown" {
    const { epoch, offset, previous } = frames.place;
    const position = this.#position;
    if (position === null || epoch !== position.epoch) return "unknown";
    if (previous === position.offset) return "next";
    return this.checkAt(offset) === frames.position.check ? "known" : "unknown";
  }

  /** The check of the message at an offset of the present epoch; null if it is not known. */
  checkAt(offset: number): string | null {
    if (offset === this.#position?.offset) return this.#position.check;
    return this.#ring?.checkAt(offset) ?? null;
  }

  /** Takes the next frame. @returns what is to be delivered; null if it was delivered from another place */
  take(frames: PlacedFrames, now: number): PlacedFrames | null {
    const isNew = this.#publishers.take(frames);
    const kept = isNew ? frames : frames.emptied();
    this.#position = frames.position;
    if (this.#ring !== null)
      this.#rings.push(this.#ring, kept, this.rule.size, now + this.rule.seconds * 1000);
    return kept.count > 0 ? kept : null;
  }

  /**
   * What is known here of the history behind a position.
   * @param after null for all that is kept
   * @returns null if the engine has to be asked
   */
  kept(after: Position | null, now: number): HistorySlice | null {
    const [ring, position] = [this.#ring, this.#position];
    if (ring === null || position === null || this.phase !== "live") return null;
    this.#rings.expire(ring, now);
    if (after === null)
      return ring.isWhole ? { frames: ring.after(ring.base)!, position, complete: true } : null;
    if (after.epoch !== position.epoch) return null;
    const check = this.checkAt(after.offset);
    const frames = check === after.check ? ring.after(after.offset) : null;
    if (frames !== null) return { frames, position, complete: true };
    // What the engine does not keep any more need not be asked for.
    const isGone = ring.isWhole && check === null && after.offset <= ring.base;
    return isGone ? { frames: [], position, complete: false } : null;
  }

  /**
   * Keeps what the engine was asked for: others may want the same.
   * @param isAll the engine keeps nothing before it
   */
  fill(frames: readonly PlacedFrames[], isAll: boolean, now: number): void {
    if (this.#ring === null || this.phase !== "live") return;
    if (frames.length > 0 && frames[0]!.place.epoch !== this.#position?.epoch) return;
    this.#rings.fill(this.#ring, frames, isAll, this.rule.size, now + this.rule.seconds * 1000);
    if (isAll) this.isLarge = !this.#ring.isWhole;
  }

  /** Keeps a frame until the engine has answered. Too many are forgotten: the engine has them. */
  hold(frames: PlacedFrames): void {
    this.#isHeldEarly ||= this.phase === "asked";
    this.#heldBytes += frames.cost;
    if (this.#heldBytes <= HELD_BYTES) this.#held.push(frames);
  }

  /** Of the held frames the one that the engine has stored first: they may come in another order. */
  get firstHeld(): PlacedFrames | null {
    return this.#held.toSorted(byOffset)[0] ?? null;
  }

  /**
   * Takes the held frames that continue the position, one behind the other, up to an offset. They are not
   * held any more: a ring that is shorter than their number would not know them again.
   */
  takeNextHeld(top: number): PlacedFrames[] {
    const position = this.#position;
    const taken = new Set<PlacedFrames>();
    if (position === null) return [];
    const byPrevious = new Map<number, PlacedFrames>();
    for (const frames of this.#held)
      if (frames.place.epoch === position.epoch) byPrevious.set(frames.place.previous, frames);
    for (let at = position.offset; ; ) {
      const next = byPrevious.get(at);
      if (next === undefined || next.place.offset <= at || next.place.offset > top) break;
      taken.add(next);
      at = next.place.offset;
    }
    this.#held = this.#held.filter((frames) => !taken.has(frames));
    return [...taken];
  }

  /** Takes what was held, in the order of the engine. `isAll`: nothing was forgotten. `isEarly`: some came before the subscription was answered. */
  takeHeld(): { readonly held: readonly PlacedFrames[]; readonly isAll: boolean; readonly isEarly: boolean } {
    const held = this.#held.toSorted(byOffset);
    const isAll = this.#heldBytes <= HELD_BYTES;
    const isEarly = this.#isHeldEarly;
    this.#held = [];
    this.#heldBytes = 0;
    this.#isHeldEarly = false;
    return { held, isAll, isEarly };
  }

  /** Gives up the topic. */
  end(): void {
    this.isOver = true;
    this.takeHeld();
    if (this.#ring !== null) this.#rings.forget(this.#ring);
  }
}

function byOffset(a: PlacedFrames, b: PlacedFrames): number {
  return a.place.offset - b.place.offset;
}
