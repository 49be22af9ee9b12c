import { expect } from "vitest";
import type { FakeSocket } from "./fake-socket.ts";

/** In a header: a topic with a space. */
export const TOPIC = "room 1";
export const RAW_TOPIC = '"room\\u00201"';

export interface Entry {
  readonly id: number;
  /** The entry before it when it was published; 0 for none. */
  readonly before: number;
  readonly session: string;
}

/** Offsets have holes: this is the distance of two messages. */
const STRIDE = 3;

const LINE = /^(\S+) (\S+) (\S+)$/;

/** What is kept of a topic in the whole cluster, and all that ever was. */
export class ModelStore {
  readonly all = new Map<number, Entry>();
  readonly entries: Entry[] = [];
  epoch = 1;
  /** Messages that came live, from a server that had not got them yet: no server can leave out those of an earlier session. */
  readonly late = new Set<number>();
  /** The index of the first message that is still there. */
  first = 0;

  publish(session: string): void {
    const entry = { id: this.all.size + 1, before: this.entries.at(-1)?.id ?? 0, session };
    this.all.set(entry.id, entry);
    this.entries.push(entry);
  }

  /** The place behind so many messages. */
  placeOf(count: number): string {
    const check = count === 0 ? "" : this.entries[count - 1]!.id.toString(36).padStart(6, "0");
    return `${count * STRIDE}.${check}`;
  }

  positionOf(count: number): string {
    return `e${this.epoch}.${this.placeOf(count)}`;
  }

  /** @returns behind how many messages a position is; null if it is not one of this order */
  find(position: string): number | null {
    const count = Number(position.split(".")[1]) / STRIDE;
    return count <= this.entries.length && this.positionOf(count) === position ? count : null;
  }

  /** Its tail is lost, in the same epoch: offsets are used twice. */
  loseTail(count: number): void {
    this.entries.splice(Math.max(0, this.entries.length - count));
    this.first = Math.min(this.first, this.entries.length);
  }
}

interface Replay {
  next: number;
  readonly end: number;
  readonly to: string;
  /** How far this server has to be before it says that all is complete. */
  readonly ahead: number;
  readonly without: readonly string[];
}

/** One connection of a naive server: it does what docs/topics-protocol.md says, in the order that the test chooses. */
export class ModelConnection {
  readonly session: string;
  readonly #store: ModelStore;
  readonly #socket: FakeSocket;
  /** How many messages were given to it. */
  #live: number;
  #isSubscribed = false;
  readonly #waits: boolean;
  #replay: Replay | null = null;

  /**
   * @param lag by how many messages this server is behind the store
   * @param waits whether it says that all is complete only when it is as far as the client is
   */
  constructor(
    store: ModelStore,
    socket: FakeSocket,
    session: string,
    { lag, last, waits }: { lag: number; last: number; waits: boolean },
  ) {
    this.#waits = waits;
    this.#store = store;
    this.#socket = socket;
    this.session = session;
    this.#live = Math.max(0, store.entries.length - lag);
    socket.accept();
    // It is in the same packet as the handshake.
    this.#send(`s ${session}`);
    socket.step();
    this.subscribe(last);
  }

  get isOpen(): boolean {
    return this.#socket.state === "open";
  }

  #send(...lines: readonly string[]): void {
    this.#socket.down.push(...lines);
  }

  subscribe(last: number): void {
    this.#replay = null;
    this.#isSubscribed = true;
    this.#send(`+${RAW_TOPIC} ${this.#store.positionOf(this.#live)}${last > 0 ? ` ${last}` : ""}`);
  }

  unsubscribe(): void {
    this.#replay = null;
    this.#isSubscribed = false;
    this.#send(`-${RAW_TOPIC}`);
  }

  /** Gives live messages. */
  pump(count: number): void {
    if (!this.#isSubscribed) return;
    for (let i = 0; i < count && this.#live < this.#store.entries.length; i++) {
      this.#store.late.add(this.#store.entries[this.#live]!.id);
      this.#give(this.#live++, [this.session]);
    }
  }

  #give(index: number, without: readonly string[]): void {
    const { id, session } = this.#store.entries[index]!;
    const place = this.#store.placeOf(index + 1);
    if (without.includes(session)) this.#send(`o ${RAW_TOPIC} ${place}`);
    else this.#send(`m ${RAW_TOPIC} ${place}\n${id}`);
  }

  /** The connection is slow: messages are left out, and it is told where it is. */
  skip(count: number): void {
    if (!this.#isSubscribed || count === 0) return;
    this.#live = Math.min(this.#live + count, this.#store.entries.length);
    this.subscribe(0);
  }

  /** Continues a replay. @param again how many messages come twice */
  page(count: number, again: number): void {
    const replay = this.#replay;
    if (replay === null) return;
    for (let i = Math.max(this.#store.first, replay.next - again); i < replay.next; i++)
      this.#give(i, replay.without);
    for (let i = 0; i < count && replay.next < replay.end; i++) this.#give(replay.next++, replay.without);
    if (replay.next < replay.end || this.#live < replay.ahead) return;
    this.#replay = null;
    this.#send(`=${RAW_TOPIC} ${replay.to}`);
  }

  /** Takes the client's next message. */
  take(): void {
    const message = this.#socket.up.shift();
    if (message === undefined) return;
    const [verb, ...lines] = String(message).split("\n");
    if (verb === "d") this.#store.publish(this.session);
    else {
      expect(verb).toMatch(/^r( [\w.]+){0,4}$/);
      expect(lines).toHaveLength(1);
      this.#answer(verb!.split(" ").slice(1), LINE.exec(lines[0]!) ?? []);
    }
  }

  #answer(sessions: readonly string[], [, topic, from, to]: readonly string[]): void {
    expect(topic).toBe(RAW_TOPIC);
    if (!this.#isSubscribed) this.#send(`-${RAW_TOPIC}`);
    const store = this.#store;
    const end = store.find(to!);
    // Not told by this connection since the order has changed: it is obsolete.
    if (!this.#isSubscribed || end === null || end > this.#live) return;
    const last = Number(/^\*([1-9]\d*)$/.exec(from!)?.[1] ?? 0);
    const next = last > 0 ? Math.min(end, Math.max(store.first, end - last)) : store.find(from!);
    if (next === null || next < Math.min(store.first, end)) this.#gap(to!);
    else {
      const without = [this.session, ...sessions];
      this.#replay = { next, end: Math.max(next, end), to: to!, ahead: this.#waits ? next : 0, without };
    }
  }

  #gap(to: string): void {
    this.#replay = null;
    this.#send(`!${RAW_TOPIC} ${to}`);
  }

  /** Has the store less than this server knows of? */
  get isAhead(): boolean {
    return Math.max(this.#live, this.#replay?.ahead ?? 0) > this.#store.entries.length;
  }

  /** The store has another epoch. */
  moved(): void {
    const { entries } = this.#store;
    this.#replay = null;
    this.#live = Math.min(this.#live, entries.length);
    if (this.#isSubscribed) this.#gap(this.#store.positionOf(this.#live));
  }

  /** Has it more to do? */
  get isBusy(): boolean {
    const { up, down } = this.#socket;
    const isBehind = this.#isSubscribed && this.#live < this.#store.entries.length;
    return up.length > 0 || down.length > 0 || isBehind || this.#replay !== null;
  }
}
