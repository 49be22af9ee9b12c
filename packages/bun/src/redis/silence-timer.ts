import { clearTimeout, setTimeout } from "node:timers";

/** The longest time of a timer of Node.js. */
const MAX_TIME = 2 ** 31 - 1;

/**
 * Notices a server that sends nothing. That of a socket counts what is sent, too, so that a client which goes on asking would never notice.
 */
export class SilenceTimer {
  readonly #time: number;
  readonly #onSilence: () => void;
  #timer: NodeJS.Timeout | null = null;

  /** @param time in milliseconds; 0 or less for none */
  constructor(time: number, onSilence: () => void) {
    this.#time = time;
    this.#onSilence = onSilence;
  }

  start(): void {
    this.stop();
    // The socket alone keeps the process alive.
    if (this.#time > 0) this.#timer = setTimeout(this.#onSilence, Math.min(this.#time, MAX_TIME)).unref();
  }

  /** The server has sent something. */
  restart(): void {
    this.#timer?.refresh();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
