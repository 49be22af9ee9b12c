import type { TracingChannel } from "node:diagnostics_channel";
import type { Instrumentation, PublishEvent, RequestEvent, WebSocketEvent } from "../api/trace.ts";
import { logError, logRejection } from "../errors/log.ts";
import { guardedTracingChannel } from "./guarded-channel.ts";

/** Whether anything wants to know. The hot path reads these, and nothing else of this room. */
export const traced: { requests: boolean; webSockets: boolean; publications: boolean } = {
  requests: false,
  webSockets: false,
  publications: false,
};

/** What `instrument` was given, the first one outermost. */
let instrumentations: readonly Instrumentation[] = [];

/** `tracing:mantou.request:start` … The messages are `RequestEvent`s. */
export const requestChannel: TracingChannel = guardedTracingChannel("mantou.request", (hasSubscribers) => {
  traced.requests = hasSubscribers || instrumentations.length > 0;
});
/** `tracing:mantou.websocket:start` … The messages are `WebSocketEvent`s. */
export const webSocketChannel: TracingChannel = guardedTracingChannel(
  "mantou.websocket",
  (hasSubscribers) => {
    traced.webSockets = hasSubscribers || instrumentations.length > 0;
  },
);
/** `tracing:mantou.publish:start` … The messages are `PublishEvent`s. */
const publishChannel: TracingChannel = guardedTracingChannel("mantou.publish", (hasSubscribers) => {
  traced.publications = hasSubscribers;
});

function instrumentWith(all: readonly Instrumentation[]): void {
  instrumentations = all;
  traced.requests = requestChannel.hasSubscribers || all.length > 0;
  traced.webSockets = webSocketChannel.hasSubscribers || all.length > 0;
}

/**
 * Runs handlers inside functions of yours, for tracers whose context is set by calling a function. `@mantou/serve/opentelemetry` and
 * `@mantou/serve/sentry` have what it takes. Not in Bun.
 * @returns takes it back: for requests and messages from then on
 * @throws TypeError for a member that is not a function
 */
export function instrument(instrumentation: Instrumentation): () => void {
  if (typeof instrumentation !== "object" || instrumentation === null)
    throw new TypeError("instrument() takes an object of functions");
  for (const name of ["request", "websocket"] as const) {
    const given: unknown = instrumentation[name];
    if (given !== undefined && typeof given !== "function") throw new TypeError(`${name} must be a function`);
  }
  // A copy: the same object may be given twice.
  const added = { ...instrumentation };
  instrumentWith([...instrumentations, added]);
  return () => instrumentWith(instrumentations.filter((each) => each !== added));
}

export function traceRequest(event: RequestEvent, task: () => void): void {
  trace(requestChannel, event, instrumentations.map(({ request }) => request).filter(isGiven), task);
}

export function traceWebSocket(event: WebSocketEvent, task: () => void): void {
  trace(webSocketChannel, event, instrumentations.map(({ websocket }) => websocket).filter(isGiven), task);
}

/** Calls a function that publishes, with `start` and `end` around it. */
export function tracePublish(event: PublishEvent, publish: () => number): number {
  return publishChannel.traceSync(publish, event);
}

type Around<Event> = (event: Event, run: () => void) => unknown;

function isGiven<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** @param task never throws */
function trace<Event extends object>(
  channel: TracingChannel,
  event: Event,
  around: readonly Around<Event>[],
  task: () => void,
): void {
  const run = (): void =>
    channel.start.runStores(event, () => {
      try {
        task();
      } finally {
        channel.end.publish(event);
      }
    });
  around.reduceRight<() => void>((inner, each) => () => runInside(each, event, inner), run)();
}

const AROUND = "A function of instrument()";

/** The task runs once, whatever the function around it does. */
function runInside<Event>(around: Around<Event>, event: Event, task: () => void): void {
  let hasRun = false;
  const once = (): void => {
    if (hasRun) return;
    hasRun = true;
    task();
  };
  try {
    logRejection(around(event, once), AROUND);
  } catch (error) {
    logError(error, AROUND);
  }
  once();
}
