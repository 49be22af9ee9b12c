import type { BodyRate, ResolvedLimits } from "../options/limits-options.ts";
import { UNLISTED } from "../socket/indexed-list.ts";
import type { Timed, Timeouts } from "../socket/timeouts.ts";

/** Seconds of the default rate, at least, and more than twice the idle time: Bun looks at its connections every four seconds. */
const LEAST_WINDOW = 60;
const WINDOW_SLACK = 8;

/** The limits of a request's arrival. 0 seconds are no limit. */
export interface ArrivalLimits {
  readonly headSeconds: number;
  readonly requestSeconds: number;
  /** Whether `requestSeconds` hold only as long as the connection has an idle time. */
  readonly isRequestDefault: boolean;
  /** Null for no limit. */
  readonly bodyRate: BodyRate | null;
}

/** The connection of a request that arrives. */
export interface ArrivalHost {
  /** What the server waits for: "nothing" if it lets the client wait, or has all. */
  readonly awaited: "head" | "body" | "nothing";
  /** The seconds that it may be silent; 0 for ever. */
  readonly idleSeconds: number;
  /** The client has taken too long. */
  tooSlow(): void;
}

/** @returns null without any limit */
export function arrivalLimits({
  headersTimeout,
  requestTimeout,
  isRequestTimeoutDefault,
  bodyRate,
}: ResolvedLimits): ArrivalLimits | null {
  if (headersTimeout === 0 && requestTimeout === 0 && bodyRate === null) return null;
  return {
    headSeconds: headersTimeout,
    requestSeconds: requestTimeout,
    isRequestDefault: isRequestTimeoutDefault,
    bodyRate,
  };
}

/**
 * The seconds over which the default rate is counted: Bun closes a connection unless 16 KiB come for each second of `idleTimeout`, in that time, so
 * that a client may send all of them at once, twice the time after those before. The default must not end what Bun serves.
 */
function defaultWindow(idleSeconds: number): number {
  return Math.max(LEAST_WINDOW, 2 * idleSeconds + WINDOW_SLACK);
}

/**
 * Watches a request that does not arrive at once: one for each connection that has had such a request. It counts the seconds in which the server
 * waits for the client, by the clock of all deadlines, so that a request that arrives whole costs nothing.
 */
export class Arrival implements Timed {
  deadline: number = Number.POSITIVE_INFINITY;
  timeoutPlace: number = UNLISTED;
  readonly #limits: ArrivalLimits;
  readonly #timeouts: Timeouts;
  readonly #host: ArrivalHost;
  #isWatching = false;
  /** Seconds of waiting for this request, and of those for its head. The part of a second in which it began is not counted. */
  #seconds = -1;
  #headSeconds = -1;
  /** Seconds and bytes since the rate was last looked at. */
  #rateSeconds = -1;
  #bytes = 0;

  constructor(limits: ArrivalLimits, timeouts: Timeouts, host: ArrivalHost) {
    this.#limits = limits;
    this.#timeouts = timeouts;
    this.#host = host;
  }

  /** A part of a request has come, and more of it is to come. */
  begin(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#seconds = -1;
    this.#headSeconds = -1;
    this.#rateSeconds = -1;
    this.#bytes = 0;
    this.deadline = this.#timeouts.now + 1;
    this.#timeouts.add(this);
  }

  received(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The request is whole, or its connection is over. */
  end(): void {
    if (!this.#isWatching) return;
    this.#isWatching = false;
    this.#timeouts.delete(this);
  }

  onTimeout(): void {
    this.deadline = this.#timeouts.now + 1;
    const { awaited, idleSeconds } = this.#host;
    if (awaited === "nothing") return;
    this.#seconds++;
    const { requestSeconds, isRequestDefault, headSeconds } = this.#limits;
    const isTimed = requestSeconds !== 0 && (idleSeconds !== 0 || !isRequestDefault);
    const isLate = isTimed && this.#seconds >= requestSeconds;
    const isSlow =
      awaited === "body"
        ? this.#isBelowRate(idleSeconds)
        : headSeconds !== 0 && ++this.#headSeconds >= headSeconds;
    if (!isLate && !isSlow) return;
    this.end();
    this.#host.tooSlow();
  }

  #isBelowRate(idleSeconds: number): boolean {
    const { bodyRate } = this.#limits;
    if (bodyRate === null) return false;
    const seconds = bodyRate.seconds ?? defaultWindow(idleSeconds);
    if (++this.#rateSeconds < seconds) return false;
    const isHeld = bodyRate.seconds !== null || idleSeconds !== 0;
    const isBelow = isHeld && this.#bytes < bodyRate.bytes * seconds;
    this.#rateSeconds = 0;
    this.#bytes = 0;
    return isBelow;
  }
}
