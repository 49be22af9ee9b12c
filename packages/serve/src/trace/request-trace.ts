import { AsyncResource } from "node:async_hooks";
import type { LogEntry } from "../api/log.ts";
import type { Server } from "../api/server.ts";
import type { RequestObserver } from "../http/observer.ts";
import type { RequestContext } from "../http/request-context.ts";
import { requestChannel, traced, traceRequest } from "./channels.ts";
import { TracedRequest } from "./request-event.ts";

/** nginx has this status for a client that has gone before it got a response. */
const CLIENT_GONE = 499;

/**
 * Tells the channels and the access log of a request.
 * @param log null without an access log, and for requests that came over no connection
 */
export function observeRequest(
  server: Server<unknown>,
  context: RequestContext,
  log: ((entry: LogEntry) => void) | null,
): RequestObserver {
  return new RequestTrace(new TracedRequest(server, context), context, traced.requests, log);
}

class RequestTrace implements RequestObserver {
  readonly #event: TracedRequest;
  readonly #context: RequestContext;
  /** The channels had subscribers when the request came. Later subscribers do not get the rest of it. */
  readonly #isPublished: boolean;
  readonly #log: ((entry: LogEntry) => void) | null;
  readonly #time: Date = new Date();
  readonly #start: number = performance.now();
  /** The async context of the handler; null before it runs. */
  #scope: AsyncResource | null = null;
  #isRunning = false;
  #hasEnded = false;

  constructor(
    event: TracedRequest,
    context: RequestContext,
    isPublished: boolean,
    log: ((entry: LogEntry) => void) | null,
  ) {
    this.#event = event;
    this.#context = context;
    this.#isPublished = isPublished;
    this.#log = log;
  }

  run(task: () => void): void {
    if (!this.#isPublished) {
      task();
      return;
    }
    this.#isRunning = true;
    traceRequest(this.#event, () => {
      // Also what the handler does by `enterWith` stays in it.
      this.#scope = new AsyncResource("mantou.request");
      this.#scope.runInAsyncScope(task);
    });
    this.#isRunning = false;
    // The response was given meanwhile. Its end is told behind that of the call.
    if (this.#hasEnded) this.#publishEnd();
  }

  within(task: () => void): void {
    if (this.#scope === null) task();
    else this.#scope.runInAsyncScope(task);
  }

  failed(error: unknown): void {
    const event = this.#event;
    // An error comes here when it is thrown, and again when it is logged.
    if (!this.#isPublished || this.#hasEnded || (Object.is(event.error, error) && error !== undefined))
      return;
    event.error = error;
    this.within(() => requestChannel.error.publish(event));
  }

  ended(status: number, bytes: number, complete: boolean): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const event = this.#event;
    event.status = status === 0 ? null : status;
    event.bytes = bytes;
    event.aborted = !complete;
    if (this.#isPublished && !this.#isRunning) this.#publishEnd();
    if (this.#log !== null) this.#log(this.#entry());
  }

  #publishEnd(): void {
    this.within(() => {
      requestChannel.asyncStart.publish(this.#event);
      requestChannel.asyncEnd.publish(this.#event);
    });
  }

  #entry(): LogEntry {
    const { method, httpVersion, remoteAddress, route, status, bytes, aborted } = this.#event;
    const { target, fields } = this.#context.head;
    return {
      time: this.#time,
      remoteAddress,
      method,
      url: target,
      httpVersion,
      route,
      status: status ?? CLIENT_GONE,
      bytes,
      duration: performance.now() - this.#start,
      referer: fields.get("referer"),
      userAgent: fields.get("user-agent"),
      aborted,
    };
  }
}
