import { decodeRecords } from "../../src/relay/control.ts";
import { HEAD_BYTES } from "../../src/relay/frame.ts";
import type { Presence, PresenceMember, PresenceMembers } from "../../src/relay/index.ts";
import type { Entry, PresenceRecord, StateRecord } from "../../src/relay/presence/presence-record.ts";
import { controlOf, Rig } from "./scripted-engine.ts";

export const OTHER = Buffer.from("x-------").toString("hex");

/** A relay with presence on a scripted engine. */
export class PresenceRig {
  readonly rig: Rig;
  /** Members that have come and gone, as `+a me 1 "Ann"`. */
  readonly #told: string[] = [];

  constructor() {
    const tell = (sign: string) => (topic: string, members: readonly PresenceMember[]) => {
      for (const member of members) this.#told.push(`${sign}${topic} ${wordsOf(member)}`);
    };
    this.rig = new Rig({ presence: { joined: tell("+"), left: tell("-") } });
  }

  get presence(): Presence {
    return this.rig.relay.presence!;
  }

  /** Connects, and the time has passed in which others would answer. */
  up(): this {
    this.rig.up();
    this.rig.pass(500);
    return this;
  }

  /** Ends the turn, and answers what was subscribed. */
  flush(): this {
    const { engine, relay } = this.rig;
    relay.flush();
    const channels = engine.takeChannels().filter((channel) => channel.startsWith("p"));
    if (channels.length > 0) engine.events.subscribed(channels);
    relay.flush();
    return this;
  }

  watch(...topics: readonly string[]): this {
    for (const topic of topics) this.presence.watch(topic);
    return this.flush();
  }

  /** What another instance says, in a frame of a channel. */
  receive(instance: string, channel: string, ...records: Parameters<typeof controlOf>[1][]): this {
    this.rig.engine.events.message(channel, controlOf(instance, ...records));
    this.rig.relay.flush();
    return this;
  }

  /** A change of the members of "a" at the instance x. */
  change(more: Partial<StateRecord> & { readonly version: number }): this {
    return this.receive("x", "pt:a", stateOf(more));
  }

  beat(instance = "x"): this {
    return this.receive(instance, "i", { type: "heartbeat", number: 1 });
  }

  takeTold(): string[] {
    return this.#told.splice(0);
  }

  /** The records of presence that were published since the last call, with their channel. */
  takeRecords(): (PresenceRecord & { readonly to: string })[] {
    return this.rig.engine.frames
      .splice(0)
      .flatMap(({ channel, frame }) =>
        (decodeRecords(frame.subarray(HEAD_BYTES)) ?? [])
          .filter((record) => record.type === "ask" || record.type === "state")
          .map((record) => ({ ...record, to: channel })),
      );
  }

  members(topic: string): { answer: PresenceMembers | null } {
    const call: { answer: PresenceMembers | null } = { answer: null };
    this.presence.members(topic, (answer) => {
      call.answer = answer;
    });
    return call;
  }
}

export function stateOf(more: Partial<StateRecord> & { readonly version: number }): StateRecord {
  return {
    type: "state",
    number: 0,
    base: 0,
    part: 0,
    isLast: true,
    channel: "pt:a",
    left: [],
    joined: [],
    ...more,
  };
}

export function entries(...names: readonly string[]): Entry[] {
  return names.map((name, i) => [i + 1, JSON.stringify(name)]);
}

export function wordsOf({ instance, number, info }: PresenceMember): string {
  return `${instance.replace(/-+$/, "")} ${number} ${info}`;
}
