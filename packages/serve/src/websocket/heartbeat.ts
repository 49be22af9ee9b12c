import type { Timed, Timeouts } from "../socket/timeouts.ts";
import type { Transport } from "../socket/transport.ts";

/** Seconds for the client to answer our Close frame and to close the connection. */
const CLOSE_SECONDS = 5;
/** Seconds before the idle timeout at which the client is pinged: time enough for its answer. */
const PING_SECONDS = 4;

/** What of a WebSocket's options says how long its client may be silent. */
export interface HeartbeatOptions {
  readonly idleTimeout: number;
  readonly sendPings: boolean;
}

/** Whose client it is. */
export interface HeartbeatHost {
  /** Sends a ping, at once. */
  ping(): void;
}

/**
 * Whether a WebSocket's client is still there: pings one that is silent, and breaks the connection off if that does not
 * help, or if it does not take part in closing. A slow reader is neither idle nor dead: our ping, or our Close frame,
 * waits behind what it has yet to read.
 */
export class Heartbeat implements Timed {
  deadline: number = Number.POSITIVE_INFINITY;
  readonly #timeouts: Timeouts;
  readonly #transport: Transport;
  readonly #host: HeartbeatHost;
  #seconds = 0;
  #sendPings = true;
  #pinged = false;
  #closing = false;
  #paused = false;
  /** Slow readers are not waited for. */
  #closesSoon = false;
  /** What the operating system had taken when it was last looked at. */
  #taken = 0;
  /** Without pings: seconds in which nothing was heard and nothing taken. */
  #silence = 0;

  constructor(timeouts: Timeouts, transport: Transport, host: HeartbeatHost) {
    this.#timeouts = timeouts;
    this.#transport = transport;
    this.#host = host;
    timeouts.add(this);
  }

  /** The client has sent something. */
  received({ idleTimeout, sendPings }: HeartbeatOptions): void {
    if (this.#closing) return;
    this.#paused = false;
    this.#pinged = false;
    this.#sendPings = sendPings;
    if (sendPings || idleTimeout === 0) {
      this.#seconds = idleTimeout === 0 ? 0 : idleTimeout - PING_SECONDS;
      this.deadline = this.#timeouts.after(this.#seconds);
    } else {
      this.#seconds = idleTimeout;
      this.#silence = 0;
      this.deadline = this.#timeouts.now + 1;
    }
  }

  /**
   * Nobody listens to the client, so that it cannot be blamed for its silence, until `received`. It may be pinged all the same: of a
   * connection that is not read, only writing shows that it is gone, and clients that leave would stay for ever.
   */
  pause(): void {
    this.#paused = true;
  }

  /** From now on there is only so much time for the rest, which starts when this is called first. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#seconds = CLOSE_SECONDS;
    this.deadline = this.#timeouts.after(CLOSE_SECONDS);
  }

  /** The connection is to be gone by the next tick of the clock. */
  closeSoon(): void {
    this.close();
    this.#closesSoon = true;
    this.deadline = this.#timeouts.now + 1;
  }

  /** The connection is gone. */
  stop(): void {
    this.#timeouts.delete(this);
  }

  onTimeout(): void {
    const { taken, buffered } = this.#transport;
    const progress = taken !== this.#taken;
    this.#taken = taken;
    if (this.#paused && !this.#closing) {
      this.deadline = this.#timeouts.after(this.#seconds);
      if (this.#sendPings && buffered === 0) this.#host.ping();
    } else if (!this.#sendPings && !this.#closing) {
      this.#listen(progress);
    } else if (progress && buffered > 0 && !this.#closesSoon) {
      this.deadline = this.#timeouts.after(this.#seconds);
    } else if (this.#closing || this.#pinged) {
      this.#transport.destroy();
    } else {
      this.#pinged = true;
      this.deadline = this.#timeouts.after(PING_SECONDS);
      this.#host.ping();
    }
  }

  /**
   * Without pings, what a client takes is all there is to know one by that only listens; Bun goes by it, too. It is
   * looked at every second, since it happens at no time that anybody tells us of.
   */
  #listen(progress: boolean): void {
    this.#silence = progress ? 0 : this.#silence + 1;
    if (this.#silence > this.#seconds) this.#transport.destroy();
    else this.deadline = this.#timeouts.now + 1;
  }
}
