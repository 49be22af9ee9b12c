import { setImmediate } from "node:timers";
import { runIsolated } from "../errors/log.ts";

/**
 * Tasks that are put off to the end of a turn of the event loop. If the process ends within the turn, they run before that.
 *
 * A task may call the application, which may end the process: then the task is called again, to do what it has not done, and the tasks behind it
 * run.
 */
class TurnEnd {
  #tasks: (() => void)[] = [];
  /** Null between the ends of turns. */
  #current: (() => void) | null = null;
  /** The tasks behind the current one. */
  #rest: Iterable<() => void> = [];
  #awaitsExit = false;

  /** Runs a task once, when this turn ends. */
  run(task: () => void): void {
    // The check phase follows the reads of the poll phase, once for all of them.
    if (this.#tasks.length === 0) setImmediate(this.#end);
    this.#tasks.push(task);
    if (this.#awaitsExit) return;
    this.#awaitsExit = true;
    process.on("exit", this.#exit);
  }

  readonly #end = (): void => {
    this.#rest = this.#tasks.values();
    this.#tasks = [];
    this.#runRest();
  };

  readonly #exit = (): void => {
    if (this.#current !== null) runIsolated(this.#current);
    this.#runRest();
    this.#end();
  };

  #runRest(): void {
    for (const task of this.#rest) {
      this.#current = task;
      runIsolated(task);
    }
    this.#current = null;
  }
}

/** All servers of a process share the event loop. */
export const turnEnd: TurnEnd = /* @__PURE__ */ new TurnEnd();
