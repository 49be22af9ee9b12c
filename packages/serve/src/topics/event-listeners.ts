import type { TopicEvents } from "../api/topics.ts";
import { logError, logRejection } from "../errors/log.ts";

type EventName = keyof TopicEvents;
type Listener = (detail: never) => unknown;

const NAMES: ReadonlySet<string> = new Set<EventName>([
  "up",
  "down",
  "gap",
  "refused",
  "dropped",
  "join",
  "leave",
]);

/** An event that nothing listens to is logged once in so many milliseconds: an engine may break several times a second. */
const LOG_PAUSE_MS = 10_000;

/** The listeners of a server's topics. No error of theirs reaches the code that tells an event. */
export class EventListeners {
  /** Objects, so that a function that is added twice is called twice, and removed once. */
  readonly #listeners = new Map<string, Set<{ readonly call: Listener }>>();
  readonly #now: () => number;
  readonly #loggedAt = new Map<EventName, number>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @throws TypeError for the name of another event, and for a listener that is not a function */
  on(event: string, listener: unknown): () => void {
    if (!NAMES.has(event))
      throw new TypeError(`topics.on() has no event ${JSON.stringify(event)}: ${[...NAMES].join(", ")}`);
    if (typeof listener !== "function") throw new TypeError("topics.on() needs a function");
    const added = { call: listener as Listener };
    const listeners = this.#listeners.get(event) ?? new Set();
    listeners.add(added);
    this.#listeners.set(event, listeners);
    return () => {
      listeners.delete(added);
    };
  }

  /** Whether anything listens. */
  has(event: keyof TopicEvents): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }

  tell<Event extends EventName>(event: Event, detail: TopicEvents[Event]): void {
    const listeners = this.#listeners.get(event);
    if (listeners === undefined || listeners.size === 0) {
      this.#log(event, detail);
      return;
    }
    const where = `server.topics.on(${JSON.stringify(event)})`;
    for (const { call } of [...listeners]) callIsolated(where, call as (detail: unknown) => unknown, detail);
  }

  #log(event: EventName, detail: TopicEvents[EventName]): void {
    const text = textOf(event, detail);
    const now = this.#now();
    if (text === null || now - (this.#loggedAt.get(event) ?? Number.NEGATIVE_INFINITY) < LOG_PAUSE_MS) return;
    this.#loggedAt.set(event, now);
    console.error(text);
  }
}

/**
 * Calls a function of the program. What it throws, and the rejection of what it returns, is logged.
 * @param where the program has given it
 */
export function callIsolated<T>(where: string, call: (detail: T) => unknown, detail: T): void {
  try {
    logRejection(call(detail), where);
  } catch (error) {
    logError(error, where);
  }
}

/** Null for events that are no trouble, or that follow one that is. */
function textOf(event: EventName, detail: TopicEvents[EventName]): string | null {
  if (event === "down") return `The backplane is down: ${(detail as TopicEvents["down"]).error.message}`;
  if (event === "refused") {
    const { topic, error } = detail as TopicEvents["refused"];
    return `The backplane refuses the topic ${JSON.stringify(topic)}: ${error.message}`;
  }
  if (event !== "dropped") return null;
  const { reason, messages, error } = detail as TopicEvents["dropped"];
  const because = error === undefined ? reason : `${reason}: ${error.message}`;
  return `The backplane has dropped ${messages} ${messages === 1 ? "message" : "messages"} (${because})`;
}
