import { clearTimeout, setTimeout } from "node:timers";
import { isReceivedHandle } from "../socket/node-handle.ts";
import { Backoff } from "./backoff.ts";
import { RollingReload } from "./rolling-reload.ts";
import type { SharedSockets } from "./shared-sockets.ts";
import {
  endInWords,
  type Slot,
  type WorkerCommand,
  type WorkerEnd,
  type WorkerEvents,
  WorkerProcess,
} from "./worker-process.ts";

/** Milliseconds after which a line says that the other workers wait for the first. */
const PATIENCE_MS = 10_000;

export interface PoolSettings {
  readonly command: WorkerCommand;
  readonly workers: number;
  /** What all workers listen on. The pool closes it. */
  readonly sockets: SharedSockets;
  /** Milliseconds for the requests under way when a worker ends. */
  readonly drainMs: number;
  readonly log: (line: string) => void;
}

/**
 * The workers of one program. The first starts alone, since only the program knows what it binds; the others get its sockets. One that ends is
 * started again.
 */
export class WorkerPool {
  /** Resolves when all workers listen, or have ended. */
  readonly ready: Promise<void>;
  /** Resolves when the last worker has ended, with the exit code for this process. */
  readonly ended: Promise<number>;
  readonly #settings: PoolSettings;
  readonly #sockets: SharedSockets;
  readonly #slots: readonly Slot[];
  /** All processes that have not ended. */
  readonly #processes = new Set<WorkerProcess>();
  readonly #reload: RollingReload;
  readonly #patience: NodeJS.Timeout;
  #phase: "starting" | "running" | "stopping" = "starting";
  /** Until the workers, which say that they are not ready, stop accepting. */
  #grace: NodeJS.Timeout | undefined;
  #code = 0;
  #tellReady: () => void = () => {};
  #tellEnded: (code: number) => void = () => {};

