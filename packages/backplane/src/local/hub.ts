import type { Buffer } from "node:buffer";
import type { Place } from "@mantou/pubsub/relay";
import { encodePlaced } from "./history-wire.ts";

/** A process as the hub sees it. */
export interface HubPeer {
  /** A message for it, as it came: the whole frame with its head. `start` is where the message's own bytes begin. */
  message(channel: string, frame: Uint8Array, start: number): void;
  /** A frame of a history for it. `encoded` is the same for the wire. */
  placed(channel: string, frame: Uint8Array, place: Place, encoded: Buffer): void;
}

/** Which process has subscribed to which channel. It does no IO. */
export class Hub {
  /** A list, since a machine has few processes: it takes a third of a Set's memory, for each of 100,000 channels. */
  readonly #channels: Map<string, HubPeer[]> = new Map();

  get channelCount(): number {
    return this.#channels.size;
  }

  subscribe(peer: HubPeer, channel: string): void {
    const peers = this.#channels.get(channel);
    if (peers === undefined) this.#channels.set(channel, [peer]);
    else if (!peers.includes(peer)) peers.push(peer);
  }

  unsubscribe(peer: HubPeer, channel: string): void {
    const peers = this.#channels.get(channel);
    const at = peers?.indexOf(peer) ?? -1;
    if (peers === undefined || at === -1) return;
    if (peers.length === 1) this.#channels.delete(channel);
    else peers.splice(at, 1);
  }

  /** A process has gone. */
  remove(peer: HubPeer): void {
    for (const channel of this.#channels.keys()) this.unsubscribe(peer, channel);
  }

  /** Whether a process has subscribed to a channel. */
  has(channel: string): boolean {
    return this.#channels.has(channel);
  }

  /** Passes a frame of a history on to all that have subscribed. */
  place(channel: string, frame: Uint8Array, place: Place): void {
    const peers = this.#channels.get(channel);
    if (peers === undefined) return;
    const encoded = encodePlaced(channel, place, frame);
    for (const peer of peers) peer.placed(channel, frame, place, encoded);
  }

  /** Passes a message on to all that have subscribed, without `except`. */
  publish(channel: string, frame: Uint8Array, start: number, except: HubPeer | null): void {
    const peers = this.#channels.get(channel);
    if (peers === undefined) return;
    for (const peer of peers) if (peer !== except) peer.message(channel, frame, start);
  }
}
