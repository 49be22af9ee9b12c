/** With more congested subscribers than these, the result for a topic holds until the end of the turn. */
const MOST_LOOKED_AT = 64;

/**
 * The senders whose clients do not keep up, or that wait for messages that are not ready. `publish` looks at these in place of all
 * subscribers. Mostly there are none.
 */
export class Congestion<Sender> {
  readonly #senders = new Set<Sender>();
  readonly #meet: (sender: Sender, topic: string) => 0 | -1 | undefined;
  /** Results by topic. */
  readonly #found = new Map<string, 0 | -1 | undefined>();
  /** The sender because of which `status` was 0. */
  full: Sender | null = null;

  /** @param meet the result of `publish` because of one sender; undefined for one that does not subscribe to the topic */
  constructor(meet: (sender: Sender, topic: string) => 0 | -1 | undefined) {
    this.#meet = meet;
  }

  add(sender: Sender): void {
    this.#senders.add(sender);
    this.#found.clear();
  }

  delete(sender: Sender): void {
    this.#senders.delete(sender);
    this.#found.clear();
  }

  /** Forgets results at the end of a turn: bytes have been written, and topics may have other subscribers. */
  forget(): void {
    if (this.#found.size > 0) this.#found.clear();
  }

  /**
   * What a message that is published now meets.
   * @returns 0 if it will be dropped for a subscriber, -1 if it will wait for one, undefined if no subscriber holds it up
   */
  status(topic: string, except: Sender | undefined): 0 | -1 | undefined {
    this.full = null;
    if (this.#senders.size === 0) return undefined;
    // A publisher that is congested itself is left out: results for other publishers do not hold for it.
    const isFew = this.#senders.size <= MOST_LOOKED_AT;
    if (isFew || (except !== undefined && this.#senders.has(except))) return this.#find(topic, except);
    if (this.#found.has(topic)) return this.#found.get(topic);
    const found = this.#find(topic, undefined);
    this.#found.set(topic, found);
    return found;
  }

  #find(topic: string, except: Sender | undefined): 0 | -1 | undefined {
    let found: -1 | undefined;
    for (const sender of this.#senders) {
      if (sender === except) continue;
      const status = this.#meet(sender, topic);
      if (status === 0) {
        this.full = sender;
        return 0;
      }
      found = status ?? found;
    }
    return found;
  }
}
