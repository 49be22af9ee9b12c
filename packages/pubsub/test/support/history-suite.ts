import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeFrame, HEAD_BYTES } from "../../src/relay/frame.ts";
import { RETRY_FRAMES } from "../../src/relay/history/history-engine.ts";
import type { Engine, HistoryRule, Slice } from "../../src/relay/index.ts";
import { HistoryClient } from "./history-client.ts";
import { CHANNELS, type HistoryCommand } from "./history-commands.ts";

/** An engine with histories under test. What it cannot do is left out of the commands. */
export interface HistoryEngineRig {
  engine(): Engine;
  /** Forgets a channel. */
  evict?(channel: string): Promise<void> | void;
  /** Ends the engine, and brings it back. @returns whether it still has what it had */
  restart?(): Promise<"kept" | "lost">;
  /** Offsets have no holes, and a frame is kept as long as one of its messages is among the last ones; else so many frames are kept. */
  readonly countsMessages: boolean;
  /** A new epoch of one channel is one of all, and other connections learn of it later. */
  readonly rotatesAll?: boolean;
  /** Frames of a channel are told when it was read once on the connection. */
  readonly hearsAfterRead?: boolean;
}

export const SUITE_RULE: HistoryRule = { size: 12, seconds: 3600 };

interface Entry {
  readonly frame: Buffer;
  readonly count: number;
  readonly offset: number;
}

/** What a channel must have, as plainly as it can be said. */
class Model {
  epoch: string | null = null;
  readonly entries: Entry[] = [];
  /** Epochs that have ended. */
  readonly ended: string[] = [];
  /** All was forgotten: what comes next is behind this place, or in another epoch. */
  lostAt: { readonly epoch: string; readonly offset: number } | null = null;

  get top(): number {
    return this.entries.at(-1)?.offset ?? 0;
  }

  lose(): void {
    if (this.epoch !== null)
      this.lostAt = { epoch: this.epoch, offset: Math.max(this.top, this.lostAt?.offset ?? 0) };
    this.epoch = null;
    this.entries.length = 0;
  }

  /** What is kept, by the rule. */
  kept(countsMessages: boolean): Entry[] {
    if (!countsMessages) return this.entries.slice(-SUITE_RULE.size);
    let start = this.entries.length;
    for (let count = 0; start > 0 && count < SUITE_RULE.size; start--)
      count += this.entries[start - 1]!.count;
    return this.entries.slice(start);
  }
}

/** Runs commands against an engine, and compares it with the model: two connections append and read, and one of them hears all. */
export class HistorySuite {
  readonly #rig: HistoryEngineRig;
  readonly #models = new Map(CHANNELS.map((channel) => [channel, new Model()]));
  readonly #channels: readonly string[] = CHANNELS;
  readonly #instance = randomBytes(8).toString("latin1");
  #sequence = 1;
  #clients: HistoryClient[] = [];
  #turn = 0;
  /** Messages that the listener must have had. */
  #heard = 0;

  constructor(rig: HistoryEngineRig) {
    this.#rig = rig;
  }

