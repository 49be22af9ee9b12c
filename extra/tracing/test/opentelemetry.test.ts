import { serve } from "@mantou/serve";
import { instrumentOpenTelemetry } from "@mantou/serve/opentelemetry";
import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { LOOPBACK, stopAfterTest } from "@mantou/testing/servers";
import { until } from "@mantou/testing/wait";
import { WebSocket } from "@mantou/websocket/client";
import * as api from "@opentelemetry/api";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { beforeEach, describe, expect, it } from "vitest";

const errors = captureErrors();

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
new UndiciInstrumentation().setTracerProvider(provider);
instrumentOpenTelemetry(api, { webSockets: true });

const tracer = api.trace.getTracer("test");
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

beforeEach(() => exporter.reset());

/** The spans of one kind, once there are that many. */
async function spans(kind: api.SpanKind, count: number): Promise<ReadableSpan[]> {
  const found = (): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.kind === kind);
  await until(() => found().length >= count, "the spans");
  return found();
}

describe("a request is a span", () => {
  it("with the name of its route, the conventions' attributes, and the client's span as its parent", async () => {
    const server = stopAfterTest(
      serve({ ...LOOPBACK, routes: { "/users/:id": () => new Response("four") } }),
    );
    // Not by `fetch`, which names its own span.
    await ask(server, "GET /users/1?a=b", [`traceparent: 00-${TRACE}-${SPAN}-01`]);
    const [span] = await spans(api.SpanKind.SERVER, 1);
    expect(span?.name).toBe("GET /users/:id");
    expect(span?.attributes).toMatchObject({
      "http.request.method": "GET",
      "http.route": "/users/:id",
      "http.response.status_code": 200,
      "http.response.body.size": 4,
      "url.scheme": "http",
      "url.path": "/users/1",
      "url.query": "a=b",
      "server.address": "test",
      "client.address": "127.0.0.1",
      "network.protocol.version": "1.1",
    });
    expect([span?.spanContext().traceId, span?.parentSpanContext?.spanId]).toEqual([TRACE, SPAN]);
    expect(span?.status.code).toBe(api.SpanStatusCode.UNSET);
  });

  it("with errors as exceptions, a 5xx as an error, and a 4xx as none", async () => {
    const server = stopAfterTest(
      serve({
        ...LOOPBACK,
        routes: {
          "/throws": () => {
            throw new RangeError("boom");
          },
          "/500": () => new Response(null, { status: 500 }),
          "/404": () => new Response(null, { status: 404 }),
        },
      }),
    );
    for (const path of ["/throws", "/500", "/404"]) await fetch(new URL(path, server.url));
    const [thrown, failed, missing] = await spans(api.SpanKind.SERVER, 3);
    expect(thrown?.events[0]?.attributes).toMatchObject({
      "exception.type": "RangeError",
      "exception.message": "boom",
    });
    expect(thrown?.attributes["error.type"]).toBe("RangeError");
    expect(failed?.attributes["error.type"]).toBe("500");
    expect([thrown, failed, missing].map((span) => span?.status.code)).toEqual([2, 2, 0]);
    errors.take();
  });

  it("that is active in its handler, in what it awaits, in its stream, and in `fetch` from there", async () => {
    const child = (name: string): void => tracer.startSpan(name).end();
    const inner = stopAfterTest(serve({ ...LOOPBACK, fetch: () => new Response("inner") }));
    const outer = stopAfterTest(
      serve({
        ...LOOPBACK,
        async fetch(request) {
          const { pathname } = new URL(request.url);
          child(`handler ${pathname}`);
          await (await fetch(inner.url)).text();
          child(`await ${pathname}`);
          const pull = (controller: ReadableStreamDefaultController): void => {
            child(`pull ${pathname}`);
            controller.close();
          };
          return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
        },
      }),
    );
    const paths = ["/a", "/b", "/c"];
    await Promise.all(paths.map(async (path) => (await fetch(new URL(path, outer.url))).text()));
    const all = await spans(api.SpanKind.SERVER, 6);
    for (const path of paths) {
      const request = all.find((span) => span.attributes["url.path"] === path)!;
      const { traceId, spanId } = request.spanContext();
      const children = exporter
        .getFinishedSpans()
        .filter((span) => span.parentSpanContext?.spanId === spanId);
      const names = children.filter((span) => span.kind === api.SpanKind.INTERNAL).map(({ name }) => name);
      expect(names).toEqual([`handler ${path}`, `await ${path}`, `pull ${path}`]);
      // The client's span of `fetch` is between the two servers.
      const call = children.find((span) => span.kind === api.SpanKind.CLIENT)!;
      const served = all.find((span) => span.parentSpanContext?.spanId === call.spanContext().spanId);
      expect(served?.spanContext().traceId).toBe(traceId);
    }
  });

  it("and so is the call of a WebSocket handler, if that is wanted", async () => {
    const server = stopAfterTest(
      serve({
        ...LOOPBACK,
        routes: {
          "/chat": {
            websocket: {
              message(ws) {
                tracer.startSpan("inside").end();
                ws.close();
                throw new Error("late");
              },
            },
          },
        },
      }),
    );
    const socket = new WebSocket(new URL("/chat", server.url.href.replace("http", "ws")));
    socket.onopen = () => socket.send("x");
    const calls = await spans(api.SpanKind.CONSUMER, 3);
    expect(calls.map(({ name }) => name).sort()).toEqual([
      "websocket.close /chat",
      "websocket.message /chat",
      "websocket.open /chat",
    ]);
    const message = calls.find(({ name }) => name.includes("message"))!;
    expect(message.status.code).toBe(api.SpanStatusCode.ERROR);
    const inside = exporter.getFinishedSpans().find(({ name }) => name === "inside");
    expect(inside?.parentSpanContext?.spanId).toBe(message.spanContext().spanId);
    errors.take();
  });
});
