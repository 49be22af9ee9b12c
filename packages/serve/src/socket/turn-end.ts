import { setImmediate } from "node:timers";
import { runIsolated } from "../errors/log.ts";

/**
 * Tasks that are put off to the end of a turn of the event loop. If the process ends within the turn, they run before that.
 *
 * A task may call the application, which may end the process: then the task is called again, to do what it has not done, and the tasks behind it
 * run. If the application ends the process once more meanwhile, Node.js ends it at once.
 */
class TurnEnd {
  /** It keeps its length: an array for each turn took 180 bytes. Those from `#count` on do nothing. */
  readonly #tasks: (() => void)[] = [];
  #count = 0;
  /** How many have been called, while a turn ends. */
  #called = 0;
  #awaitsExit = false;
  #isExit = false;

  /** Runs a task once, when this turn ends. */
  run(task: () => void): void {
    // The check phase follows the reads of the poll phase, once for all of them.
    if (this.#count === 0) setImmediate(this.#end);
    this.#tasks[this.#count++] = task;
    if (this.#awaitsExit) return;
    this.#awaitsExit = true;
    process.on("exit", this.#exit);
  }

  /** Whether the process ends. A call of the application within a task may be one that never returned. */
  get isExit(): boolean {
    return this.#isExit;
  }

  readonly #end = (): void => {
    this.#callTo(this.#count);
    // What was put off meanwhile is of the next turn.
    this.#tasks.copyWithin(0, this.#called, this.#count);
    this.#count -= this.#called;
    // No task of a server that has stopped is kept.
    this.#tasks.fill(nothing, this.#count);
    this.#called = 0;
    if (this.#count > 0) setImmediate(this.#end);
  };

  readonly #exit = (): void => {
    this.#isExit = true;
    // The one that has ended the process is called again.
    if (this.#called > 0) this.#called--;
    this.#callTo(this.#count);
    // And what these have put off; but no more, since handlers may go on for ever.
    this.#callTo(this.#count);
  };

  #callTo(count: number): void {
    while (this.#called < count) runIsolated(this.#tasks[this.#called++]!);
  }
}

function nothing(): void {}

/** All servers of a process share the event loop. */
export const turnEnd: TurnEnd = /* @__PURE__ */ new TurnEnd();
