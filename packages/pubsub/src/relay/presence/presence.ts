import { Buffer } from "node:buffer";
import { Subscriptions } from "../subscriptions.ts";
import { MemberCalls } from "./member-calls.ts";
import { Others } from "./others.ts";
import type { PresenceMembers, PresenceMetrics } from "./presence-host.ts";
import { MEMBER_BYTES } from "./presence-limits.ts";
import { type PresenceOptions, presenceChannel } from "./presence-options.ts";
import { divide, type Entry, type PresenceRecord, type StateHead } from "./presence-record.ts";
import { Questions } from "./questions.ts";
import { type Change, Room } from "./room.ts";

/**
 * Who is in a topic, over all instances. Each instance owns its members, numbers their changes, and tells the change of a turn to all that watch the
 * topic. The engine keeps nothing of it: an instance asks the living others for a topic when it begins to watch it, when it is back, when another one is
 * back, and where a change is missing. What an instance has told counts as long as it lives.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #subscriptions = new Subscriptions(presenceChannel);
  /** The topics that are watched, by channel. */
  readonly #rooms = new Map<string, Room>();
  readonly #others: Others;
  /** With changes of this turn. */
  readonly #changed = new Set<Room>();
  readonly #questions = new Questions();
  readonly #calls: MemberCalls;
  /** Of the last change in any topic: no version is used twice. */
  #version = 0;
  #isUp = false;
  #isReady = false;
  #isClosed = false;

  /** @internal made by the relay */
  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#others = new Others({
      cluster: options.cluster,
      rooms: this.#rooms,
      changed: (room, change, isNews) => {
        if (isNews || room.isSynced) this.#tell(room, change);
      },
    });
    this.#calls = new MemberCalls(this.#others, ({ topic, isWatched }) => {
      if (!isWatched) this.#subscriptions.leave(topic, options.now());
    });
  }

  get metrics(): PresenceMetrics {
    let members = 0;
    for (const room of this.#rooms.values()) members += room.size;
    return { topics: this.#rooms.size, members, expired: this.#others.expired };
  }

  /** A topic has its first subscriber here. */
  watch(topic: string): void {
    this.#open(topic).isWatched = true;
  }

  #open(topic: string): Room {
    const known = this.#find(topic);
    if (!this.#subscriptions.join(topic) && known !== undefined) return known;
    const room = new Room(topic, presenceChannel(topic), this.#options.instance);
    this.#rooms.set(room.channel, room);
    this.#calls.watch(room);
    this.#options.schedule();
    return room;
  }

  /** A topic has lost its last subscriber here: its members here leave. It is watched for some seconds more. */
  unwatch(topic: string): void {
    const room = this.#find(topic);
    if (room === undefined) return;
    room.isWatched = false;
    room.clear();
    this.#touch(room);
    if (room.calls === 0) this.#subscriptions.leave(topic, this.#options.now());
  }

  /**
   * A member comes, or its JSON changes. All are told at the end of the turn.
   * @param number of the member in this instance, from 1 to 2³² - 1: it may be in several topics
   * @param info JSON
   * @throws RangeError for JSON of more than 2,048 bytes, and for more than 16,384 members; Error for a topic that is not watched
   */
  enter(topic: string, number: number, info: string): void {
    const bytes = Buffer.byteLength(info);
    if (bytes > MEMBER_BYTES) {
      throw new RangeError(`presence must be at most ${MEMBER_BYTES} bytes of JSON, not ${bytes}`);
    }
    const room = this.#find(topic);
    if (room === undefined) throw new Error(`the topic ${JSON.stringify(topic)} is not watched`);
    room.change(number, info);
    this.#touch(room);
  }

  /** A member leaves. */
  leave(topic: string, number: number): void {
    const room = this.#find(topic);
    room?.change(number, null);
    this.#touch(room);
  }

  /**
   * Gives the members of a topic, of all instances, with the changes of this turn.
   * @param callback called once: at the end of the turn if they are known, else within about a second
   */
  members(topic: string, callback: (members: PresenceMembers) => void): void {
    if (this.#isClosed || this.#calls.isFull) {
      callback({ members: this.#find(topic)?.members() ?? [], silent: this.#others.size });
      return;
    }
    this.#calls.add(this.#open(topic), this.#options.now(), callback);
    this.#options.schedule();
  }

  #find(topic: string): Room | undefined {
    return this.#rooms.get(presenceChannel(topic));
  }

  #touch(room: Room | undefined): void {
    if (room === undefined) return;
    this.#changed.add(room);
    this.#options.schedule();
  }

  /** @internal The end of a turn. The relay sends what there is behind it. */
  flush(now: number): void {
    if (this.#isUp) {
      this.#subscriptions.settle(
        this.#options.engine,
        () => {},
        (channel) => this.#forget(channel),
      );
    }
    const changed = [...this.#changed];
    this.#changed.clear();
    const changes = changed.map((room) => this.#seal(room));
    for (const { to, head, joined } of this.#questions.takeAnswers(this.#rooms, this.#version)) {
      this.#send(to, head, [], joined);
    }
    for (const [i, change] of changes.entries()) if (change !== null) this.#tell(changed[i]!, change);
    this.#calls.settle(now);
  }

  /** What has changed in a topic in this turn is sent to the others. */
  #seal(room: Room): Change | null {
    const change = room.takeChange();
    if (change === null) return null;
    const version = ++this.#version;
    const { base, left, joined } = change;
    this.#send(room.channel, { number: 0, base, version, channel: room.channel }, left, joined);
    return room.applyOwn(version, change);
  }

  #send(to: string, head: StateHead, left: readonly number[], joined: readonly Entry[]): void {
    if (!this.#isReady) return;
    for (const part of divide(head, left, joined)) this.#options.cluster.send(to, part);
  }

  #tell({ topic }: Room, { left, joined }: Change): void {
    const { host } = this.#options;
    if (left.length > 0 && !this.#isClosed) host.left(topic, left);
    if (joined.length > 0 && !this.#isClosed) host.joined(topic, joined);
  }

  /** @internal A new connection: all topics are asked for. */
  up(): void {
    const { engine } = this.#options;
    this.#isUp = true;
    this.#subscriptions.settleAll(
      engine,
      () => {},
      (channel) => this.#forget(channel),
    );
  }

  /** @internal */
  subscribed(channels: readonly string[], now: number): void {
    for (const channel of channels) {
      const room = this.#rooms.get(channel);
      if (room === undefined || room.isSubscribed) continue;
      room.isSubscribed = true;
      room.subscribedAt = now;
      this.#others.subscribed(room);
      this.#options.schedule();
    }
  }

  /** @internal The engine refuses a channel. @returns the topic, if that is to be told */
  refuse(channel: string): string | null {
    const topic = this.#subscriptions.refuse(channel);
    if (this.#subscriptions.find(channel) === undefined) this.#forget(channel);
    return topic;
  }

  /** @internal All is subscribed. */
  ready(now: number): void {
    this.#isReady = true;
    this.#calls.ready(now);
    this.#others.ready();
  }

  /** @internal The connection is lost. */
  down(now: number): void {
    this.#isUp = false;
    this.#isReady = false;
    this.#questions.clear();
    this.#others.down();
    this.#calls.down();
    for (const room of this.#rooms.values()) room.isSubscribed = false;
    this.#calls.settle(now);
  }

  /** @internal Lets time pass. */
  tick(now: number): void {
    this.#subscriptions.expire(this.#isUp ? this.#options.engine : null, now, (channel) =>
      this.#forget(channel),
    );
    this.#others.tick(now);
    this.#calls.settle(now);
  }

  /** @internal */
  beat(instance: string, isBack: boolean): void {
    if (isBack) this.#others.hello(instance);
    else this.#others.beat(instance);
  }

  /** @internal */
  gone(instance: string): void {
    this.#others.gone(instance);
  }

  /** @internal */
  receive(instance: string, record: PresenceRecord): void {
    if (this.#isClosed) return;
    if (record.type === "state") this.#others.receive(instance, record);
    else this.#questions.add(instance, record);
    this.#options.schedule();
  }

  #forget(channel: string): void {
    const room = this.#rooms.get(channel);
    if (room === undefined) return;
    this.#rooms.delete(channel);
    this.#calls.forget(room);
    this.#others.forget(channel);
    const change = this.#changed.delete(room) ? this.#seal(room) : null;
    if (change !== null) this.#tell(room, change);
  }

  /** @internal What waits gets what is known. Nothing is told any more. */
  close(): void {
    this.#isReady = false;
    this.#calls.down();
    this.#calls.settle(this.#options.now());
    this.#isClosed = true;
  }
}
