import { Buffer } from "node:buffer";
import type { ControlRecord } from "../../src/relay/control.ts";
import { decodeRecords, encodeRecord } from "../../src/relay/control.ts";
import { decodeHead, encodeFrame, HEAD_BYTES, ReceivedFrames } from "../../src/relay/frame.ts";
import {
  type Engine,
  type EngineEvents,
  Relay,
  type RelayEvent,
  type RelayOptions,
} from "../../src/relay/index.ts";
import { messageFrame } from "./message-frame.ts";

/** An engine that writes down what it is asked for, and answers when a test does. */
export class ScriptedEngine implements Engine {
  features = { maxFrameBytes: 100_000 };
  events!: EngineEvents;
  /** What was called since the last `take`, a line each. */
  #calls: string[] = [];
  readonly #channels: string[] = [];
  readonly frames: { readonly channel: string; readonly frame: Buffer }[] = [];
  isClosed = false;

  open(events: EngineEvents): void {
    this.events = events;
  }

  subscribe(channels: readonly string[]): void {
    this.#channels.push(...channels);
    this.#calls.push(`subscribe ${channels.join(" ")}`);
  }

  unsubscribe(channels: readonly string[]): void {
    this.#calls.push(`unsubscribe ${channels.join(" ")}`);
  }

  publish(channel: string, frame: Uint8Array): void {
    const bytes = frame as Buffer;
    this.frames.push({ channel, frame: bytes });
    this.#calls.push(`publish ${channel} ${describe(bytes)}`);
  }

  flush(): void {}

  reconnect(error: Error): void {
    this.#calls.push(`reconnect ${error.message}`);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  /** The channels asked for since the last call. */
  takeChannels(): string[] {
    return this.#channels.splice(0);
  }

  take(): string[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }
}

/** A frame in words: its number, and its messages or records. */
function describe(frame: Buffer): string {
  const head = decodeHead(frame);
  if (head === null) return "no frame";
  const body = frame.subarray(HEAD_BYTES);
  if (head.control) return (decodeRecords(body) ?? []).map(({ type }) => type).join(" ");
  const texts = [...new ReceivedFrames(body, head.count, false)].map(({ payload }) => payload.toString());
  return `${head.sequence}${head.start > 0 ? ` from ${head.start}` : ""}${head.compress ? " compressed" : ""}: ${texts.join(",")}`;
}

/** A relay on a scripted engine, with a clock that a test moves. */
export class Rig {
  readonly engine: ScriptedEngine;
  readonly relay: Relay;
  readonly events: RelayEvent[] = [];
  /** "topic: messages" of each delivery. */
  readonly delivered: string[] = [];
  readonly members = new Map<string, number>();
  now = 0;
  scheduled = 0;

  constructor(options: Partial<Omit<RelayOptions, "engine" | "now">> = {}, engine = new ScriptedEngine()) {
    this.engine = engine;
    this.relay = new Relay({
      engine: this.engine,
      instance: Buffer.from("me------"),
      host: {
        deliver: (topic, frames) => {
          const texts = [...frames].map(({ payload }) => payload.toString());
          this.delivered.push(`${topic}: ${texts.join(",")}${frames.compress ? " compressed" : ""}`);
        },
        schedule: () => {
          this.scheduled++;
        },
        event: (event) => this.events.push(event),
        memberCount: (topic) => this.members.get(topic) ?? 0,
      },
      ...options,
      now: () => this.now,
    });
    this.relay.open();
  }

  /** Connects, with all subscriptions. */
  up(): this {
    this.engine.events.up();
    this.engine.events.subscribed(["i"]);
    this.engine.take();
    return this;
  }

  /** Connects, says nothing, and has answers for all that was published. */
  published(count = 1): void {
    this.engine.events.published(count);
  }

  publish(topic: string, text: string, compress = false): void {
    this.relay.publish(topic, messageFrame(true, Buffer.from(text)).toString("latin1"), null, compress);
  }

  /** Publishes in a turn of its own. @returns the engine's calls */
  turn(topic: string, text: string): string[] {
    this.publish(topic, text);
    this.relay.flush();
    return this.engine.take();
  }

  /** Time passes, with a tick each half second. @returns the engine's calls */
  pass(ms: number): string[] {
    for (let passed = 0; passed < ms; passed += 500) {
      this.now += 500;
      this.relay.tick();
    }
    return this.engine.take();
  }

  /** The same, while it hears its own heartbeats. */
  passHearing(ms: number): void {
    for (let passed = 0; passed < ms; passed += 500) {
      this.pass(500);
      this.engine.events.message("i", controlOf("me", { type: "heartbeat", number: 0 }));
    }
  }

  takeEvents(): RelayEvent[] {
    return this.events.splice(0);
  }
}

/** A frame of another instance. */
export function frameOf(
  instance: string,
  sequence: number,
  texts: readonly string[],
  more: { readonly start?: number; readonly compress?: boolean } = {},
): Buffer {
  const body = Buffer.concat(texts.map((text) => messageFrame(true, Buffer.from(text))));
  const head = {
    instance: instance.padEnd(8, "-"),
    sequence,
    start: 0,
    count: texts.length,
    compress: false,
    control: false,
    ...more,
  };
  return encodeFrame(head, [body], body.length);
}

/** A frame of control records of another instance. */
export function controlOf(instance: string, ...records: readonly ControlRecord[]): Buffer {
  const body = Buffer.concat(records.map(encodeRecord));
  const head = {
    instance: instance.padEnd(8, "-"),
    sequence: 0,
    start: 0,
    count: records.length,
    compress: false,
    control: true,
  };
  return encodeFrame(head, [body], body.length);
}
