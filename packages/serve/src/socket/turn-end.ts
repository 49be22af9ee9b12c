import { setImmediate } from "node:timers";
import { runIsolated } from "../errors/log.ts";

/** Tasks that are put off to the end of a turn of the event loop. If the process ends within the turn, they run before that. */
class TurnEnd {
  #tasks: (() => void)[] = [];
  #awaitsExit = false;

  /** Runs a task once, when this turn ends. */
  run(task: () => void): void {
    // The check phase follows the reads of the poll phase, once for all of them.
    if (this.#tasks.length === 0) setImmediate(this.#end);
    this.#tasks.push(task);
    if (this.#awaitsExit) return;
    this.#awaitsExit = true;
    process.on("exit", this.#end);
  }

  readonly #end = (): void => {
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) runIsolated(task);
  };
}

/** All servers of a process share the event loop. */
export const turnEnd: TurnEnd = /* @__PURE__ */ new TurnEnd();
