import type { Subscriber } from "@mantou/pubsub";
import type { PreparedFrames } from "@mantou/websocket";
import type { WebSocketSender } from "./sender.ts";

type SenderSubscriber = Subscriber<WebSocketSender, PreparedFrames>;

/** A tag is 4 bytes in a frame. */
const MAX_TAG = 0xffff_ffff;

/** The publishers of messages of history topics, by their numbers: such a message comes back with the number, and its publisher is left out. */
export class PublisherTags {
  readonly #tagged = new Map<number, SenderSubscriber>();
  #last = 0;

  /** The number of a subscriber, which it gets now if it has none. 0 for one that has been closed before. */
  of(subscriber: SenderSubscriber): number {
    const { target } = subscriber;
    if (target.tag !== 0 || target.isClosed) return target.tag;
    do this.#last = (this.#last % MAX_TAG) + 1;
    while (this.#tagged.has(this.#last));
    target.tag = this.#last;
    this.#tagged.set(target.tag, subscriber);
    return target.tag;
  }

  find(tag: number): SenderSubscriber | undefined {
    return this.#tagged.get(tag);
  }

  /** It has been closed. */
  delete({ tag }: WebSocketSender): void {
    if (tag !== 0) this.#tagged.delete(tag);
  }
}
