import { Buffer } from "node:buffer";
import type { HistoryRule, StoredFrame } from "@mantou/pubsub/relay";
import { NATS_ANSWER_MS, NATS_SLICE_BYTES, NATS_STRIDE } from "../limits.ts";
import { withTime } from "../with-time.ts";
import type { HistoryStream } from "./history-stream.ts";
import { ask, JetStreamError } from "./jetstream.ts";
import type { NatsClient, NatsPackage } from "./package.ts";
import type { Requests } from "./requests.ts";

export interface HistoryReaderOptions {
  readonly client: NatsClient;
  readonly package: NatsPackage;
  readonly requests: Requests;
  readonly stream: HistoryStream;
}

interface Message {
  readonly sequence: number;
  readonly data: Buffer;
  /** When it was stored, in milliseconds. */
  readonly storedAt: number;
}

interface Page {
  readonly messages: Message[];
  readonly isLast: boolean;
}

/** JetStream's numbers: no message, and another one has come first. */
const NO_MESSAGE = 10_037;
const WRONG_LAST = 10_071;
const TRIES = 4;
const PAGE = 256;
/** Of a frame's head. */
const COUNT_AT = 27;
const HEAD_BYTES = COUNT_AT + 4;

/** Reads the history of a topic: its last frame by one request, and a range by a consumer that lives as long as the read. */
export class HistoryReader {
  readonly #options: HistoryReaderOptions;

  constructor(options: HistoryReaderOptions) {
    this.#options = options;
  }

  /** @throws Error (rejects) */
  async read(
    token: string,
    from: number,
    limit: number,
    rule: HistoryRule,
  ): Promise<{
    readonly top: number;
    readonly topHead: Buffer | null;
    readonly frames: readonly StoredFrame[];
  }> {
    const subject = this.#options.stream.append(token);
    const { sequence, data } = await this.#top(subject);
    const first = Math.max(1, Math.ceil(from / NATS_STRIDE));
    const isEmpty = limit === 0 || first > sequence;
    const messages = isEmpty ? [] : await this.#range(subject, first, sequence, limit, rule, from === 0);
    return {
      top: sequence * NATS_STRIDE,
      topHead: data.length === 0 ? null : data.subarray(0, 31),
      frames: messages.map((each, i) => ({
        frame: each.data,
        offset: each.sequence * NATS_STRIDE,
        // What is before the first one is not known: it is at least the place before it.
        previous: (messages[i - 1]?.sequence ?? each.sequence - 1) * NATS_STRIDE,
      })),
    };
  }

  /** The last message of a subject. If there is none, a place is taken: positions of all instances are there, and not before it. */
  async #top(subject: string): Promise<Pick<Message, "sequence" | "data">> {
    const { requests, stream } = this.#options;
    for (let i = 0; ; i++) {
      try {
        const { message } = await ask(requests, stream.api("STREAM.MSG.GET"), { last_by_subj: subject });
        const { seq, data = "" } = message as { seq: number; data?: string };
        return { sequence: seq, data: Buffer.from(data, "base64") };
      } catch (error) {
        if (!(error instanceof JetStreamError) || error.reason !== NO_MESSAGE) throw error;
      }
      try {
        return { sequence: await this.#takePlace(subject), data: Buffer.alloc(0) };
      } catch (error) {
        if (!(error instanceof JetStreamError) || error.reason !== WRONG_LAST || i === TRIES) throw error;
      }
    }
  }

