import type { RequestEvent, WebSocketEvent } from "../api/trace.ts";
import { instrument, requestChannel, webSocketChannel } from "./channels.ts";
import { requestAttributes, spanName } from "./span-names.ts";

/** What is used of a span of Sentry's SDK. */
export interface SentrySpan {
  end(): void;
}

/** What is used of a scope of Sentry's SDK. */
export interface SentryScope {
  setSDKProcessingMetadata(metadata: Record<string, unknown>): unknown;
  setTransactionName(name: string): unknown;
}

/** What is used of Sentry's SDK from version 8 on: pass the module `@sentry/node` itself. */
export interface SentrySDK<Span extends SentrySpan, Scope extends SentryScope> {
  withIsolationScope<Result>(callback: (scope: Scope) => Result): Result;
  continueTrace<Result>(
    headers: { sentryTrace: string | undefined; baggage: string | undefined },
    callback: () => Result,
  ): Result;
  startSpanManual<Result>(
    options: {
      name: string;
      op: string;
      forceTransaction: boolean;
      attributes: Record<string, string | number>;
    },
    callback: (span: Span) => Result,
  ): Result;
  setHttpStatus(span: Span, status: number): void;
  captureException(error: unknown, hint: { mechanism: { type: string; handled: boolean } }): unknown;
}

/** Never passed on, even where Sentry may send data of persons. Which of the others are such it decides by itself. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/**
 * Makes a transaction of each request, in an isolation scope of its own, which continues the trace of its client. What handlers, WebSocket handlers and
 * streams throw is captured as unhandled, and the `error` handler changes nothing about that.
 * @param sentry the module `@sentry/node`, after its `init`
 * @returns takes it back. Transactions of requests under way do not end then
 * @throws TypeError for anything but that module
 */
export function instrumentSentry<Span extends SentrySpan, Scope extends SentryScope>(
  sentry: SentrySDK<Span, Scope>,
): () => void {
  if (typeof sentry?.withIsolationScope !== "function")
    throw new TypeError('instrumentSentry() takes the module: import * as Sentry from "@sentry/node"');
  const spans = new WeakMap<object, Span>();
  const takeBack = instrument({
    request: (event, run) => {
      const { headers } = event;
      const trace = {
        sentryTrace: headers.get("sentry-trace") ?? undefined,
        baggage: headers.get("baggage") ?? undefined,
      };
      sentry.withIsolationScope((scope) => {
        scope.setSDKProcessingMetadata({ normalizedRequest: describe(event) });
        scope.setTransactionName(spanName(event));
        sentry.continueTrace(trace, () =>
          sentry.startSpanManual(spanOptions(event), (span) => {
            spans.set(event, span);
            run();
          }),
        );
      });
    },
    websocket: (event, run) => {
      sentry.withIsolationScope((scope) => {
        scope.setTransactionName(`websocket.${event.type}${event.route === null ? "" : ` ${event.route}`}`);
        run();
      });
    },
  });
  const error = (message: unknown): void => {
    const { error } = message as RequestEvent | WebSocketEvent;
    sentry.captureException(error, { mechanism: { type: "mantou", handled: false } });
  };
  const asyncEnd = (message: unknown): void => {
    const { status } = message as RequestEvent;
    const span = spans.get(message as object);
    if (span === undefined) return;
    if (status !== null) sentry.setHttpStatus(span, status);
    span.end();
  };
  requestChannel.error.subscribe(error);
  webSocketChannel.error.subscribe(error);
  requestChannel.asyncEnd.subscribe(asyncEnd);
  return () => {
    takeBack();
    requestChannel.error.unsubscribe(error);
    webSocketChannel.error.unsubscribe(error);
    requestChannel.asyncEnd.unsubscribe(asyncEnd);
  };
}

/** Where the name of a transaction comes from. The attribute has another name from version 11 on. */
function sourceAttributes(source: "route" | "url"): Record<string, string> {
  return { "sentry.source": source, "sentry.segment.name.source": source };
}

function spanOptions(
  event: RequestEvent,
): Parameters<SentrySDK<SentrySpan, SentryScope>["startSpanManual"]>[0] {
  return {
    name: spanName(event),
    op: "http.server",
    forceTransaction: true,
    attributes: {
      ...requestAttributes(event),
      "sentry.origin": "auto.http.mantou",
      ...sourceAttributes(event.route === null ? "url" : "route"),
    },
  };
}

/** The request in the form of Sentry's events. */
function describe({ method, url, headers }: RequestEvent): Record<string, unknown> {
  const shown = [...headers].filter(([name]) => !SECRET_HEADERS.has(name));
  const query = url.indexOf("?");
  return {
    method,
    url,
    headers: Object.fromEntries(shown),
    ...(query >= 0 && { query_string: url.slice(query + 1) }),
  };
}
