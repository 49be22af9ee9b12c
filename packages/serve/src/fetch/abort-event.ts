import { transferableAbortController } from "node:util";

/** Node.js's own classes, whatever the globals are. Null before the first event. */
let own: { readonly Signal: typeof AbortSignal; readonly Event: typeof Event } | null = null;

/**
 * An `abort` event that a signal takes. Test environments such as jsdom replace the global classes, all or some of them, and a signal
 * takes no event of another kind.
 */
export function abortEvent(signal: AbortSignal): Event {
  own ??= findOwn();
  const Kind = signal instanceof own.Signal ? own.Event : Event;
  return new Kind("abort");
}

/** No module exports the classes. An abort shows both. */
function findOwn(): NonNullable<typeof own> {
  const controller = transferableAbortController();
  const { signal } = controller;
  let kind = Event;
  signal.addEventListener("abort", (event) => {
    kind = event.constructor as typeof Event;
  });
  controller.abort();
  return { Signal: signal.constructor as typeof AbortSignal, Event: kind };
}
