import { Buffer } from "node:buffer";
import { encodeFrame } from "../../src/relay/frame.ts";
import { encodeHistoryFrame, placeFrame } from "../../src/relay/history/placed-frames.ts";
import type {
  BackplaneError,
  EngineHistory,
  HistoryEvents,
  HistoryRule,
  PlacedFrames,
  Position,
  Slice,
} from "../../src/relay/index.ts";
import { messageFrame } from "./message-frame.ts";
import { Rig, ScriptedEngine } from "./scripted-engine.ts";

export const RULE: HistoryRule = { size: 100, seconds: 60 };

/** The history of a scripted engine: it writes down what it is asked for, and a test answers. */
class ScriptedHistory implements EngineHistory {
  events!: HistoryEvents;
  readonly calls: string[] = [];
  readonly appends: { readonly request: number; readonly frame: Buffer; readonly retry: boolean }[] = [];
  readonly reads: { readonly request: number; readonly channel: string }[] = [];

  listen(events: HistoryEvents): void {
    this.events = events;
  }

  append(
    request: number,
    channel: string,
    frame: Uint8Array,
    count: number,
    _rule: HistoryRule,
    retry: boolean,
  ): void {
    this.appends.push({ request, frame: frame as Buffer, retry });
    const texts = textsOf(placeFrame(frame as Buffer, { epoch: "", offset: count, previous: 0 }));
    this.calls.push(`${retry ? "retry" : "append"} ${channel} ${texts}`);
  }

  read(request: number, channel: string, from: number, limit: number): void {
    this.reads.push({ request, channel });
    this.calls.push(`read ${channel} ${from} ${limit}`);
  }

  rotate(channel: string, epoch: string): void {
    this.calls.push(`rotate ${channel} ${epoch}`);
  }
}

export function textsOf(frames: PlacedFrames): string {
  return [...frames].map(({ payload }) => payload.toString()).join(",");
}

/** A relay with history topics on a scripted engine, with a clock that a test moves. */
export class HistoryRig {
  readonly history: ScriptedHistory = new ScriptedHistory();
  readonly rig: Rig;
  /** What the host was told, a line each. */
  #told: string[] = [];
  readonly frames: PlacedFrames[] = [];

  constructor(options: { readonly queue?: { readonly bytes?: number; readonly seconds?: number } } = {}) {
    const engine: ScriptedEngine = Object.assign(new ScriptedEngine(), { history: this.history });
    this.rig = new Rig(
      {
        ...options,
        history: {
          deliver: (topic, frames) => {
            this.frames.push(frames);
            this.#told.push(`${topic} ${frames.place.offset}: ${textsOf(frames)}`);
          },
          gap: (topic, { epoch, offset }) => void this.#told.push(`gap ${topic} ${epoch} ${offset}`),
          live: (topic, { epoch, offset }) => void this.#told.push(`live ${topic} ${epoch} ${offset}`),
        },
      },
      engine,
    );
  }

  get relay(): Rig["relay"] {
    return this.rig.relay;
  }

  /** Connects, and has answers for all reads of topics that have no position. */
  up(): this {
    this.rig.engine.events.up();
    this.rig.engine.events.subscribed([...this.rig.engine.takeChannels(), "i"]);
    return this;
  }

  /** A topic with a member, at the offset 0 of "e". */
  topic(name: string): this {
    this.relay.history!.subscribe(name, RULE);
    this.relay.flush();
    this.rig.engine.events.subscribed([`ht:${name}`]);
    this.answer({ frames: [] });
    this.take();
    return this;
  }

  /** Answers the oldest read. */
  answer(slice: Partial<Slice>): void {
    const { request } = this.history.reads.shift()!;
    const last = slice.frames?.at(-1);
    const top = last?.offset ?? 0;
    const topHead = last === undefined ? null : last.frame.subarray(0, 31);
    this.history.events.slice(request, { epoch: "e", top, topHead, frames: [], ...slice });
  }

  /** A live message. */
  message(topic: string, frame: Buffer, offset: number, previous: number = offset - 1, epoch = "e"): void {
    // Borrowed: the bytes are overwritten as soon as the function has returned.
    const borrowed = Uint8Array.from(frame);
    this.history.events.message(`ht:${topic}`, borrowed, { epoch, offset, previous });
    borrowed.fill(0xff);
  }

  publish(
    topic: string,
    text: string,
    published: ((error: BackplaneError | null, position: Position | null) => void) | null = null,
    more: { readonly tag?: number; readonly compress?: boolean; readonly id?: string } = {},
  ): void {
    const head = messageFrame(true, Buffer.from(text)).toString("latin1");
    const { tag = 0, compress = false, id = null } = more;
    this.relay.history!.publish(topic, RULE, { head, payload: null, compress, tag, published, id });
  }

  /** What the host was told since the last call. */
  take(): string[] {
    return this.#told.splice(0);
  }

  takeCalls(): string[] {
    return this.history.calls.splice(0);
  }
}

/** A frame of another instance for a history topic. */
export function historyFrame(instance: string, sequence: number, ...texts: readonly string[]): Buffer {
  const body = Buffer.concat(texts.map((text) => messageFrame(true, Buffer.from(text))));
  const count = texts.length;
  const head = {
    instance: instance.padEnd(8, "-"),
    sequence,
    start: 0,
    count,
    compress: false,
    control: false,
  };
  return encodeHistoryFrame(head, null, [body], body.length);
}

/** A frame whose head is right, and whose body is not. */
export function malformedFrame(instance: string, sequence: number): Buffer {
  const head = {
    instance: instance.padEnd(8, "-"),
    sequence,
    start: 0,
    count: 1,
    compress: false,
    control: false,
  };
  return encodeFrame(head, ["\x00\x00\x00\x00nonsense"], 12);
}
