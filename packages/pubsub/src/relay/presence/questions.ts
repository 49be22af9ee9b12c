import { instanceChannel } from "../channel.ts";
import type { AskRecord, Entry, StateHead } from "./presence-record.ts";
import type { Room } from "./room.ts";

/** The answer to a question of another instance. */
export interface Answer {
  /** The channel of that instance. */
  readonly to: string;
  readonly head: StateHead;
  readonly joined: readonly Entry[];
}

/** What other instances have asked for in this turn. */
export class Questions {
  /** By instance and channel: the last one counts. */
  readonly #asked = new Map<string, { readonly instance: string; readonly record: AskRecord }>();

  add(instance: string, record: AskRecord): void {
    this.#asked.set(instance + record.channel, { instance, record });
  }

  clear(): void {
    this.#asked.clear();
  }

  /**
   * Takes all questions, answered.
   * @param latest the version of the last change in any topic
   */
  takeAnswers(rooms: ReadonlyMap<string, Room>, latest: number): Answer[] {
    const answers: Answer[] = [];
    for (const { instance, record } of this.#asked.values()) {
      const { number, channel } = record;
      const room = rooms.get(channel);
      const own = room?.own ?? NO_MEMBERS;
      // Of a topic without members, each version up to now is the same.
      const version = own.size === 0 ? latest : room!.version;
      const isKnown = record.version === version;
      const head = { number, base: isKnown ? version : 0, version, channel };
      answers.push({ to: instanceChannel(instance), head, joined: isKnown ? [] : [...own] });
    }
    this.#asked.clear();
    return answers;
  }
}

const NO_MEMBERS: ReadonlyMap<number, string> = new Map();
