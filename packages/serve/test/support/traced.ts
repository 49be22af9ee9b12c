import { tracingChannel } from "node:diagnostics_channel";
import { afterEachTest } from "../../../../vitest.after-each.ts";

type Name = "start" | "end" | "asyncStart" | "asyncEnd" | "error";
const NAMES: readonly Name[] = ["start", "end", "asyncStart", "asyncEnd", "error"];

const undo: (() => void)[] = [];

afterEachTest(() => {
  for (const each of undo.splice(0)) each();
});

/** Calls back with each message of a tracing channel, until the test ends. */
export function subscribe<Event>(channel: string, callback: (name: Name, event: Event) => unknown): void {
  const tracing = tracingChannel(channel);
  for (const name of NAMES) {
    const subscriber = (message: unknown): unknown => callback(name, message as Event);
    tracing[name].subscribe(subscriber);
    undo.push(() => tracing[name].unsubscribe(subscriber));
  }
}

/** Calls a function when the test ends. */
export function afterThisTest(callback: () => void): void {
  undo.push(callback);
}
