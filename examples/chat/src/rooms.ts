import { type ChatMessage, limits, type Person } from "./protocol.ts";

type Room = { people: Map<string, Person>; history: ChatMessage[] };

/**
 * The people in each room and its last messages. It knows no sockets.
 *
 * A room exists while it has people: its history ends with it, so memory is bounded by the number
 * of connections, whatever names of rooms they invent.
 */
export class Rooms {
  readonly #rooms = new Map<string, Room>();

  /** The number of rooms with people. */
  get size(): number {
    return this.#rooms.size;
  }

  /** Puts a person into a room, and makes the room if necessary. */
  enter(name: string, person: Person): void {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = { people: new Map(), history: [] };
      this.#rooms.set(name, room);
    }
    room.people.set(person.id, person);
  }

  /** Takes a person out of a room. The room ends with its last person. */
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

  /** Keeps a message for later people; beyond `limits.history` the oldest goes. */
  remember(name: string, message: ChatMessage): void {
    const history = this.#rooms.get(name)?.history;
    if (history === undefined) return;
    history.push(message);
    if (history.length > limits.history) history.shift();
  }

  /** The people of a room, in the order of arrival. */
  people(name: string): Person[] {
    return [...(this.#rooms.get(name)?.people.values() ?? [])];
  }

  /** The last messages of a room, oldest first. */
  history(name: string): ChatMessage[] {
    return [...(this.#rooms.get(name)?.history ?? [])];
  }
}
