import { LATE_MS, REUNION_MS, SILENT_MS } from "./limits.ts";
import type { Peers } from "./peers.ts";

/** The times of a connection: whether it is silent, and whether the other instances are back on it. */
export class Liveness {
  readonly #peers: Peers;
  #upAt = 0;
  #heardAt = 0;
  #tickedAt: number;
  /** Until then what waits does so for the other instances. */
  #reunionUntil = 0;

  constructor(peers: Peers, now: number) {
    this.#peers = peers;
    this.#tickedAt = now;
  }

  /** There is a new connection. */
  connected(now: number): void {
    this.#upAt = now;
    this.#heardAt = now;
    this.#peers.resume(now);
  }

  /** All is subscribed on it. */
  subscribed(now: number): void {
    this.#reunionUntil = now + REUNION_MS;
  }

  /** Something came. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  /** @param isConnected whether there is a connection that could be silent */
  tick(isConnected: boolean, now: number): void {
    // This process has slept: it has heard nothing because it did not listen. What came meanwhile is about to be read.
    if (now - this.#tickedAt > LATE_MS) {
      this.#heardAt = now;
      this.#peers.pause(this.#tickedAt);
      if (isConnected) this.#peers.resume(now);
    }
    this.#tickedAt = now;
  }

  /** Whether nothing has come for long, not even an own heartbeat. It is told once for each such time. */
  takeSilence(now: number): boolean {
    if (now - this.#heardAt < SILENT_MS) return false;
    this.#heardAt = now;
    return true;
  }

  /** After a restart of the engine the other instances come back, too, and would miss what is sent before. */
  isReunited(now: number): boolean {
    return now >= this.#reunionUntil || this.#peers.allBeatSince(this.#upAt, now);
  }
}
