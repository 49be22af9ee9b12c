/** With more congested subscribers than these, the result for a topic is kept for the next message. */
const MOST_LOOKED_AT = 64;

/** A sender whose client does not keep up. */
interface Congested {
  readonly subscriber: { isSubscribed(topic: string): boolean };
  /** Bytes of waiting messages that it certainly takes. A message behind more of them may be dropped. */
  readonly room: number;
  /** The result of `publish` because of this sender. */
  meetPublished(): 0 | -1 | undefined;
}

/** A result, and what it depends on. */
interface Found<Sender> {
  readonly status: 0 | -1 | undefined;
  readonly full: Sender | null;
  /** It holds as long as not more bytes wait for delivery. */
  readonly room: number;
}

/**
 * The senders whose clients do not keep up, or that wait for messages that are not ready. `publish` looks at these in place of all
 * subscribers. Mostly there are none.
 */
export class Congestion<Sender extends Congested> {
  readonly #senders = new Set<Sender>();
  readonly #deliver: () => void;
  /** Results by topic. */
  readonly #found = new Map<string, Found<Sender>>();
  /** The sender because of which `status` was 0. */
  full: Sender | null = null;

  /** @param deliver delivers the messages that wait for the end of the turn */
  constructor(deliver: () => void) {
    this.#deliver = deliver;
  }

  add(sender: Sender): void {
    this.#senders.add(sender);
    this.#found.clear();
  }

  delete(sender: Sender): void {
    this.#senders.delete(sender);
    this.#found.clear();
  }

  /** Forgets results: bytes have been written or queued, or a congested sender has other topics. */
  forget(): void {
    if (this.#found.size > 0) this.#found.clear();
  }

  /**
   * What a message that is published now meets.
   * @param waitingBytes the messages that wait for delivery
   * @returns 0 if it will be dropped for a subscriber, -1 if it will wait for one, undefined if no subscriber holds it up
   */
  status(topic: string, except: Sender | undefined, waitingBytes: number): 0 | -1 | undefined {
    this.full = null;
    if (this.#senders.size === 0) return undefined;
    // A publisher that is congested itself is left out: results for other publishers do not hold for it.
    const isKept =
      this.#senders.size > MOST_LOOKED_AT && (except === undefined || !this.#senders.has(except));
    const known = isKept ? this.#found.get(topic) : undefined;
    const found =
      known !== undefined && waitingBytes <= known.room ? known : this.#find(topic, except, waitingBytes);
    if (isKept) this.#found.set(topic, found);
    this.full = found.full;
    return found.status;
  }

  #find(topic: string, except: Sender | undefined, waitingBytes: number): Found<Sender> {
    // Earlier messages of this turn may exceed a limit. With `closeOnBackpressureLimit` their delivery closes that subscriber.
    for (const sender of this.#senders) {
      if (!counts(sender, topic, except)) continue;
      const { room } = sender;
      // One that takes nothing is full, whatever waits.
      if (room < 0 || waitingBytes <= room) continue;
      this.#deliver();
      break;
    }
    let status: -1 | undefined;
    let room = Number.POSITIVE_INFINITY;
    for (const sender of this.#senders) {
      if (!counts(sender, topic, except)) continue;
      const met = sender.meetPublished();
      if (met === 0) return { status: 0, full: sender, room: Number.POSITIVE_INFINITY };
      status = met ?? status;
      room = Math.min(room, sender.room);
    }
    return { status, full: null, room };
  }
}

function counts<Sender extends Congested>(
  sender: Sender,
  topic: string,
  except: Sender | undefined,
): boolean {
  return sender !== except && sender.subscriber.isSubscribed(topic);
}
