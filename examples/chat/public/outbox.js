/** @typedef {{ ref: string, room: string, text: string, at: number, item?: HTMLLIElement }} Unsent */

/** The most messages that may wait. */
const capacity = 20;

/**
 * Messages without confirmation: they wait for a connection, or for the server's echo. A message leaves when its
 * `ref` comes back, live or in a room's history. So a message that was under way when the connection broke is neither lost
 * nor sent twice (unless the server has lost its history meanwhile).
 */
export class Outbox {
  /** @type {Map<string, Unsent>} */
  #waiting = new Map();

  /** Whether it has no place for another message. */
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
   * The waiting messages of a room, oldest first.
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