  async run(commands: readonly HistoryCommand[]): Promise<void> {
    try {
      await this.#connect();
      for (const command of commands) await this.#perform(command);
      for (const channel of this.#channels) await this.#read(channel, 0, 1000);
      // What is told of the last one a second time has no next one that it could be mistaken for.
      assert.equal(this.#listener.live.length, this.#heard, "more was told than was appended");
    } finally {
      await Promise.all(this.#clients.map(({ engine }) => engine.close()));
    }
  }

  async #connect(): Promise<void> {
    this.#clients = [0, 1].map(() => new HistoryClient(this.#rig.engine(), this.#channels));
    for (const client of this.#clients) await this.#subscribed(client, 0);
    this.#heard = 0;
  }

  /** Every relay reads a channel that it has subscribed; an engine may tell nothing of it before. */
  async #subscribed(client: HistoryClient, from: number): Promise<void> {
    await client.until(() =>
      this.#channels.every((channel) => client.log.indexOf(`subscribed ${channel}`, from) >= 0),
    );
    if (this.#rig.hearsAfterRead !== true) return;
    await Promise.all(this.#channels.map((channel) => client.read(channel, 0, 0, SUITE_RULE)));
  }

  get #listener(): HistoryClient {
    return this.#clients[0]!;
  }

  /** One of both connections, by turns. */
  get #client(): HistoryClient {
    return this.#clients[this.#turn++ % 2]!;
  }

  async #perform(command: HistoryCommand): Promise<void> {
    if (command.kind === "restart") return this.#restart();
    if (command.kind === "reconnect") return this.#reconnect();
    const channel = this.#channels[command.channel]!;
    const model = this.#models.get(channel)!;
    switch (command.kind) {
      case "append":
        return this.#append(channel, [this.#frame(command.count, command.bytes)]);
      case "burst":
        return this.#append(
          channel,
          Array.from({ length: command.frames }, (_, i) => this.#frame(1 + (i % 3), i)),
        );
      case "retry":
        return this.#retry(channel, command.back);
      case "read": {
        const { entries } = model;
        const at = entries.at(-Math.min(command.back, entries.length));
        // Within a frame, too.
        const from = at === undefined ? 0 : at.offset - (command.limit % at.count);
        return this.#read(channel, command.back === 0 ? 0 : from, command.limit);
      }
      case "top":
        return this.#read(channel, 0, 0);
      case "rotate":
        return this.#rotate(channel, true);
      case "rotate old":
        return this.#rotate(channel, false);
      case "evict":
        if (this.#rig.evict === undefined) return;
        await this.#rig.evict(channel);
        return model.lose();
    }
  }

  #frame(count: number, bytes: number): { readonly frame: Buffer; readonly count: number } {
    const [instance, sequence] = [this.#instance, this.#sequence];
    this.#sequence += count;
    const head = { instance, sequence, start: 1, count, compress: false, control: false };
    return { frame: encodeFrame(head, [randomBytes(bytes)], bytes), count };
  }

  /** Appends in one turn, by one connection. */
  async #append(
    channel: string,
    frames: readonly { readonly frame: Buffer; readonly count: number }[],
  ): Promise<void> {
    const client = this.#client;
    const model = this.#models.get(channel)!;
    const answers = frames.map(({ frame, count }) => client.append(channel, frame, count, SUITE_RULE, false));
    client.engine.flush();
    for (const [i, answer] of (await Promise.all(answers)).entries()) {
      assert.equal(answer.duplicate, false);
      await this.#appended(channel, model, frames[i]!, answer);
    }
  }

  async #appended(
    channel: string,
    model: Model,
    { frame, count }: { readonly frame: Buffer; readonly count: number },
    { epoch, offset }: { readonly epoch: string; readonly offset: number },
  ): Promise<void> {
    this.#isIn(model, epoch, offset);
    const before = model.entries.at(-1);
    assert.ok(offset > model.top, `${offset} comes behind ${model.top}`);
    if (this.#rig.countsMessages && before !== undefined) assert.equal(offset, before.offset + count);
    await this.#listener.until(() => this.#listener.live.length > this.#heard);
    const live = this.#listener.live[this.#heard++]!;
    assert.equal(live.channel, channel);
    assert.deepEqual([live.place.epoch, live.place.offset], [epoch, offset]);
    if (before !== undefined) assert.equal(live.place.previous, before.offset);
    assert.ok(live.place.previous <= offset - count, "the frame has no room for its messages");
    assert.ok(live.frame.equals(frame), "the frame that came is another one");
    model.entries.push({ frame, count, offset });
  }

  /** The epoch must be the present one, or a new one if there is none. */
  #isIn(model: Model, epoch: string, offset: number): void {
    assert.match(epoch, /^[\w-]{1,32}$/);
    assert.ok(!model.ended.includes(epoch), `the epoch ${epoch} had ended`);
    if (model.epoch !== null) assert.equal(epoch, model.epoch);
    else if (model.lostAt?.epoch === epoch) {
      assert.ok(offset > model.lostAt.offset, "a place from before the loss is used again");
    }
    model.epoch = epoch;
  }

