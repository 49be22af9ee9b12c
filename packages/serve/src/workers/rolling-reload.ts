import { clearTimeout, setTimeout } from "node:timers";
import type { Slot, WorkerProcess } from "./worker-process.ts";

/** Milliseconds for a new worker to listen. */
const RELOAD_MS = 60_000;

/** What a reload needs of the pool. */
export interface ReloadHost {
  readonly slots: readonly Slot[];
  /** Milliseconds for the requests under way when a worker ends. */
  readonly drainMs: number;
  isStopping(): boolean;
  hasEnded(worker: WorkerProcess): boolean;
  spawn(slot: Slot): WorkerProcess | Error;
  /** Starts a worker for a slot that has none. */
  startLater(slot: Slot, why: string): void;
}

/**
 * Replaces one worker after the other: the old one stops listening when the new one listens. If another reload runs, this one follows it; those
 * that are asked for meanwhile are one.
 */
export class RollingReload {
  readonly #host: ReloadHost;
  /** Called when a process listens, or has ended before. */
  readonly #waiting = new Map<WorkerProcess, () => void>();
  #last: Promise<void>;
  #queued: Promise<void> | null = null;

  /** @param ready before it no worker is replaced */
  constructor(host: ReloadHost, ready: Promise<void>) {
    this.#host = host;
    this.#last = ready;
  }

  /** @returns rejects if a new worker does not listen: then those that have not been replaced go on */
  start(): Promise<void> {
    this.#queued ??= this.#last.then(() => {
      this.#queued = null;
      const reload = this.#replaceAll();
      this.#last = reload.catch(() => {});
      return reload;
    });
    return this.#queued;
  }

  /** A process listens, or has ended. */
  settle(worker: WorkerProcess): void {
    this.#waiting.get(worker)?.();
  }

  async #replaceAll(): Promise<void> {
    const { slots, drainMs } = this.#host;
    for (const slot of slots) {
      if (this.#host.isStopping()) return;
      clearTimeout(slot.timer);
      slot.timer = undefined;
      const next = this.#host.spawn(slot);
      if (next instanceof Error) return this.#giveUp(slot, next.message);
      slot.next = next;
      await this.#settled(next);
      slot.next = null;
      if (!next.isReady || this.#host.hasEnded(next)) {
        next.kill();
        return this.#giveUp(slot, "the new one does not listen");
      }
      slot.current?.drain(drainMs);
      slot.current = next;
    }
  }

  /** @throws Error, always, unless the program ends */
  #giveUp(slot: Slot, why: string): void {
    if (this.#host.isStopping()) return;
    if (slot.current === null) this.#host.startLater(slot, `worker ${slot.number} has ended`);
    throw new Error(`worker ${slot.number} was not replaced: ${why}`);
  }

  /** Resolves when a new process listens, has ended, or has had its time. */
  #settled(worker: WorkerProcess): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(worker);
        resolve();
      };
      const timer = setTimeout(settle, RELOAD_MS);
      this.#waiting.set(worker, settle);
    });
  }
}
