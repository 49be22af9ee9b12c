import { type Channel, type TracingChannel, tracingChannel } from "node:diagnostics_channel";
import { types } from "node:util";
import { logError, logRejection } from "../errors/log.ts";

// biome-ignore lint/suspicious/noExplicitAny: subscribers and transforms of every kind of message
type Receiver = (...args: any[]) => unknown;
const METHODS = ["subscribe", "unsubscribe", "bindStore", "unbindStore"] as const;
type Method = (typeof METHODS)[number];

const SUBSCRIBER = "A subscriber of diagnostics_channel";

/** The guarded function of each that was given, and of each guarded one itself. */
const guardedBy = new WeakMap<Receiver, Receiver>();

/**
 * A tracing channel whose subscribers cannot end the process. Node.js makes an error of a subscriber, or of a transform of `bindStore`, an
 * uncaught exception of the next tick; here it is logged, and the request goes on.
 * @param changed is called with whether there are subscribers, when that may have changed: to read a variable costs less than to ask five channels
 */
export function guardedTracingChannel(
  name: string,
  changed: (hasSubscribers: boolean) => void,
): TracingChannel {
  const tracing = tracingChannel(name);
  const update = (): void => changed(tracing.hasSubscribers);
  for (const each of ["start", "end", "asyncStart", "asyncEnd", "error"] as const)
    guard(tracing[each], update);
  update();
  return tracing;
}

function guard(channel: Channel, changed: () => void): void {
  for (const method of METHODS) {
    // A method of its own is that of another copy of this package, which has guarded the channel before. Otherwise the method is one of the
    // prototype, which Node.js exchanges when the first subscriber comes.
    const own = Object.hasOwn(channel, method) ? (Reflect.get(channel, method) as Receiver) : null;
    const value = (first: unknown, second: unknown): unknown => {
      const call = own ?? methodOf(channel, method);
      const result =
        method === "bindStore"
          ? call.call(channel, first, guarded(second))
          : call.call(channel, guarded(first));
      changed();
      return result;
    };
    Object.defineProperty(channel, method, { value, writable: true, configurable: true });
  }
  guardEarlier(channel);
}

/**
 * Exchanges what has subscribed before this module was loaded, as modules of `--import` do. Node.js has no documented list of it; where
 * the lists have other names, such subscribers stay as they are.
 */
function guardEarlier(channel: Channel): void {
  const subscribers: unknown = Reflect.get(channel, "_subscribers");
  const stores: unknown = Reflect.get(channel, "_stores");
  if (Array.isArray(subscribers)) {
    for (const subscriber of [...(subscribers as Receiver[])]) {
      channel.subscribe(subscriber);
      methodOf(channel, "unsubscribe").call(channel, subscriber);
    }
  }
  // Node.js' own maps are not instances of this class.
  if (types.isMap(stores)) {
    const bound = [...Map.prototype.entries.call(stores)] as [never, never][];
    for (const [store, transform] of bound) channel.bindStore(store, transform);
  }
}

function methodOf(channel: Channel, method: Method): Receiver {
  return Reflect.get(Object.getPrototypeOf(channel) as object, method) as Receiver;
}

/** A function is guarded once: its channel becomes active and calls `subscribe` again. Node.js itself refuses what is no function. */
function guarded(receiver: unknown): unknown {
  if (typeof receiver !== "function") return receiver;
  const given = receiver as Receiver;
  const known = guardedBy.get(given);
  if (known !== undefined) return known;
  const made: Receiver = (...args) => {
    try {
      const result = given(...args);
      logRejection(result, SUBSCRIBER);
      return result;
    } catch (error) {
      logError(error, SUBSCRIBER);
      return undefined;
    }
  };
  guardedBy.set(given, made);
  guardedBy.set(made, made);
  return made;
}
