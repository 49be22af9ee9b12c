import type { Buffer } from "node:buffer";
import { CONTROL_CHANNEL, instanceChannel } from "./channel.ts";
import { type ControlRecord, decodeRecords, encodeRecord } from "./control.ts";
import { Counts } from "./counts.ts";
import { encodeFrame, type FrameHead, HEAD_BYTES } from "./frame.ts";
import { CONTROL_BYTES, HEARTBEAT_MS } from "./limits.ts";
import { Peers } from "./peers.ts";
import { type PresenceRecord, withoutMembers } from "./presence/presence-record.ts";
import type { TopicCount } from "./relay-options.ts";

/** What wants to know of the members of topics at other instances. */
export interface PresenceListener {
  /** An instance lives; with `isBack`, it has a new connection. */
  beat(instance: string, isBack: boolean): void;
  /** An instance has said goodbye. */
  gone(instance: string): void;
  receive(instance: string, record: PresenceRecord): void;
}

/** What instances tell each other beside messages: that they live, that they leave, and how many members a topic has. */
export class Cluster {
  readonly peers: Peers = new Peers();
  readonly #counts = new Counts();
  /** Set by the relay, if it has presence. */
  presence: PresenceListener | null = null;
  readonly #instance: string;
  readonly #memberCount: (channel: string) => number;
  /** Records that wait for the end of the turn, by channel. */
  readonly #outgoing = new Map<string, Buffer[]>();
  #beat = 0;
  #beatAt = 0;
  /** Milliseconds of the last heartbeat through the engine and back. */
  lag: number | null = null;

  constructor(instance: string, memberCount: (channel: string) => number) {
    this.#instance = instance;
    this.#memberCount = memberCount;
  }

  /** The engine is back, and this instance has its subscriptions there. */
  hello(now: number): void {
    this.#sendBeat("hello", CONTROL_CHANNEL, now);
  }

  down(now: number): void {
    this.#outgoing.clear();
    this.peers.pause(now);
    this.#counts.expire(Number.POSITIVE_INFINITY);
  }

  tick(now: number): void {
    if (now - this.#beatAt >= HEARTBEAT_MS) this.#sendBeat("heartbeat", CONTROL_CHANNEL, now);
    this.#counts.expire(now);
    this.peers.tick(now);
  }

  #sendBeat(type: "heartbeat" | "hello", channel: string, now: number): void {
    this.#beat = (this.#beat + 1) % 0x1_0000_0000;
    this.#beatAt = now;
    this.send(channel, { type, number: this.#beat });
  }

  farewell(): void {
    this.send(CONTROL_CHANNEL, { type: "farewell", number: 0 });
  }

  /** Ends the counts with the answers that they have. */
  close(): void {
    this.#counts.expire(Number.POSITIVE_INFINITY);
  }

  count(channel: string, own: number, now: number, callback: (count: TopicCount) => void): void {
    const number = this.#counts.ask(channel, own, this.peers.living(now), now, callback);
    if (number !== null) this.send(CONTROL_CHANNEL, { type: "question", number, channel });
  }

  /** Sends a record at the end of the turn, if the engine is there. */
  send(channel: string, record: ControlRecord): void {
    const waiting = this.#outgoing.get(channel);
    const bytes = encodeRecord(record);
    if (waiting === undefined) this.#outgoing.set(channel, [bytes]);
    else waiting.push(bytes);
  }

  /** Whether there is something to send. */
  get isWaiting(): boolean {
    return this.#outgoing.size > 0;
  }

  /**
   * Takes what is to be sent: one frame for each channel, or several if it is much. A question that is too long for a frame is not
   * asked: its count has no answers.
   * @param maxFrameBytes of the engine
   */
  takeFrames(maxFrameBytes: number): { readonly channel: string; readonly frame: Buffer }[] {
    const most = Math.min(CONTROL_BYTES, maxFrameBytes - HEAD_BYTES);
    const frames: { channel: string; frame: Buffer }[] = [];
    for (const [channel, outgoing] of this.#outgoing) {
      const records = outgoing.filter(({ length }) => length <= most);
      let [first, size] = [0, 0];
      for (let i = 0; i < records.length; i++) {
        const { length } = records[i]!;
        if (size + length > most) {
          frames.push({ channel, frame: this.#frameOf(records.slice(first, i), size) });
          [first, size] = [i, 0];
        }
        size += length;
      }
      if (size > 0) frames.push({ channel, frame: this.#frameOf(records.slice(first), size) });
    }
    this.#outgoing.clear();
    return frames;
  }

  #frameOf(records: readonly Buffer[], size: number): Buffer {
    const count = records.length;
    const head = { instance: this.#instance, sequence: 0, start: 0, count, compress: false, control: true };
    return encodeFrame(head, records, size);
  }

  /** @returns false if the frame is malformed or too long; then nothing of it counts */
  receive(head: FrameHead, body: Buffer, now: number): boolean {
    const records = body.length > CONTROL_BYTES ? null : decodeRecords(body);
    if (records?.length !== head.count) return false;
    for (const record of records) {
      if (head.instance === this.#instance) this.#receiveOwn(record, now);
      else this.#receiveRecord(head.instance, record, now);
    }
    return true;
  }

  #receiveOwn(record: ControlRecord, now: number): void {
    const isBeat = record.type === "heartbeat" || record.type === "hello";
    if (isBeat && record.number === this.#beat) this.lag = now - this.#beatAt;
  }

  #receiveRecord(instance: string, record: ControlRecord, now: number): void {
    switch (record.type) {
      case "hello":
        this.peers.beat(instance, now);
        this.send(instanceChannel(instance), { type: "heartbeat", number: 0 });
        this.presence?.beat(instance, true);
        break;
      case "heartbeat":
        this.peers.beat(instance, now);
        this.presence?.beat(instance, false);
        break;
      case "farewell":
        this.peers.farewell(instance, now);
        this.#counts.forget(instance);
        this.presence?.gone(instance);
        break;
      case "question": {
        const connections = this.#memberCount(record.channel);
        this.send(instanceChannel(instance), { type: "answer", number: record.number, connections });
        break;
      }
      case "answer":
        this.#counts.answer(record.number, instance, record.connections);
        break;
      case "ask":
        if (this.presence === null) this.send(instanceChannel(instance), withoutMembers(record));
        else this.presence.receive(instance, record);
        break;
      case "state":
        this.presence?.receive(instance, record);
        break;
    }
  }
}