  constructor(settings: PoolSettings) {
    this.#settings = settings;
    this.#sockets = settings.sockets;
    this.#slots = Array.from({ length: settings.workers }, (_, i) => ({
      number: i + 1,
      backoff: new Backoff(),
      current: null,
      next: null,
      timer: undefined,
    }));
    this.ready = new Promise((resolve) => {
      this.#tellReady = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
    this.#reload = new RollingReload(
      {
        slots: this.#slots,
        drainMs: settings.drainMs,
        isStopping: () => this.#phase === "stopping",
        hasEnded: (worker) => !this.#processes.has(worker),
        spawn: (slot) => this.#spawn(slot),
        startLater: (slot, why) => this.#startLater(slot, 0, why),
      },
      this.ready,
    );
    this.#patience = setTimeout(() => {
      settings.log("worker 1 has not called serve() yet: the other workers start when it has");
    }, PATIENCE_MS);
    this.#start(this.#slots[0]!);
  }

  /** The numbers of the processes that have not ended. */
  get pids(): number[] {
    return [...this.#processes].flatMap(({ pid }) => pid ?? []);
  }

  /** Ends all workers as `stop` does, when they have said for so many milliseconds that they are not ready. */
  stopLater(graceMs: number): void {
    if (this.#phase === "stopping" || this.#grace !== undefined) return;
    this.#grace = setTimeout(() => void this.stop(), graceMs);
    for (const worker of this.#processes) worker.withdraw();
  }

  /** Ends all workers after the responses to the requests under way. Those that take too long are ended. */
  stop(): Promise<number> {
    if (this.#phase === "stopping") return this.ended;
    this.#phase = "stopping";
    clearTimeout(this.#grace);
    clearTimeout(this.#patience);
    for (const slot of this.#slots) {
      clearTimeout(slot.timer);
      slot.timer = undefined;
    }
    for (const worker of this.#processes) worker.drain(this.#settings.drainMs);
    // Held open, they would take connections for as long as a worker finishes its requests, and nothing would accept them.
    this.#sockets.close();
    this.#endIfLast();
    return this.ended;
  }

  /**
   * Ends all workers at once.
   * @param code the exit code for this process
   */
  kill(code: number): void {
    this.#code = code;
    void this.stop();
    for (const worker of this.#processes) worker.kill();
  }

  /**
   * Replaces one worker after the other: see {@link RollingReload}. Workers
   * that wait for their next start, since they have ended too often, start now: what was wrong with the program may have been mended.
   * @returns rejects if a new worker does not listen: then those that have not been replaced go on
   */
  reload(): Promise<void> {
    for (const slot of this.#slots) {
      if (slot.timer === undefined) continue;
      clearTimeout(slot.timer);
      this.#start(slot);
    }
    return this.#reload.start();
  }

  readonly #events: WorkerEvents = {
    bound: (worker, address, path, handle) => {
      if (worker.countOf(address) < this.#sockets.countOf(address)) {
        // Another worker was first. Clients of this one's socket would reach this one alone.
        if (isReceivedHandle(handle)) handle.close();
        this.#settings.log(
          `worker ${worker.number} has bound ${address}, and another worker before it: it starts again`,
        );
        worker.drain(this.#settings.drainMs);
      } else if (!this.#sockets.add(address, path, handle)) {
        this.#settings.log(
          `workers can share sockets on Node.js 20, 22, 24 and 26, and this is ${process.versions.node}: use one of them, or start processes without workers, each with reusePort: true`,
        );
        this.kill(1);
      }
    },
    ready: (worker) => {
      this.#reload.settle(worker);
      if (this.#grace !== undefined) worker.withdraw();
      if (this.#phase === "starting") {
        this.#phase = "running";
        clearTimeout(this.#patience);
        for (const slot of this.#slots.slice(1)) this.#start(slot);
      }
      if (this.#slots.every(({ current }) => current?.isReady === true)) this.#tellReady();
    },
    ended: (worker, end) => {
      this.#processes.delete(worker);
      this.#reload.settle(worker);
      const slot = this.#slots[worker.number - 1]!;
      if (this.#phase === "stopping") this.#endIfLast();
      else if (slot.current === worker) this.#lost(slot, worker, end);
    },
  };

  /** The worker of a slot has ended, and was not asked to. */
  #lost(slot: Slot, worker: WorkerProcess, end: WorkerEnd): void {
    slot.current = null;
    const name = `worker ${slot.number} (process ${worker.pid})`;
    if (this.#phase === "starting" && !worker.hasListened) {
      this.#settings.log(`${name} ${endInWords(end)} before it had called serve(): no other worker starts`);
      this.#code = end.code || 1;
      void this.stop();
    } else if (slot.next === null) {
      this.#startLater(slot, performance.now() - worker.startedAt, `${name} ${endInWords(end)}`);
    }
  }

  #startLater(slot: Slot, lived: number, why: string): void {
    const delay = slot.backoff.ended(lived);
    const when = delay === 0 ? "" : ` in ${delay / 1000} s`;
    this.#settings.log(`${why}: a new one starts${when}`);
    slot.timer = setTimeout(() => this.#start(slot), delay);
  }

  #start(slot: Slot): void {
    slot.timer = undefined;
    const started = this.#spawn(slot);
    if (started instanceof Error) this.#startLater(slot, 0, `worker ${slot.number}: ${started.message}`);
    else slot.current = started;
  }

  #spawn(slot: Slot): WorkerProcess | Error {
    const given = this.#phase === "starting" ? 0 : this.#sockets.size;
    try {
      const { command } = this.#settings;
      const worker = new WorkerProcess(command, slot.number, this.#sockets, given, this.#events);
      this.#processes.add(worker);
      return worker;
    } catch (error) {
      // There are too many processes, or too little memory.
      return error as Error;
    }
  }

  #endIfLast(): void {
    if (this.#processes.size > 0) return;
    this.#sockets.close();
    this.#tellReady();
    this.#tellEnded(this.#code);
  }
}
