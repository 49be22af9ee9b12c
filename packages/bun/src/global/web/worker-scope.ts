/**
 * The globals of the web's workers, in the thread of one: `self`, `postMessage`, `onmessage`, `addEventListener`. Node.js imports this module before the
 * worker's program. Then the modules run that `preload` names.
 */
import { getEventListeners } from "node:events";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { parentPort, type Transferable } from "node:worker_threads";
import { defineEventAttributes } from "./event-attributes.ts";
import type { WorkerStart } from "./web-worker.ts";

/** The target of a worker's events. A worker that listens for messages runs on; without a listener it ends when it has nothing to do. */
class Scope extends EventTarget {
  readonly #receive = (data: unknown): void => {
    this.dispatchEvent(new MessageEvent("message", { data }));
    // Those that are called once are gone now, and each may have added another.
    this.#listen();
  };
  #isListening = false;

  override addEventListener(...added: Parameters<EventTarget["addEventListener"]>): void {
    super.addEventListener(...added);
    this.#listen();
  }

  override removeEventListener(...removed: Parameters<EventTarget["removeEventListener"]>): void {
    super.removeEventListener(...removed);
    this.#listen();
  }

  #listen(): void {
    const wanted = getEventListeners(this, "message").length > 0;
    if (wanted === this.#isListening) return;
    this.#isListening = wanted;
    parentPort!.off("message", this.#receive);
    if (wanted) parentPort!.on("message", this.#receive);
  }
}

const scope = new Scope();
const functions = {
  addEventListener: scope.addEventListener.bind(scope),
  removeEventListener: scope.removeEventListener.bind(scope),
  dispatchEvent: scope.dispatchEvent.bind(scope),
  postMessage: (message: unknown, transfer?: readonly Transferable[]): void =>
    parentPort!.postMessage(message, transfer),
};
for (const [name, value] of Object.entries({ self: globalThis, ...functions }))
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
defineEventAttributes(globalThis, ["message", "messageerror", "error"], () => scope);

// The program's `workerData` is its own: a web worker has none.
const threads = createRequire(import.meta.url)("node:worker_threads") as { workerData: WorkerStart | null };
const start = threads.workerData!;
threads.workerData = null;
syncBuiltinESMExports();

/** The program, if it is a Blob. */
export const blob: Blob | null = start.mantouBlob;

for (const url of start.mantouPreload) await import(url);
