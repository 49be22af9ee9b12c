import { type ChatMessage, limits, type Person } from "./protocol.ts";

type Room = { people: Map<string, Person>; history: ChatMessage[] };

/**
 * Who is where and what was said there lately. Knows no sockets.
 *
 * A room exists while somebody is in it: the last one out takes its history along, so memory is bounded by the number
 * of connections, whatever names of rooms they invent.
 */
export class Rooms {
  readonly #rooms = new Map<string, Room>();

  /** How many rooms have somebody in them. */
  get size(): number {
    return this.#rooms.size;
  }

  /** Puts a person into a room, which appears if need be. */
  enter(name: string, person: Person): void {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = { people: new Map(), history: [] };
      this.#rooms.set(name, room);
    }
    room.people.set(person.id, person);
  }

  /** Takes a person out of a room, which vanishes with the last one. */
  leave(name: string, id: string): void {
    const room = this.#rooms.get(name);
    if (room === undefined) return;
    room.people.delete(id);
    if (room.people.size === 0) this.#rooms.delete(name);
  }

  /** Changes the name of a person who is in the room. */
  rename(name: string, person: Person): void {
    const people = this.#rooms.get(name)?.people;
    if (people?.has(person.id)) people.set(person.id, person);
  }

  /** Keeps a message for those who come later; the oldest goes when there are more than `limits.history`. */
  remember(name: string, message: ChatMessage): void {
    const history = this.#rooms.get(name)?.history;
    if (history === undefined) return;
    history.push(message);
    if (history.length > limits.history) history.shift();
  }

  /** The people of a room in the order of their coming. */
  people(name: string): Person[] {
    return [...(this.#rooms.get(name)?.people.values() ?? [])];
  }

  /** The last messages of a room, oldest first. */
  history(name: string): ChatMessage[] {
    return [...(this.#rooms.get(name)?.history ?? [])];
  }
}
