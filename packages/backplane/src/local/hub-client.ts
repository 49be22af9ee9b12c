import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Place } from "@mantou/pubsub/relay";
import { LOCAL_BACKLOG_BYTES } from "../limits.ts";
import { ClientRequests } from "./client-requests.ts";
import { FrameSocket } from "./frame-socket.ts";
import type { Hub, HubPeer } from "./hub.ts";
import type { HubHistory } from "./hub-history.ts";
import {
  decodeChannels,
  decodeHello,
  ECHOED,
  encodeChannels,
  encodeHello,
  encodePublished,
  MESSAGE,
  messageChannel,
  messageStart,
  SUBSCRIBE,
  SUBSCRIBED,
  UNSUBSCRIBE,
  VERSION,
} from "./wire.ts";

/** What the hub's end of a connection needs. */
export interface HubClientHost {
  readonly hub: Hub;
  readonly history: HubHistory;
  /** The first frame of a turn is there: `flush()` is due at its end. */
  hasFrames(): void;
  gone(): void;
}

/** Another process, at the hub. */
export class HubClient implements HubPeer {
  readonly #host: HubClientHost;
  readonly #link: FrameSocket;
  readonly #requests: ClientRequests;
  #isGreeted = false;
  #hasFrames = false;
  /** Messages that it has published in this turn, and that are not acknowledged yet. */
  #published = 0;

  constructor(socket: Socket, host: HubClientHost) {
    this.#host = host;
    this.#link = new FrameSocket(socket, {
      frame: (frame) => this.#receive(frame),
      drained: () => this.#requests.pump(),
      closed: () => host.gone(),
    });
    this.#requests = new ClientRequests(host.history, this.#link, (frame) => this.#send(frame));
  }

  message(_channel: string, frame: Uint8Array): void {
    this.#send(frame);
  }

  placed(_channel: string, _frame: Uint8Array, _place: Place, encoded: Buffer): void {
    this.#send(encoded);
  }

  flush(): void {
    if (this.#published > 0) this.#link.send(encodePublished(this.#published));
    this.#published = 0;
    this.#hasFrames = false;
    this.#link.flush();
    this.#requests.pump();
  }

  /** The hub leaves. What was written before arrives. */
  end(): Promise<void> {
    return this.#link.end();
  }

  #send(frame: Uint8Array): void {
    if (this.#link.buffered > LOCAL_BACKLOG_BYTES) {
      // It is disconnected, and so knows that it has missed something.
      this.#link.destroy(new Error("the process does not read"));
      return;
    }
    this.#link.send(frame);
    this.#needFlush();
  }

  #needFlush(): void {
    if (this.#hasFrames) return;
    this.#hasFrames = true;
    this.#host.hasFrames();
  }

  #receive(frame: Buffer): void {
    const isKnown = this.#isGreeted ? this.#handle(frame) : this.#greet(frame);
    if (!isKnown) this.#link.destroy(new Error("the process sent bytes that are none of ours"));
  }

  #handle(frame: Buffer): boolean {
    const kind = frame[4];
    if (kind === MESSAGE || kind === ECHOED) return this.#publish(frame);
    if (kind !== SUBSCRIBE && kind !== UNSUBSCRIBE) return this.#requests.handle(frame);
    const channels = decodeChannels(frame);
    if (channels === null) return false;
    const { hub } = this.#host;
    if (kind === UNSUBSCRIBE) for (const channel of channels) hub.unsubscribe(this, channel);
    else {
      for (const channel of channels) hub.subscribe(this, channel);
      this.#send(encodeChannels(SUBSCRIBED, channels));
    }
    return true;
  }

  #publish(frame: Buffer): boolean {
    const start = messageStart(frame);
    if (start === null) return false;
    const except = frame[4] === ECHOED ? null : this;
    this.#host.hub.publish(messageChannel(frame, start), frame, start, except);
    this.#published++;
    this.#needFlush();
    return true;
  }

  /** A process of another version reads which one this is, and then the end. */
  #greet(frame: Buffer): boolean {
    this.#isGreeted = true;
    this.#link.send(encodeHello());
    this.#link.flush();
    return decodeHello(frame) === VERSION;
  }
}
