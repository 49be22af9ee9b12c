import { Buffer } from "node:buffer";
import type { PlacedFrames, ReceivedMessage } from "@mantou/pubsub/relay";
import { type EncodedFrame, Prepared, type PreparedFrames } from "@mantou/websocket";
import { splitFrames } from "../topics/split-frames.ts";
import { authorOf } from "./authors.ts";
import { formatTopic } from "./topic-name.ts";

/** What a form is: a message of a topic with or without a history, a line of the protocol, or one that tells of members or of a gap. */
export type FormKind = "numbered" | "plain" | "line" | "members" | "gap";

/** One message as topic clients get it: a header, and behind it what the application has published. */
export class TopicForm extends Prepared {
  readonly topic: string;
  readonly kind: FormKind;

  constructor(topic: string, kind: FormKind, data: string | Uint8Array, compress: boolean) {
    super(data, compress);
    this.topic = topic;
    this.kind = kind;
  }
}

/** A message of a topic with a history. */
export class NumberedForm extends TopicForm {
  readonly offset: number;
  /** The session that has published it; empty for none. */
  readonly author: string;
  readonly #place: string;
  #own: TopicForm | null = null;

  /** @param place behind its verb */
  constructor(
    topic: string,
    data: string | Uint8Array,
    compress: boolean,
    offset: number,
    author: string,
    place: string,
  ) {
    super(topic, "numbered", data, compress);
    this.offset = offset;
    this.author = author;
    this.#place = place;
  }

  /** What its author gets in its place. */
  get own(): TopicForm {
    this.#own ??= new TopicForm(this.topic, "line", `o ${this.#place}`, false);
    return this.#own;
  }
}

/** What the broker gets for a topic whose subscribers may be topic clients. */
export interface TopicMessages extends PreparedFrames {
  readonly topic: string;
  /** Made when the first topic client gets it. */
  readonly forms: readonly TopicForm[];
}

/** The messages of one frame of a history topic, with their places. */
export function formsOfHistory(topic: string, frames: PlacedFrames): NumberedForm[] {
  const name = formatTopic(topic);
  const forms: NumberedForm[] = [];
  for (const message of frames) {
    const { offset, check } = frames.positionOf(forms.length);
    const tag = frames.tagOf(forms.length);
    const place = `${name} ${offset}.${check}`;
    const data = withHeader(`m ${place}\n`, message);
    const author = tag === 0 ? "" : authorOf(frames.instance, tag);
    forms.push(new NumberedForm(topic, data, frames.compress, offset, author, place));
  }
  return forms;
}

function withHeader(
  header: string,
  { text, payload }: Pick<ReceivedMessage, "text" | "payload">,
): string | Buffer {
  return text ? header + payload.toString("utf8") : Buffer.concat([Buffer.from(header), payload]);
}

const NOTHING: EncodedFrame = { head: "", payload: null };

/** A line that topic clients alone get: other subscribers of its topic get nothing. */
export class TopicLine implements TopicMessages {
  readonly topic: string;
  readonly plain: EncodedFrame = NOTHING;
  readonly size = 0;
  readonly forms: readonly TopicForm[];

  constructor(topic: string, kind: "members" | "gap", text: string) {
    this.topic = topic;
    this.forms = [new TopicForm(topic, kind, text, kind === "members")];
  }

  frame(): EncodedFrame {
    return NOTHING;
  }

  whenReady(_windowBits: number, ready: (frame: EncodedFrame) => void): void {
    ready(NOTHING);
  }
}

/** Messages of a plain topic. Other subscribers get them as they are. */
export class PlainTopicMessages implements TopicMessages {
  readonly topic: string;
  readonly #messages: PreparedFrames;
  readonly #compress: boolean;
  #forms: readonly TopicForm[] | null = null;

  constructor(topic: string, messages: PreparedFrames, compress: boolean) {
    this.topic = topic;
    this.#messages = messages;
    this.#compress = compress;
  }

  get plain(): EncodedFrame {
    return this.#messages.plain;
  }

  get size(): number {
    return this.#messages.size;
  }

  frame(windowBits: number): EncodedFrame | null {
    return this.#messages.frame(windowBits);
  }

  whenReady(windowBits: number, ready: (frame: EncodedFrame) => void): void {
    this.#messages.whenReady(windowBits, ready);
  }

  get forms(): readonly TopicForm[] {
    this.#forms ??= this.#make();
    return this.#forms;
  }

  #make(): TopicForm[] {
    const header = `p ${formatTopic(this.topic)}\n`;
    const { head, payload } = this.#messages.plain;
    const bytes = Buffer.from(head, "latin1");
    const body = payload === null ? bytes : Buffer.concat([bytes, payload]);
    return splitFrames(body).map(
      (message) => new TopicForm(this.topic, "plain", withHeader(header, message), this.#compress),
    );
  }
}
