import { clearInterval, setImmediate, setInterval } from "node:timers";
import type { HistoryRule } from "@mantou/pubsub/relay";
import type { ConnectionEvents, ConnectionHistory } from "../connection.ts";
import { NATS_ANSWER_MS, NATS_READS, NATS_STRIDE } from "../limits.ts";
import { explainJetStream } from "./errors.ts";
import { HistoryAppends } from "./history-appends.ts";
import { HistoryReader } from "./history-reader.ts";
import { HistorySetup } from "./history-setup.ts";
import { HistoryStream } from "./history-stream.ts";
import { JetStreamError } from "./jetstream.ts";
import type { NatsClient, NatsMessage, NatsPackage } from "./package.ts";
import { Requests } from "./requests.ts";
import { tokenOf } from "./subject.ts";

export interface NatsHistoryOptions {
  readonly client: NatsClient;
  readonly package: NatsPackage;
  /** Of the program. */
  readonly prefix: string;
  /** Of its channels. */
  readonly channelPrefix: string;
  /** For texts. */
  readonly where: string;
  readonly events: ConnectionEvents;
  /** Whether a channel is still to be subscribed: it waits for the answer to a ping. */
  isAsked(channel: string): boolean;
  /** Subscribed channels of histories cannot be had. */
  deny(error: Error): void;
  /** The connection is of no use any more. */
  lose(error: Error): void;
}

/** What exists once a history is used. */
interface Parts {
  readonly requests: Requests;
  readonly setup: HistorySetup;
  readonly reader: HistoryReader;
  readonly timer: NodeJS.Timeout;
}

/** The histories of topics, by a stream of JetStream. Its numbers are those of all topics, so the offsets of one have holes. */
export class NatsHistory implements ConnectionHistory {
  readonly #options: NatsHistoryOptions;
  readonly #stream: HistoryStream;
  #parts: Parts | null = null;
  /** The last sequence of a subscribed channel. */
  readonly #last = new Map<string, number>();
  #readings = 0;
  #reads: (() => void)[] = [];
  readonly #appends: HistoryAppends;
  /** Appends to channels that are still to be subscribed: sent before, they might not come to a member of this turn. */
  readonly #held = new Map<string, (() => void)[]>();
  #isOver = false;
  /** Why histories cannot be had on this connection. */
  refusal: Error | null = null;

