import type { Buffer } from "node:buffer";
import type { PlacedFrames } from "@mantou/pubsub/relay";
import { ReceivedMessages } from "./received-messages.ts";

/** Messages of one frame of a history topic that go to the same subscribers: their bytes, and where they stand in the history. */
export class PlacedMessages extends ReceivedMessages {
  readonly topic: string;
  readonly frames: PlacedFrames;
  /** The first of its messages in `frames`, and the one behind the last. */
  readonly from: number;
  readonly to: number;

  private constructor(topic: string, frames: PlacedFrames, from: number, to: number, body: Buffer) {
    super(body, frames.compress, false);
    this.topic = topic;
    this.frames = frames;
    this.from = from;
    this.to = to;
  }

  /** All messages of a frame. */
  static whole(topic: string, frames: PlacedFrames): PlacedMessages {
    return new PlacedMessages(topic, frames, 0, frames.count, frames.body);
  }

  /** The messages of a frame, those of one publisher after another together. */
  static byPublisher(topic: string, frames: PlacedFrames): PlacedMessages[] {
    const all: PlacedMessages[] = [];
    let [from, start, i, tag] = [0, 0, 0, frames.tagOf(0)];
    for (const message of frames) {
      if (frames.tagOf(i) !== tag) {
        all.push(new PlacedMessages(topic, frames, from, i, frames.body.subarray(start, message.start)));
        [from, start, tag] = [i, message.start, frames.tagOf(i)];
      }
      i++;
    }
    all.push(new PlacedMessages(topic, frames, from, i, frames.body.subarray(start)));
    return all;
  }

  /** The messages of a frame with numbers above `after`, up to `to`: none, or one part. */
  static between(topic: string, frames: PlacedFrames, after: number, to: number): PlacedMessages[] {
    const { offset } = frames.place;
    // Each message has the number behind that of the one before.
    const first = Math.max(0, frames.count - Math.max(offset - after, 0));
    const end = frames.count - Math.max(offset - to, 0);
    return first < end ? [PlacedMessages.#part(topic, frames, first, end)] : [];
  }

  /** The last `count` messages of some. */
  static last(parts: readonly PlacedMessages[], count: number): PlacedMessages[] {
    const kept: PlacedMessages[] = [];
    let missing = count;
    for (let i = parts.length - 1; i >= 0 && missing > 0; i--) {
      const { topic, frames, from, to } = parts[i]!;
      const first = Math.max(from, to - missing);
      kept.unshift(PlacedMessages.#part(topic, frames, first, to));
      missing -= to - first;
    }
    return kept;
  }

  /** The parts of it that another than one publisher has published. */
  without(tag: number): PlacedMessages[] {
    const { topic, frames, to } = this;
    const parts: PlacedMessages[] = [];
    let { from } = this;
    for (let i = from; i <= to; i++) {
      if (i < to && frames.tagOf(i) !== tag) continue;
      if (from < i) parts.push(PlacedMessages.#part(topic, frames, from, i));
      from = i + 1;
    }
    return parts;
  }

  static #part(topic: string, frames: PlacedFrames, from: number, to: number): PlacedMessages {
    if (from === 0 && to === frames.count) return PlacedMessages.whole(topic, frames);
    const places = [...frames];
    const start = places[from]?.start ?? frames.body.length;
    const end = places[to]?.start ?? frames.body.length;
    return new PlacedMessages(topic, frames, from, to, frames.body.subarray(start, end));
  }

  /** The publisher of its first message, and of all if they are `byPublisher`: a number of the frame's instance; 0 for none. */
  get tag(): number {
    return this.frames.tagOf(this.from);
  }
}
