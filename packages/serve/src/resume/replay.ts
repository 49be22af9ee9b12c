import type { HistorySlice, PlacedFrames, Position } from "@mantou/pubsub/relay";
import { PAGE_MESSAGES } from "./limits.ts";
import type { NumberedForm } from "./topic-form.ts";

/** A part of a replay. */
export interface Page {
  readonly forms: readonly NumberedForm[];
  /** `more`: the next page begins behind it. `complete`: it was the last one. `gap`: messages are not there any more. */
  readonly state: "more" | "complete" | "gap";
}

/** Makes the forms of a frame. */
export type FormsOf = (topic: string, frames: PlacedFrames) => readonly NumberedForm[];

/** The messages of one topic from where a client is up to where it is live. It holds no messages: each page is read anew. */
export class Replay {
  readonly topic: string;
  readonly to: Position;
  /** It has been read, and waits until the client has taken what was sent. */
  waits = false;
  /** The client has got messages of it. */
  hasSent = false;
  readonly #authors: ReadonlySet<string>;
  /** What was sent ends there; null before the first page of last messages. */
  #after: Position | null;
  /** How many last messages; 0 with a position. */
  readonly #last: number;

  /** @param from a position of the same epoch as `to`, or a number of last messages */
  constructor(topic: string, from: Position | number, to: Position, authors: ReadonlySet<string>) {
    this.topic = topic;
    this.to = to;
    this.#authors = authors;
    this.#after = typeof from === "number" ? null : from;
    this.#last = typeof from === "number" ? from : 0;
  }

  /** It is of last messages, of which there may be fewer than were asked for. */
  get isOfLast(): boolean {
    return this.#last > 0;
  }

  get after(): Position | null {
    return this.#after;
  }

  /**
   * Takes the next page.
   * @param slice what was read behind `after`
   * @param most bytes, which its last message may exceed
   */
  page({ frames, position, complete }: HistorySlice, formsOf: FormsOf, most: number): Page {
    if (!complete || position.epoch !== this.to.epoch) return { forms: [], state: "gap" };
    const forms: NumberedForm[] = [];
    let bytes = 0;
    let after = this.#after ?? this.#beginning(frames, formsOf);
    for (const each of frames) {
      if (each.place.offset <= after.offset) continue;
      for (const [i, form] of formsOf(this.topic, each).entries()) {
        const offset = form.offset;
        if (offset <= after.offset || offset > this.to.offset) continue;
        if (this.#authors.has(form.author)) continue;
        if (forms.length >= PAGE_MESSAGES || bytes >= most) {
          this.#after = after;
          return { forms, state: "more" };
        }
        forms.push(form);
        bytes += form.size;
        after = each.positionOf(i);
      }
      if (each.place.offset <= this.to.offset) after = each.position;
    }
    return this.#ended(forms, after, position);
  }

  /** The place before the last messages that were asked for. Its check is not known, and it is never read from. */
  #beginning(frames: readonly PlacedFrames[], formsOf: FormsOf): Position {
    const offsets = frames
      .flatMap((each) => formsOf(this.topic, each).map(({ offset }) => offset))
      .filter((offset) => offset <= this.to.offset);
    const offset = offsets.at(-this.#last - 1) ?? 0;
    return { epoch: this.to.epoch, offset: offsets.length > this.#last ? offset : 0, check: "" };
  }

  /** All that was read was taken. */
  #ended(forms: readonly NumberedForm[], after: Position, end: Position): Page {
    if (end.offset >= this.to.offset) return { forms, state: "complete" };
    // The engine has given less than there is.
    const isProgress = after.offset > (this.#after?.offset ?? 0);
    this.#after = after;
    return { forms, state: isProgress ? "more" : "gap" };
  }
}
