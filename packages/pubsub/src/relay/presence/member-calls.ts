import type { Others } from "./others.ts";
import type { PresenceMembers } from "./presence-host.ts";
import { GREETING_MS, MEMBERS_MS, MOST_WAITING } from "./presence-limits.ts";
import type { Room } from "./room.ts";

interface Call {
  readonly room: Room;
  readonly until: number;
  readonly callback: (members: PresenceMembers) => void;
}

/** Calls of `members` that wait for other instances, and the topics whose others were not heard yet. */
export class MemberCalls {
  readonly #others: Others;
  readonly #answered: (room: Room) => void;
  readonly #unsynced = new Set<Room>();
  readonly #calls = new Set<Call>();
  #readyAt = 0;
  #isReady = false;

  /** @param answered nothing waits for a topic any more */
  constructor(others: Others, answered: (room: Room) => void) {
    this.#others = others;
    this.#answered = answered;
  }

  get isFull(): boolean {
    return this.#calls.size >= MOST_WAITING;
  }

  ready(now: number): void {
    this.#isReady = true;
    this.#readyAt = now;
  }

  /** No answer comes: calls get what is known. */
  down(): void {
    this.#isReady = false;
  }

  watch(room: Room): void {
    this.#unsynced.add(room);
  }

  forget(room: Room): void {
    this.#unsynced.delete(room);
  }

  add(room: Room, now: number, callback: Call["callback"]): void {
    room.calls++;
    this.#calls.add({ room, until: now + MEMBERS_MS, callback });
  }

  /** Answers the calls that have what they wait for, or have waited long enough. */
  settle(now: number): void {
    const isReady = this.#isReady;
    for (const room of this.#unsynced) {
      if (!isReady || !room.isSubscribed || now - this.#readyAt < GREETING_MS) continue;
      if (this.#others.silent(room) > 0 && now - room.subscribedAt < MEMBERS_MS) continue;
      this.#synced(room);
    }
    for (const call of this.#calls) {
      const { room, until, callback } = call;
      const silent = this.#others.silent(room);
      const waits = !room.isSynced || silent > 0 || now - this.#readyAt < GREETING_MS;
      if (isReady && now < until && waits) continue;
      this.#calls.delete(call);
      room.calls--;
      if (room.calls === 0) this.#answered(room);
      // What comes behind this answer is news.
      this.#synced(room);
      callback({ members: room.members(), silent });
    }
  }

  #synced(room: Room): void {
    room.isSynced = true;
    this.#unsynced.delete(room);
  }
}
