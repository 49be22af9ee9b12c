/** Sessions by the topics that they wait for. */
export class Waiting<Session> {
  readonly #sessions = new Map<string, Set<Session>>();

  add(topic: string, session: Session): void {
    const sessions = this.#sessions.get(topic) ?? new Set();
    this.#sessions.set(topic, sessions.add(session));
  }

  has(topic: string): boolean {
    return this.#sessions.has(topic);
  }

  delete(topic: string, session: Session): void {
    const sessions = this.#sessions.get(topic);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#sessions.delete(topic);
  }

  /** Takes all sessions of a topic. */
  take(topic: string): Iterable<Session> {
    const sessions = this.#sessions.get(topic);
    if (sessions === undefined) return [];
    this.#sessions.delete(topic);
    return sessions;
  }
}