  async #takePlace(subject: string): Promise<number> {
    const { requests, package: nats } = this.#options;
    const headers = nats.headers();
    headers.set("Nats-Expected-Last-Subject-Sequence", "0");
    const { seq } = await ask(requests, subject, null, headers);
    return seq as number;
  }

  async #range(
    subject: string,
    first: number,
    last: number,
    limit: number,
    { size, seconds }: HistoryRule,
    isAll: boolean,
  ): Promise<readonly Message[]> {
    const { requests, stream } = this.#options;
    const config = {
      ack_policy: "none",
      deliver_policy: "by_start_sequence",
      opt_start_seq: first,
      filter_subject: subject,
      mem_storage: true,
      inactive_threshold: NATS_ANSWER_MS * 1_000_000,
    };
    const made = await ask(requests, stream.api("CONSUMER.CREATE"), { stream_name: stream.name, config });
    const { name, created } = made as { name: string; created: string };
    const oldest = Date.parse(created) - seconds * 1000;
    let kept: Message[] = [];
    let isCut = false;
    try {
      for (;;) {
        const wanted = isAll ? PAGE : Math.min(limit - kept.length, PAGE);
        const { messages, isLast } = await this.#page(name, wanted);
        kept.push(...messages.filter(({ sequence }) => sequence <= last));
        kept = kept.slice(startOf(kept, oldest, isAll ? size : Number.POSITIVE_INFINITY));
        // The first one is mostly known already.
        const isFull = kept.slice(1).reduce((sum, { data }) => sum + data.length, 0) > NATS_SLICE_BYTES;
        if (isLast || (messages.at(-1)?.sequence ?? last) >= last) break;
        if (!isAll && (isFull || kept.length >= limit)) break;
        // The last ones are wanted, and where they begin is known at the end.
        isCut ||= isFull;
        if (isCut) kept = kept.map(withoutBody);
      }
    } finally {
      ask(requests, stream.api("CONSUMER.DELETE", name), null).catch(() => {});
    }
    const [begin] = kept;
    if (!isCut || begin === undefined) return kept.slice(0, limit);
    return this.#range(subject, begin.sequence, last, limit, { size, seconds }, false);
  }

  /** The next messages of a consumer. */
  async #page(consumer: string, wanted: number): Promise<Page> {
    const { client, stream } = this.#options;
    const inbox = stream.inbox();
    const messages: Message[] = [];
    let end!: (isLast: boolean) => void;
    const ended = new Promise<boolean>((resolve) => {
      end = resolve;
    });
    const subscription = client.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null || (message.headers?.code ?? 0) > 0) {
          // Nothing more is there (404), or not within the bytes (409).
          end(message?.headers?.code !== 409);
          return;
        }
        const { sequence, storedAt, pending } = readReply(message.reply ?? "");
        messages.push({ sequence, storedAt, data: Buffer.from(message.data) });
        if (pending === 0) end(true);
        else if (messages.length >= wanted) end(false);
      },
    });
    try {
      const bytes = NATS_SLICE_BYTES + 2 * (client.info?.max_payload ?? 0);
      const body = JSON.stringify({ batch: wanted, no_wait: true, max_bytes: bytes });
      client.publish(stream.api("CONSUMER.MSG.NEXT", consumer), body, { reply: inbox });
      return { messages, isLast: await withTime(ended, NATS_ANSWER_MS, "JetStream does not answer") };
    } finally {
      subscription.unsubscribe();
    }
  }
}

/** Where what may be given begins: frames that are too old are left out, and those beyond the size. A place without a message stays before one that is given. */
function startOf(messages: readonly Message[], oldest: number, size: number): number {
  let start = messages.findIndex(({ storedAt }) => storedAt > oldest);
  if (start < 0) return messages.length;
  let count = 0;
  for (let i = messages.length - 1; i >= start; i--) {
    if (count >= size) {
      start = i + 1;
      break;
    }
    const { data } = messages[i]!;
    count += data.length >= HEAD_BYTES ? data.readUInt32BE(COUNT_AT) : 0;
  }
  return start > 0 && messages[start - 1]!.data.length === 0 ? start - 1 : start;
}

/** What says how many messages it has. */
function withoutBody(message: Message): Message {
  const { data } = message;
  return data.length > HEAD_BYTES ? { ...message, data: Buffer.from(data.subarray(0, HEAD_BYTES)) } : message;
}

/** Where a consumer's message says what it is: `$JS.ACK.[domain.account.]stream.consumer.tries.sequence.number.time.pending[.token]`. */
function readReply(reply: string): {
  readonly sequence: number;
  readonly storedAt: number;
  readonly pending: number;
} {
  const tokens = reply.split(".");
  const at = tokens.length > 9 ? 2 : 0;
  return {
    sequence: Number(tokens[at + 5]),
    storedAt: Number(tokens[at + 7]) / 1_000_000,
    pending: Number(tokens[at + 8]),
  };
}
