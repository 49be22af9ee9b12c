import type { Backplane } from "@mantou/backplane";
import type { PresenceMember, Relay } from "@mantou/pubsub/relay";

export const ROOM = "room";

/** One instance of a program, with members of one topic, and what is told of them. */
export class PresenceInstance {
  readonly relay: Relay;
  /** The members as they were told: the answer at first, and each change behind it. */
  readonly told = new Set<string>();
  /** When a member was there last, behind a tick, by `performance.now()`: a tick that is late on a busy machine counts no member longer. */
  readonly thereAt = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #turn: NodeJS.Immediate | null = null;

  constructor(backplane: Backplane, instance: Uint8Array) {
    this.relay = backplane.createRelay({
      instance,
      now: () => performance.now(),
      host: {
        schedule: () => {
          this.#turn ??= setImmediate(() => {
            this.#turn = null;
            this.relay.flush();
          });
        },
        deliver: () => {},
        event: () => {},
        memberCount: () => 0,
      },
      presence: {
        joined: (_topic, members) => {
          for (const name of members.map(nameOf)) {
            if (this.told.has(name)) throw new Error(`${name} joins twice`);
            this.told.add(name);
          }
        },
        left: (_topic, members) => {
          for (const name of members.map(nameOf)) {
            if (!this.told.delete(name)) throw new Error(`${name} leaves, and was not there`);
          }
        },
      },
    });
    this.relay.presence!.watch(ROOM);
    this.relay.presence!.members(ROOM, ({ members }) => {
      for (const member of members) this.told.add(nameOf(member));
    });
    this.relay.open();
    // As serve() does it.
    this.#timer = setInterval(() => {
      this.relay.tick();
      for (const name of this.told) this.thereAt.set(name, performance.now());
    }, 250);
  }

  enter(number: number, name: string): void {
    this.relay.presence!.enter(ROOM, number, JSON.stringify(name));
  }

  leave(number: number): void {
    this.relay.presence!.leave(ROOM, number);
  }

  /** The names of all members, sorted. */
  members(): Promise<string[]> {
    return new Promise((resolve) => {
      this.relay.presence!.members(ROOM, ({ members }) => resolve(members.map(nameOf).sort()));
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#turn !== null) clearImmediate(this.#turn);
    await this.relay.close();
  }
}

function nameOf({ info }: PresenceMember): string {
  return JSON.parse(info) as string;
}
