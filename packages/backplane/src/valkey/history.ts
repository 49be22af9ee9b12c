import { Buffer } from "node:buffer";
import { randomBytes, randomInt } from "node:crypto";
import type { HistoryRule, StoredFrame } from "@mantou/pubsub/relay";
import type { ConnectionEvents, ConnectionHistory } from "../connection.ts";
import { SCRIPT_VARIANTS, VALKEY_SLICE_BYTES } from "../limits.ts";
import {
  type AppendCall,
  AppendPipeline,
  type AppendPipelineEvents,
  WITH_BUFFERS,
} from "./append-pipeline.ts";
import { EpochKeeper, epochLife } from "./epoch-keeper.ts";
import { explain, isRefused, wasExecuted } from "./errors.ts";
import type { Client } from "./package.ts";
import { parsePlaced } from "./placed-message.ts";
import { READ, ROTATE, type Script } from "./scripts.ts";

export interface ValkeyHistoryOptions {
  readonly client: Client;
  /** Of channels. The keys have it, too. */
  readonly prefix: string;
  /** For texts. */
  readonly where: string;
  readonly events: ConnectionEvents;
  /** The connection is of no use any more. */
  lose(error: Error): void;
}

/** The histories of topics, by scripts. */
export class ValkeyHistory implements ConnectionHistory {
  readonly #options: ValkeyHistoryOptions;
  readonly #appends: AppendPipeline;
  readonly #epochs: EpochKeeper;
  #isOver = false;

  constructor(options: ValkeyHistoryOptions) {
    this.#options = options;
    const { client } = options;
    const events: AppendPipelineEvents = {
      answered: (call, reply) => this.#appended(call, reply),
      failed: ({ request }, error) => this.#failed(request, error),
    };
    this.#appends = new AppendPipeline(client, events, randomInt(SCRIPT_VARIANTS));
    this.#epochs = new EpochKeeper((channel, life) => {
      // Without an effect the epoch ends earlier, and that is told.
      client.sendCommand(["PEXPIRE", this.#keys(channel)[1], life]).catch(() => {});
    });
  }

  append(
    request: number,
    channel: string,
    frame: Uint8Array,
    count: number,
    rule: HistoryRule,
    retry: boolean,
  ): void {
    this.#epochs.touch(channel, rule);
    const args = [
      ...this.#keys(channel),
      ...lives(rule),
      asBuffer(frame),
      String(count),
      String(rule.size),
      channel,
      retry ? "1" : "0",
    ];
    this.#appends.push({ request, channel, args });
  }

  read(request: number, channel: string, from: number, limit: number, rule: HistoryRule): void {
    this.#epochs.touch(channel, rule);
    const args = [...this.#keys(channel), ...lives(rule), String(from), String(limit), VALKEY_SLICE_BYTES];
    this.#call(READ, args).then(
      (reply) => this.#slice(request, reply),
      (error: Error) => this.#failed(request, error),
    );
  }

  rotate(channel: string, epoch: string): void {
    // With its text: a script that the server does not know would be sent again behind the read that follows, which must find the new epoch.
    const args = ["EVAL", ROTATE.text, "2", ...this.#keys(channel), epoch, newEpoch()];
    // Refused, it is asked for again by the instance that needs it.
    this.#options.client.sendCommand(args).catch(() => {});
  }

  subscribed(channels: readonly string[]): void {
    this.#epochs.keep(channels.filter((channel) => this.isHistory(channel)));
  }

  unsubscribed(channels: readonly string[]): void {
    this.#epochs.forget(channels);
  }

  /** Whether a channel is that of a history. */
  isHistory(channel: string): boolean {
    return channel.charCodeAt(this.#options.prefix.length) === LETTER_H;
  }

  /** A message of a history's channel. What is none of ours goes on as it is: it is refused and counted. */
  message(channel: string, message: Buffer): void {
    const { events } = this.#options;
    const placed = parsePlaced(message);
    if (placed === null) events.message(channel, message);
    else events.history.message(channel, placed.frame, placed.place);
  }

  /** The connection is over. */
  end(): void {
    this.#isOver = true;
    this.#epochs.stop();
  }

  /** Both have the same hash tag, so a cluster has them on one node. */
  #keys(channel: string): [stream: string, hash: string] {
    const { prefix } = this.#options;
    const name = `${prefix}{${channel.slice(prefix.length)}}`;
    return [`${name}:s`, `${name}:e`];
  }

  async #call(script: Script, args: readonly (string | Buffer)[]): Promise<unknown> {
    const { client } = this.#options;
    try {
      return await client.sendCommand(["EVALSHA", script.digest, "2", ...args], WITH_BUFFERS);
    } catch (error) {
      if (!(error as Error).message.startsWith("NOSCRIPT")) throw error;
      return client.sendCommand(["EVAL", script.text, "2", ...args], WITH_BUFFERS);
    }
  }

  #appended({ request }: AppendCall, reply: unknown): void {
    if (this.#isOver) return;
    const [epoch, offset, duplicate] = Array.isArray(reply) ? (reply as unknown[]) : [];
    if (!Buffer.isBuffer(epoch) || !Number.isSafeInteger(offset)) {
      this.#options.events.history.failed(request, new Error(STRANGE), true);
      return;
    }
    const place = { epoch: epoch.toString(), offset: offset as number };
    this.#options.events.history.appended(request, place, duplicate === 1);
  }

  #slice(request: number, reply: unknown): void {
    if (this.#isOver) return;
    const { history } = this.#options.events;
    const [epoch, top, head, ...rest] = Array.isArray(reply) ? (reply as unknown[]) : [];
    const frames = framesOf(rest);
    if (!Buffer.isBuffer(epoch) || !isOffset(top) || !Buffer.isBuffer(head) || frames === null) {
      history.failed(request, new Error(STRANGE), false);
      return;
    }
    const topHead = head.length === 0 ? null : head;
    history.slice(request, { epoch: epoch.toString(), top, topHead, frames });
  }

  #failed(request: number, error: Error): void {
    if (this.#isOver) return;
    const { events, where, lose } = this.#options;
    if (isRefused(error)) events.history.failed(request, explain(error, where), wasExecuted(error));
    else lose(error);
  }
}

/** What each script begins with: the name of a new epoch, and the lives of the hash and of a frame. */
function lives(rule: HistoryRule): [epoch: string, hash: string, frame: string] {
  return [newEpoch(), epochLife(rule), String(Math.ceil(rule.seconds * 1000))];
}

/** @returns null if they are none */
function framesOf(fields: readonly unknown[]): StoredFrame[] | null {
  const frames: StoredFrame[] = [];
  for (let i = 0; i < fields.length; i += 3) {
    const [offset, count, frame] = fields.slice(i, i + 3);
    if (!isOffset(offset) || !isOffset(count) || count > offset || !Buffer.isBuffer(frame)) return null;
    frames.push({ frame, offset, previous: offset - count });
  }
  return frames;
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function newEpoch(): string {
  return randomBytes(6).toString("base64url");
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const LETTER_H = 0x68;
const STRANGE = "the server's answer is none of ours";
