import type { Buffer } from "node:buffer";
import { CONTROL_CHANNEL, hexOf, instanceChannel } from "./channel.ts";
import type { Cluster } from "./cluster.ts";
import type { Engine } from "./engine.ts";
import { countMessages, decodeHead, type FrameHead, HEAD_BYTES, ReceivedFrames } from "./frame.ts";
import type { Counters } from "./metrics.ts";
import { isPresenceChannel } from "./presence/presence-options.ts";
import type { RelayEvent } from "./relay-options.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface InboxOptions {
  readonly engine: Engine;
  /** Latin-1. */
  readonly instance: string;
  readonly subscriptions: Subscriptions;
  readonly cluster: Cluster;
  readonly counters: Counters;
  tell(event: RelayEvent): void;
  deliver(topic: string, frames: ReceivedFrames): void;
}

/** What comes from the engine: each frame is checked, own and old ones are dropped, holes are told. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #ownChannel: string;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#ownChannel = instanceChannel(options.instance);
  }

  receive(channel: string, frame: Buffer, now: number): void {
    const { engine, instance, cluster, counters } = this.#options;
    const head = frame.length <= engine.features.maxFrameBytes ? decodeHead(frame) : null;
    const isControl =
      channel === CONTROL_CHANNEL || channel === this.#ownChannel || isPresenceChannel(channel);
    if (head === null || head.control !== isControl) counters.refusedFrames++;
    else if (isControl) {
      if (!cluster.receive(head, frame.subarray(HEAD_BYTES), now)) counters.refusedFrames++;
    } else if (head.instance === instance) counters.echoes++;
    else this.#receiveMessages(channel, head, frame, now);
  }

  #receiveMessages(channel: string, head: FrameHead, frame: Buffer, now: number): void {
    const { subscriptions, cluster, counters, tell, deliver } = this.#options;
    const subscription = subscriptions.find(channel);
    // A frame may come after its channel was given up.
    if (subscription === undefined) return;
    const body = frame.subarray(HEAD_BYTES);
    const { count } = head;
    if (countMessages(body) !== count) {
      counters.refusedFrames++;
      return;
    }
    const missing = cluster.peers.receive(head, channel, now);
    if (missing < 0) {
      counters.duplicates++;
      return;
    }
    counters.framesIn++;
    counters.messagesIn += count;
    counters.bytesIn += frame.length;
    const { topic, hasMembers } = subscription;
    if (missing > 0) {
      counters.holes++;
      counters.missed += missing;
      if (hasMembers) tell({ type: "gap", topic, count: missing, instance: hexOf(head.instance) });
    }
    if (hasMembers && count > 0) deliver(topic, new ReceivedFrames(body, count, head.compress));
  }
}
