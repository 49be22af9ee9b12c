import { Buffer } from "node:buffer";
import { MemoryHistory, type Place, type Slice } from "@mantou/pubsub/relay";
import { LOCAL_SLICE_BYTES } from "../limits.ts";
import type { AppendRequest, ReadRequest } from "./history-wire.ts";
import type { Hub } from "./hub.ts";

/** What the hub keeps. It ends with its process: the next hub begins new epochs, so every instance is told. */
export class HubHistory {
  readonly #hub: Hub;
  readonly #memory: MemoryHistory;

  constructor(hub: Hub) {
    this.#hub = hub;
    this.#memory = new MemoryHistory({
      now: () => performance.now(),
      isSubscribed: (channel) => hub.has(channel),
    });
  }

  /** Numbers a frame, keeps it, and passes it on. */
  append({ channel, frame, count, rule, retry }: AppendRequest): {
    readonly place: Place;
    readonly duplicate: boolean;
  } {
    // A view would keep the whole block of a socket alive, or of Node's pool.
    const kept = Buffer.allocUnsafeSlow(frame.length);
    kept.set(frame);
    const { place, duplicate } = this.#memory.append(channel, kept, count, rule, retry);
    if (!duplicate) this.#hub.place(channel, kept, place);
    return { place, duplicate };
  }

  read({ channel, from, limit }: ReadRequest): Slice {
    const slice = this.#memory.read(channel, from, limit);
    let bytes = 0;
    // The first one is mostly known already, so it does not count, and the one that passes the limit is among them: a slice makes progress, however long
    // its frames are.
    const end = slice.frames.findIndex(({ frame }, i) => {
      if (i > 0) bytes += frame.length;
      return bytes > LOCAL_SLICE_BYTES;
    });
    return end < 0 ? slice : { ...slice, frames: slice.frames.slice(0, end + 1) };
  }

  rotate(channel: string, epoch: string): void {
    this.#memory.rotate(channel, epoch);
  }
}
