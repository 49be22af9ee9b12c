import { serve } from "@mantou/serve";
import { instrumentSentry } from "@mantou/serve/sentry";
import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import { LOOPBACK, stopAfterTest } from "@mantou/testing/servers";
import { gate, until } from "@mantou/testing/wait";
import type * as Sentry from "@sentry/node";
import { beforeEach, expect, it } from "vitest";

const TRACE = "771a43a4192642f0b136d5159a501700";
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a version of Sentry's SDK makes of requests. It sends nothing: both hooks keep what it would send. */
export function testSentry(sdk: typeof Sentry): void {
  const errors = captureErrors();
  const transactions: Sentry.Event[] = [];
  const exceptions: Sentry.Event[] = [];
  sdk.init({
    dsn: "http://key@127.0.0.1:9/1",
    tracesSampleRate: 1,
    // Version 11 sends each span by itself, unless it is told to send transactions.
    traceLifecycle: "static",
    beforeSendTransaction(event) {
      transactions.push(event);
      return null;
    },
    beforeSend(event) {
      exceptions.push(event);
      return null;
    },
  });
  instrumentSentry(sdk);

  beforeEach(() => {
    transactions.length = 0;
    exceptions.length = 0;
  });

  it("a request is a transaction with the name of its route, which continues the client's trace", async () => {
    const server = stopAfterTest(
      serve({ ...LOOPBACK, routes: { "/users/:id": () => new Response("x", { status: 201 }) } }),
    );
    const headers = { "sentry-trace": `${TRACE}-b0e6f15b45c36b12-1`, authorization: "secret" };
    await (await fetch(new URL("/users/1?a=b", server.url), { headers })).text();
    await until(() => transactions.length > 0, "a transaction");
    const [transaction] = transactions;
    expect(transaction?.transaction).toBe("GET /users/:id");
    expect(transaction?.transaction_info?.source).toBe("route");
    expect(transaction?.contexts?.trace).toMatchObject({
      trace_id: TRACE,
      parent_span_id: "b0e6f15b45c36b12",
      op: "http.server",
      status: "ok",
    });
    expect(transaction?.contexts?.trace?.data).toMatchObject({
      "http.response.status_code": 201,
      "http.route": "/users/:id",
    });
    expect(transaction?.request).toMatchObject({ method: "GET", url: `${server.url}users/1?a=b` });
    expect(JSON.stringify([transaction?.request, transaction?.contexts])).not.toContain("secret");
  });

  it("errors are captured with their request, each in a scope of its own", async () => {
    const server = stopAfterTest(
      serve({
        ...LOOPBACK,
        async fetch(request) {
          const { pathname } = new URL(request.url);
          sdk.setTag("path", pathname);
          await later();
          await sdk.startSpan({ name: `work ${pathname}` }, later);
          throw new Error(pathname);
        },
        error: () => new Response("sorry", { status: 500 }),
      }),
    );
    const paths = ["/a", "/b", "/c"];
    await Promise.all(paths.map((path) => ask(server, `GET ${path}`)));
    await until(() => exceptions.length === 3 && transactions.length === 3, "the events");
    for (const path of paths) {
      const exception = exceptions.find(({ exception }) => exception?.values?.[0]?.value === path)!;
      expect(exception.tags).toMatchObject({ path });
      expect(exception.exception?.values?.[0]?.mechanism).toMatchObject({ handled: false });
      expect(exception.request?.url).toBe(`http://test${path}`);
      const transaction = transactions.find(({ request }) => request?.url?.endsWith(path))!;
      expect(exception.contexts?.trace?.trace_id).toBe(transaction.contexts?.trace?.trace_id);
      expect(transaction.spans?.map(({ description }) => description)).toEqual([`work ${path}`]);
      expect(transaction.contexts?.trace?.status).toBe("internal_error");
    }
  });

  it("fetch from a handler passes the trace on, and errors of streams are captured", async () => {
    const seen: (string | null)[] = [];
    const inner = stopAfterTest(
      serve({
        ...LOOPBACK,
        fetch({ headers }) {
          seen.push(headers.get("sentry-trace"));
          return new Response("inner");
        },
      }),
    );
    let pulls = 0;
    const begun = gate();
    const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
      if (pulls++ === 0) {
        controller.enqueue(new Uint8Array(70_000));
        return;
      }
      await begun.promise;
      controller.error(new Error("broken stream"));
    };
    const outer = stopAfterTest(
      serve({
        ...LOOPBACK,
        async fetch() {
          await (await fetch(inner.url)).text();
          return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
        },
      }),
    );
    const headers = { "sentry-trace": `${TRACE}-b0e6f15b45c36b12-1` };
    const response = await fetch(outer.url, { headers });
    begun.open();
    await expect(response.arrayBuffer()).rejects.toThrow();
    await until(() => exceptions.length === 1 && transactions.length === 2, "the events");
    expect(seen[0]?.startsWith(`${TRACE}-`)).toBe(true);
    expect(exceptions[0]?.contexts?.trace?.trace_id).toBe(TRACE);
    errors.take();
  });
}
