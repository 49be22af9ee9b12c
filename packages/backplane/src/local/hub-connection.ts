import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { clearImmediate, clearInterval, setImmediate, setInterval } from "node:timers";
import type { Place as FramePlace } from "@mantou/pubsub/relay";
import type { Connection, ConnectionEvents } from "../connection.ts";
import { LOCAL_MESSAGE_BYTES, LOCAL_WATCH_MS } from "../limits.ts";
import { Hub, type HubPeer } from "./hub.ts";
import { HubClient } from "./hub-client.ts";
import { HubHistory } from "./hub-history.ts";
import { OwnHistory } from "./own-history.ts";
import { claim, type Place } from "./place.ts";
import { ECHOED, encodeMessageHead, MESSAGE } from "./wire.ts";

/** The hub of the machine, and its first client: this process. */
export class HubConnection implements Connection, HubPeer {
  readonly maxFrameBytes: number = LOCAL_MESSAGE_BYTES;
  readonly #hub: Hub = new Hub();
  readonly #history: HubHistory = new HubHistory(this.#hub);
  readonly history: OwnHistory;
  readonly #events: ConnectionEvents;
  readonly #clients: Set<HubClient> = new Set();
  #place: Place | null = null;
  #watch: NodeJS.Timeout | null = null;
  /** Clients with frames of this turn. */
  #unflushed: HubClient[] = [];
  #turn: NodeJS.Immediate | null = null;
  // What this process is told in the next turn: answers never come within a call.
  #subscribed: string[] = [];
  #published = 0;
  #echoes: [channel: string, frame: Uint8Array][] = [];
  #isPublishing = false;
  #hasLeft = false;

  /**
   * Becomes the hub.
   * @returns null if another process is it already
   * @throws Error if the file system refuses (rejects)
   */
  static async open(path: string, events: ConnectionEvents): Promise<HubConnection | null> {
    const connection = new HubConnection(events);
    const place = await claim(path, (socket) => connection.#accept(socket));
    if (place === null) return null;
    connection.#place = place;
    connection.#watch = setInterval(() => connection.#look(), LOCAL_WATCH_MS).unref();
    return connection;
  }

  private constructor(events: ConnectionEvents) {
    this.#events = events;
    this.history = new OwnHistory(this.#history, events.history, () => this.#endTurn());
  }

  subscribe(channels: readonly string[]): void {
    for (const channel of channels) {
      this.#hub.subscribe(this, channel);
      this.#subscribed.push(channel);
    }
    this.#endTurn();
  }

  unsubscribe(channels: readonly string[]): void {
    for (const channel of channels) this.#hub.unsubscribe(this, channel);
  }

  publish(channel: string, frame: Uint8Array, comesBack: boolean): void {
    const head = encodeMessageHead(comesBack ? ECHOED : MESSAGE, channel, frame.length);
    this.#isPublishing = true;
    this.#hub.publish(channel, Buffer.concat([head, frame]), head.length, comesBack ? null : this);
    this.#isPublishing = false;
    this.#published++;
    this.#endTurn();
  }

  flush(): void {
    const clients = this.#unflushed;
    this.#unflushed = [];
    for (const client of clients) client.flush();
  }

  message(channel: string, frame: Uint8Array, start: number): void {
    const bytes = frame.subarray(start);
    if (this.#hasLeft) return;
    if (this.#isPublishing) this.#echoes.push([channel, bytes]);
    else this.#events.message(channel, bytes);
  }

  placed(channel: string, frame: Uint8Array, place: FramePlace): void {
    if (!this.#hasLeft) this.history.placed(channel, frame, place);
  }

  async leave(): Promise<void> {
    this.#hasLeft = true;
    if (this.#watch !== null) clearInterval(this.#watch);
    if (this.#turn !== null) clearImmediate(this.#turn);
    this.flush();
    this.#place?.leave();
    await Promise.all([...this.#clients].map((client) => client.end()));
    // What this process has appended is answered even now.
    this.history.answer(() => false);
  }

  #look(): void {
    if (this.#place?.isOurs()) return;
    void this.leave();
    this.#events.lost(new Error("another process has become the hub of this machine"));
  }

  #accept(socket: Socket): void {
    const client = new HubClient(socket, {
      hub: this.#hub,
      history: this.#history,
      hasFrames: () => {
        this.#unflushed.push(client);
        this.#endTurn();
      },
      gone: () => {
        this.#clients.delete(client);
        this.#hub.remove(client);
      },
    });
    this.#clients.add(client);
  }

  /** Runs behind all reads of this turn: what several processes have sent leaves in one write for each. */
  #endTurn(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = null;
      this.flush();
      this.#answer();
    });
  }

  #answer(): void {
    const channels = this.#subscribed;
    const echoes = this.#echoes;
    const count = this.#published;
    this.#subscribed = [];
    this.#echoes = [];
    this.#published = 0;
    if (channels.length > 0) this.#events.subscribed(channels);
    if (count > 0 && !this.#hasLeft) this.#events.published(count);
    for (const [channel, frame] of echoes) if (!this.#hasLeft) this.#events.message(channel, frame);
    this.history.answer(() => this.#hasLeft);
  }
}