  constructor(options: NatsHistoryOptions) {
    this.#options = options;
    this.#stream = new HistoryStream(options.prefix);
    this.#appends = new HistoryAppends({
      ...options,
      stream: this.#stream,
      failed: (request, error) => this.#failed(request, error, false),
    });
  }

  /** Whether a channel is that of a history. */
  isHistory(channel: string): boolean {
    return channel.charCodeAt(this.#options.channelPrefix.length) === LETTER_H;
  }

  /** Where its frames come from. */
  subjectOf(channel: string): string {
    return this.#stream.live(tokenOf(this.#options.prefix, channel));
  }

  append(
    request: number,
    channel: string,
    frame: Uint8Array,
    count: number,
    rule: HistoryRule,
    _retry: boolean,
  ): void {
    this.#appends.begin(request);
    this.#do(request, rule, ({ requests, setup }) => {
      const send = (): void =>
        this.#appends.send(requests, { request, channel, frame, count }, () => setup.epoch!);
      const held = this.#held.get(channel);
      if (held !== undefined) held.push(send);
      else if (this.#options.isAsked(channel)) this.#held.set(channel, [send]);
      else send();
    });
  }

  /** Sends what was appended to channels that are subscribed now, or are not to be any more. */
  release(channels: Iterable<string>): void {
    for (const channel of channels) {
      const held = this.#held.get(channel) ?? [];
      this.#held.delete(channel);
      for (const send of held) send();
    }
  }

  read(request: number, channel: string, from: number, limit: number, rule: HistoryRule): void {
    this.#do(request, rule, (parts) => {
      this.#reads.push(() => void this.#read(parts, request, channel, from, limit, rule));
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#readings < NATS_READS) {
      const next = this.#reads.shift();
      if (next === undefined) return;
      this.#readings++;
      next();
    }
  }

  async #read(
    { reader, setup }: Parts,
    request: number,
    channel: string,
    from: number,
    limit: number,
    rule: HistoryRule,
  ): Promise<void> {
    const { prefix, events, where, lose } = this.#options;
    const epoch = setup.epoch!;
    try {
      const { top, topHead, frames } = await reader.read(tokenOf(prefix, channel), from, limit, rule);
      if (this.#isOver) return;
      if (this.#last.has(channel)) this.#last.set(channel, top / NATS_STRIDE);
      events.history.slice(request, { epoch, top, topHead, frames });
    } catch (error) {
      if (this.#isOver) return;
      if (error instanceof JetStreamError && !error.mayHeal)
        this.#failed(request, explainJetStream(error, where), false);
      else lose(error as Error);
    } finally {
      this.#readings--;
      this.#pump();
    }
  }

  rotate(channel: string, epoch: string): void {
    const parts = this.#open();
    // Refused, it is asked for again by the instance that needs it.
    parts.setup.rotate(epoch).then(
      (isDone) => {
        if (isDone && !this.#isOver) this.#options.client.publish(this.#stream.rotated, "");
      },
      () => {},
    );
    this.#last.delete(channel);
  }

  subscribed(channels: readonly string[]): void {
    for (const channel of channels) {
      if (this.isHistory(channel) && !this.#last.has(channel)) this.#last.set(channel, 0);
    }
  }

  unsubscribed(channels: readonly string[]): void {
    for (const channel of channels) this.#last.delete(channel);
    this.release(channels);
  }

  /** A frame that the server has published. One that comes before the epoch is known was stored before the read that waits for that. */
  live(channel: string, { data, headers }: NatsMessage): void {
    const epoch = this.#parts?.setup.epoch ?? null;
    if (this.#isOver || epoch === null) return;
    const { events } = this.#options;
    const sequence = numberOf(headers?.get("Nats-Sequence"));
    const last = numberOf(headers?.get("Nats-Last-Sequence"));
    if (sequence === null || last === null || last >= sequence) {
      events.message(channel, data);
      return;
    }
    const known = this.#last.get(channel) ?? 0;
    // 0: the one before it is too old, and none of this subject was stored in between; or it is the first, and comes behind the second.
    const previous = last === 0 && known < sequence ? known : last;
    this.#last.set(channel, Math.max(known, sequence));
    const place = { epoch, offset: sequence * NATS_STRIDE, previous: previous * NATS_STRIDE };
    events.history.message(channel, data, place);
  }

  /** The user may not publish to a subject. */
  violated(subject: string, error: Error): void {
    this.#parts?.requests.refuse(subject, error);
  }

  /** Resolves when all appends are answered. */
  settled(): Promise<void> {
    return this.#appends.settled();
  }

  /** The connection is over. */
  end(): void {
    this.#isOver = true;
    this.#appends.end();
    if (this.#parts !== null) clearInterval(this.#parts.timer);
  }

  #do(request: number, rule: HistoryRule, run: (parts: Parts) => void): void {
    const { refusal } = this;
    if (refusal !== null) {
      setImmediate(() => this.#failed(request, refusal, false));
      return;
    }
    const parts = this.#open();
    parts.setup.do({
      rule,
      run: () => {
        if (!this.#isOver) run(parts);
      },
      fail: (error) => {
        if (this.#isOver) return;
        if (error instanceof JetStreamError && error.mayHeal && !error.isOff) {
          this.#options.lose(error);
          return;
        }
        this.#refuse(error);
        this.#failed(request, explainJetStream(error, this.#options.where), false);
      },
    });
  }

  /** Histories cannot be had: each topic is told once, and not asked for again on this connection. */
  #refuse(error: Error): void {
    if (this.refusal !== null) return;
    this.refusal = explainJetStream(error, this.#options.where);
    this.#options.deny(this.refusal);
  }

  #open(): Parts {
    if (this.#parts !== null) return this.#parts;
    const { client, package: nats, lose } = this.#options;
    const stream = this.#stream;
    const requests = new Requests(client, stream.inbox());
    const setup = new HistorySetup(requests, stream, nats);
    const reader = new HistoryReader({ client, package: nats, requests, stream });
    client.subscribe(stream.rotated, { callback: () => setup.refresh() });
    const look = (): void => {
      const { oldest } = requests;
      if (oldest !== null && performance.now() - oldest > NATS_ANSWER_MS)
        lose(new Error("JetStream does not answer: timeout"));
    };
    const timer = setInterval(look, NATS_ANSWER_MS / 5).unref();
    this.#parts = { requests, setup, reader, timer };
    return this.#parts;
  }

  #failed(request: number, error: Error, ambiguous: boolean): void {
    if (this.#isOver) return;
    this.#appends.answered(request);
    this.#options.events.history.failed(request, error, ambiguous);
  }
}

/** @returns null for what is no number of a stream */
function numberOf(text: string | undefined): number | null {
  const number = /^\d{1,16}$/.test(text ?? "") ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number * NATS_STRIDE) ? number : null;
}

const LETTER_H = 0x68;
