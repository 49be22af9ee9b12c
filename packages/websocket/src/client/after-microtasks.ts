import { nextTick } from "node:process";

const settled: Promise<void> = Promise.resolve();

/**
 * Runs a task in this turn of the event loop, but behind all microtasks and those that they queue: Node.js runs the ticks that a
 * microtask has queued when there are no more microtasks.
 */
export function afterMicrotasks(task: () => void): void {
  void settled.then(() => nextTick(task));
}
