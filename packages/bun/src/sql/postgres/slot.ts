import { clearTimeout, setTimeout } from "node:timers";
import { clientError } from "../errors.ts";
import type { PostgresConnection } from "./connection.ts";

/** A place in the pool: a connection, whether a caller has it for itself, and how long it stays. */
export class Slot {
  readonly connection: PostgresConnection;
  isReserved = false;
  /** The number of callers that have got it and have not begun. */
  promised = 0;
  /** Set once it takes no more work: the reason for which it closes when its work is done. */
  retired: Error | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #lifeTimer: NodeJS.Timeout | null = null;

  constructor(connection: PostgresConnection) {
    this.connection = connection;
  }

  get hasNoWork(): boolean {
    return !this.isReserved && this.promised === 0 && this.connection.pending === 0;
  }

  get isIdle(): boolean {
    return this.isShared && this.hasNoWork;
  }

  get isShared(): boolean {
    return !this.isReserved && this.retired === null && !this.connection.isLost;
  }

  /** @param seconds 0 for no limit */
  startIdleTimer(seconds: number, onEnd: (reason: Error) => void): void {
    if (seconds === 0 || this.#idleTimer !== null) return;
    const reason = clientError("postgres", "IDLE_TIMEOUT", `Idle timeout reached after ${seconds}s`);
    this.#idleTimer = setTimeout(() => onEnd(reason), seconds * 1000).unref();
  }

  stopIdleTimer(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }

  /**
   * Retires it after some time.
   * @param seconds 0 for no limit
   * @param onEnd is called if it has no work then
   */
  startLifeTimer(seconds: number, onEnd: (reason: Error) => void): void {
    if (seconds === 0) return;
    if (this.#lifeTimer !== null) clearTimeout(this.#lifeTimer);
    const reason = clientError(
      "postgres",
      "LIFETIME_TIMEOUT",
      `Max lifetime timeout reached after ${seconds}s`,
    );
    this.#lifeTimer = setTimeout(() => {
      const { isIdle } = this;
      this.retired = reason;
      if (isIdle) onEnd(reason);
    }, seconds * 1000).unref();
  }

  stopTimers(): void {
    this.stopIdleTimer();
    if (this.#lifeTimer !== null) clearTimeout(this.#lifeTimer);
  }
}
