/** @typedef {{ ref: string, room: string, text: string, at: number, item?: HTMLLIElement }} Unsent */

/** So many messages may wait. */
const capacity = 20;

/**
 * What was said and not yet confirmed: it waits for a connection, or for the server's echo. A message leaves when its
 * `ref` comes back, live or in a room's history, so one that was on its way when the connection broke is neither lost
 * nor said twice (short of a server that forgot its history meanwhile).
 */
export class Outbox {
  /** @type {Map<string, Unsent>} */
  #waiting = new Map();

  /** Whether there is no place for another message. */
  get full() {
    return this.#waiting.size >= capacity;
  }

  /**
   * @param {string} room
   * @param {string} text
   * @returns {Unsent}
   */
  add(room, text) {
    // Not crypto.randomUUID: browsers withhold it from pages that come over plain http from another machine.
    const numbers = crypto.getRandomValues(new Uint32Array(4));
    const ref = Array.from(numbers, (number) => number.toString(36)).join("");
    const unsent = { ref, room, text, at: Date.now() };
    this.#waiting.set(ref, unsent);
    return unsent;
  }

  /**
   * What waits for a room, oldest first.
   *
   * @param {string} room
   */
  of(room) {
    return [...this.#waiting.values()].filter((unsent) => unsent.room === room);
  }

  /**
   * Takes out the message that the server has confirmed, if it is one of ours.
   *
   * @param {string | undefined} ref
   */
  confirm(ref) {
    const unsent = this.#waiting.get(ref ?? "");
    if (unsent !== undefined) this.#waiting.delete(unsent.ref);
    return unsent;
  }
}
