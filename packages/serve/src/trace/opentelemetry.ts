import type { Instrumentation, RequestEvent, WebSocketEvent } from "../api/trace.ts";
import { instrument, requestChannel, webSocketChannel } from "./channels.ts";
import { errorType, requestAttributes, spanName } from "./span-names.ts";

/** What is used of a span of `@opentelemetry/api`. */
export interface OpenTelemetrySpan {
  setAttribute(name: string, value: string | number | boolean): unknown;
  setStatus(status: { code: 2; message?: string }): unknown;
  recordException(error: Error | string): void;
  end(): void;
}

/** What is used of `@opentelemetry/api`: pass the module itself. */
export interface OpenTelemetryAPI<Context, Span extends OpenTelemetrySpan> {
  readonly context: { active(): Context; with(context: Context, run: () => void): unknown };
  readonly propagation: {
    extract(
      context: Context,
      carrier: Headers,
      getter: { keys(carrier: Headers): string[]; get(carrier: Headers, key: string): string | undefined },
    ): Context;
  };
  readonly trace: {
    getTracer(name: string): {
      startSpan(
        name: string,
        options: { kind: 1 | 4; attributes: Record<string, string | number> },
        context: Context,
      ): Span;
    };
    setSpan(context: Context, span: Span): Context;
  };
}

export interface OpenTelemetryOptions {
  /** A span for each call of a WebSocket handler. Default false: a chat has thousands of them in a second. */
  readonly webSockets?: boolean;
}

const SERVER = 1;
const CONSUMER = 4;
const ERROR = 2;

const headerGetter = {
  keys: (headers: Headers): string[] => [...headers.keys()],
  get: (headers: Headers, key: string): string | undefined => headers.get(key) ?? undefined,
};

/**
 * Makes a span of each request, with the names and attributes of OpenTelemetry's semantic conventions, as the child of the span that the client's
 * headers name. Handlers, and what they await, have it as their active span.
 * @param api the module `@opentelemetry/api`
 * @returns takes it back. Spans of requests under way do not end then
 * @throws TypeError for anything but that module
 */
export function instrumentOpenTelemetry<Context, Span extends OpenTelemetrySpan>(
  api: OpenTelemetryAPI<Context, Span>,
  { webSockets = false }: OpenTelemetryOptions = {},
): () => void {
  if (typeof api?.trace?.getTracer !== "function")
    throw new TypeError(
      'instrumentOpenTelemetry() takes the module: import * as api from "@opentelemetry/api"',
    );
  const tracer = api.trace.getTracer("@mantou/serve");
  const spans = new WeakMap<object, Span>();
  const begin = (
    event: object,
    name: string,
    kind: 1 | 4,
    attributes: Record<string, string | number>,
    parent: Context,
    run: () => void,
  ): void => {
    const span = tracer.startSpan(name, { kind, attributes }, parent);
    spans.set(event, span);
    api.context.with(api.trace.setSpan(parent, span), run);
  };
  const instrumentation: Instrumentation = {
    request: (event, run) => {
      const parent = api.propagation.extract(api.context.active(), event.headers, headerGetter);
      begin(event, spanName(event), SERVER, requestAttributes(event), parent, run);
    },
    ...(webSockets && {
      websocket: (event: WebSocketEvent, run: () => void) => {
        const name = `websocket.${event.type}${event.route === null ? "" : ` ${event.route}`}`;
        begin(event, name, CONSUMER, {}, api.context.active(), run);
      },
    }),
  };
  const error = (message: unknown): void => {
    const event = message as RequestEvent | WebSocketEvent;
    const span = spans.get(event);
    if (span === undefined) return;
    span.recordException(event.error instanceof Error ? event.error : String(event.error));
    span.setAttribute("error.type", errorType(event.error));
    if ("type" in event) span.setStatus({ code: ERROR });
  };
  const asyncEnd = (message: unknown): void => {
    const span = spans.get(message as object);
    if (span === undefined) return;
    if (!("type" in (message as object))) endRequest(message as RequestEvent, span);
    span.end();
  };
  const channels = webSockets ? [requestChannel, webSocketChannel] : [requestChannel];
  const takeBack = instrument(instrumentation);
  for (const channel of channels) {
    channel.error.subscribe(error);
    channel.asyncEnd.subscribe(asyncEnd);
  }
  return () => {
    takeBack();
    for (const channel of channels) {
      channel.error.unsubscribe(error);
      channel.asyncEnd.unsubscribe(asyncEnd);
    }
  };
}

/** The conventions call a 4xx no error of the server. */
function endRequest({ status, bytes, aborted, error }: RequestEvent, span: OpenTelemetrySpan): void {
  if (status !== null) span.setAttribute("http.response.status_code", status);
  span.setAttribute("http.response.body.size", bytes);
  if (status !== null && status >= 500) {
    if (error === undefined) span.setAttribute("error.type", `${status}`);
    span.setStatus({ code: ERROR });
  } else if (aborted) span.setAttribute("mantou.aborted", true);
}