  async #retry(channel: string, back: number): Promise<void> {
    const { entries, epoch } = this.#models.get(channel)!;
    // An engine that keeps few messages knows a retry all the same; NATS has forgotten it after a restart.
    const known = this.#rig.countsMessages
      ? entries.slice(-RETRY_FRAMES)
      : this.#models.get(channel)!.kept(false);
    const entry = entries.at(-1 - back);
    const client = this.#client;
    if (entry === undefined || !known.includes(entry)) {
      const frame = this.#frame(2, 20);
      const answer = client.append(channel, frame.frame, 2, SUITE_RULE, true);
      client.engine.flush();
      const { duplicate, ...place } = await answer;
      assert.equal(duplicate, false);
      return this.#appended(channel, this.#models.get(channel)!, frame, place);
    }
    const answer = client.append(channel, entry.frame, entry.count, SUITE_RULE, true);
    client.engine.flush();
    assert.deepEqual(await answer, { epoch, offset: entry.offset, duplicate: true });
  }

  async #read(channel: string, from: number, limit: number): Promise<void> {
    const slice = await this.#client.read(channel, from, limit, SUITE_RULE);
    const model = this.#models.get(channel)!;
    const { entries } = model;
    this.#isIn(model, slice.epoch, slice.top);
    const last = entries.at(-1);
    if (last !== undefined) {
      assert.equal(slice.top, last.offset);
      assert.deepEqual(slice.topHead, last.frame.subarray(0, HEAD_BYTES));
    }
    this.#compare(slice, model, from, limit);
  }

  #compare({ frames }: Slice, model: Model, from: number, limit: number): void {
    const { countsMessages } = this.#rig;
    const kept = model.kept(countsMessages || from === 0).filter(({ offset }) => offset >= from);
    // A place that an engine has taken without a message counts, and has none.
    const got = frames.filter(({ frame }) => frame.length > 0);
    const wanted = kept.slice(0, Math.max(0, limit - (frames.length - got.length)));
    const line = ({ frame, offset }: { frame: Uint8Array; offset: number }) =>
      `${offset} ${Buffer.from(frame).toString("hex")}`;
    assert.deepEqual(got.map(line), wanted.map(line));
    for (const [i, { offset, previous }] of got.entries()) {
      const entry = wanted[i]!;
      assert.ok(previous <= offset - entry.count, "the frame has no room for its messages");
      if (i > 0) assert.equal(previous, got[i - 1]!.offset);
      else if (from > 0 && from <= entry.offset && from > entry.offset - entry.count)
        assert.ok(previous < from);
    }
  }

  async #rotate(channel: string, isPresent: boolean): Promise<void> {
    const model = this.#models.get(channel)!;
    const epoch = isPresent ? model.epoch : (model.ended.at(-1) ?? "none");
    if (epoch === null) return;
    const client = this.#client;
    client.engine.history!.rotate(channel, epoch);
    // It has no answer; what the same connection asks next is behind it.
    const { epoch: next } = await client.read(channel, 0, 0, SUITE_RULE);
    if (!isPresent) {
      if (model.epoch !== null) assert.equal(next, model.epoch);
    } else {
      assert.notEqual(next, epoch);
      for (const other of this.#rig.rotatesAll === true ? this.#models.values() : [model]) {
        if (other.epoch !== null) other.ended.push(other.epoch);
        other.epoch = null;
      }
      for (const each of this.#rig.rotatesAll === true ? this.#clients : []) {
        while ((await each.read(channel, 0, 0, SUITE_RULE)).epoch !== next) await sleep(5);
      }
    }
    if (model.epoch === null) model.epoch = next;
  }

  async #reconnect(): Promise<void> {
    for (const client of this.#clients) {
      const from = client.log.length;
      client.engine.reconnect(new Error("broken by the test"));
      await client.until(() => client.log.indexOf("up", from) >= 0);
      await this.#subscribed(client, from);
    }
  }

  async #restart(): Promise<void> {
    if (this.#rig.restart === undefined) return;
    const before = this.#clients.map(({ log }) => log.length);
    const outcome = await this.#rig.restart();
    for (const [i, client] of this.#clients.entries()) {
      await client.until(() => client.log.indexOf("up", before[i]) >= 0);
      await this.#subscribed(client, before[i]!);
    }
    if (outcome === "lost") for (const model of this.#models.values()) model.lose();
  }
}
