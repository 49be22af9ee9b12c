import { captureErrors } from "@mantou/testing/errors";
import { WebSocket } from "@mantou/websocket/client";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../../../../vitest.runs.ts";
import type { ServeOptions, Server } from "../../src/api/server.ts";
import { testClient } from "../../src/testing.ts";
import { start } from "../support/servers.ts";

captureErrors();

interface RoutePlan {
  readonly path: string;
  readonly kind: "text" | "json" | "stream" | "static" | "empty" | "throws" | "redirect" | "echo" | "cookie";
  readonly status: number;
  readonly size: number;
}

interface RequestPlan {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly isStream: boolean;
}

const size = fc.oneof(fc.nat(20), fc.nat(200_000));
const routePlan = fc.record<RoutePlan>({
  path: fc.constantFrom("/a", "/b/:id", "/files/*", "/c"),
  kind: fc.constantFrom("text", "json", "stream", "static", "empty", "throws", "redirect", "echo", "cookie"),
  status: fc.constantFrom(200, 201, 400, 404, 500, 503),
  size,
});
const requestPlan = fc.record<RequestPlan>({
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"),
  path: fc.constantFrom("/a", "/a?q=1&r=%20", "/b/1", "/b/x%20y", "/files/deep/er", "/c", "/nowhere", "/"),
  headers: fc.dictionary(
    fc.constantFrom("x-a", "x-b", "cookie", "accept", "if-none-match"),
    fc.constantFrom("a=1", "b=2; c=3", "*/*", '"x"'),
  ),
  body: fc.option(size.map((count) => "x".repeat(count))),
  isStream: fc.boolean(),
});

/** @param seen what the handlers get */
function optionsOf(plans: readonly RoutePlan[], seen: unknown[]): ServeOptions<undefined, string> {
  const see = (request: Request, params: unknown, body: string): void => {
    const { pathname, search } = new URL(request.url);
    // undici closes its connections behind HEAD, and says so; a connection in memory has one request.
    const headers = [...request.headers].filter(([name]) => name !== "host" && name !== "connection").sort();
    seen.push([request.method, pathname + search, headers, params, body.length]);
  };
  const routes: Record<string, unknown> = {};
  for (const { path, kind, status, size: length } of plans) {
    const text = "y".repeat(length);
    routes[path] =
      kind === "static"
        ? new Response(text, { status, headers: { "x-kind": kind } })
        : async (
            request: Request & { params: unknown; cookies: { set(name: string, value: string): void } },
          ) => {
            const body = await request.text();
            see(request, request.params, body);
            switch (kind) {
              case "text":
                return new Response(text, { status });
              case "json":
                return Response.json({ text }, { status });
              case "stream":
                return new Response(
                  new ReadableStream({
                    async pull(controller) {
                      controller.enqueue(Buffer.from(text));
                      await null;
                      controller.close();
                    },
                  }),
                  { status },
                );
              case "empty":
                return new Response(null, { status: 204 });
              case "throws":
                throw new Error("expected");
              case "redirect":
                return new Response(null, { status: 303, headers: { location: "/nowhere" } });
              case "echo":
                return new Response(body, { status, headers: { "x-length": String(body.length) } });
              default:
                request.cookies.set("set", "1");
                return new Response(text, { status });
            }
          };
  }
  return {
    routes: routes as never,
    fetch: async (request, server) => {
      see(request, server.requestIP(request)?.family, await request.text());
      return new Response("none", { status: 404 });
    },
    error: (error) => new Response(error.message, { status: 500 }),
    development: false,
  };
}

/** The response as a client sees it. */
async function exchange(
  fetch: (path: string, init: RequestInit) => Promise<Response>,
  { method, path, headers, body, isStream }: RequestPlan,
): Promise<unknown> {
  const hasBody = body !== null && method !== "GET" && method !== "HEAD";
  const init = {
    method,
    headers,
    ...(hasBody && { body: isStream ? new Blob([body]).stream() : body, duplex: "half" }),
  } as RequestInit;
  try {
    const response = await fetch(path, init);
    const { status, statusText, redirected, url } = response;
    const fields = [...response.headers].filter(([name]) => name !== "date" && name !== "connection");
    return [status, statusText, redirected, new URL(url).pathname, fields, await response.text()];
  } catch (error) {
    return String(error);
  }
}

it("responds to any requests by any routes in memory as on the wire", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(routePlan, { maxLength: 4 }),
      fc.array(requestPlan, { minLength: 1, maxLength: 4 }),
      async (routes, requests) => {
        const results: unknown[][] = [[], []];
        const client = testClient(optionsOf(routes, results[0]!));
        const server = start(optionsOf(routes, results[1]!)) as Server<never>;
        for (const plan of requests) {
          results[0]!.push(await exchange((path, init) => client.fetch(path, init), plan));
          results[1]!.push(await exchange((path, init) => fetch(new URL(path, server.url), init), plan));
        }
        await Promise.all([client.stop(), server.stop(true)]);
        expect(results[0]).toEqual(results[1]);
      },
    ),
    runs(200),
  );
});

type Step =
  | { readonly do: "text" | "bytes"; readonly size: number }
  | { readonly do: "publish" | "throw" | "ping" | "close" | "terminate" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom("text" as const, "bytes" as const), size }),
  fc.record({ do: fc.constantFrom("publish" as const, "ping" as const, "throw" as const) }),
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("close" as const, "terminate" as const) }) },
);

const CHAT: ServeOptions = {
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no", { status: 400 })),
  websocket: {
    perMessageDeflate: true,
    publishToSelf: true,
    open: (ws) => void ws.subscribe("all"),
    message(ws, message) {
      if (message === "publish") ws.publish("all", "published", true);
      else if (message === "close") ws.close(4000, "asked");
      else if (message === "terminate") ws.terminate();
      else if (message === "throw") throw new Error("thrown");
      else ws.send(message, true);
    },
    error: (error, ws) => void ws.send(error.message),
  },
};

/** What a client sees of a program. */
function play(socket: WebSocket, steps: readonly Step[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    seen.push(["open", socket.protocol, socket.extensions]);
    for (const each of steps) {
      if (each.do === "text") socket.send("t".repeat(each.size));
      else if (each.do === "bytes") socket.send(new Uint8Array(each.size));
      else if (each.do === "ping") socket.ping("p");
      else socket.send(each.do);
    }
    socket.send("close");
  });
  socket.addEventListener("message", ({ data }) =>
    seen.push(typeof data === "string" ? ["text", data] : ["bytes", (data as ArrayBuffer).byteLength]),
  );
  (socket as unknown as EventTarget).addEventListener("pong", () => seen.push("pong"));
  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code, reason, wasClean }) =>
      resolve([...seen, code, reason, wasClean]),
    );
  });
}

it("plays any WebSocket program in memory as on the wire", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const client = testClient(CHAT);
      const server = start(CHAT);
      const inMemory = await play(client.websocket("/"), steps);
      const onWire = await play(new WebSocket(`ws://127.0.0.1:${server.port}/`), steps);
      await Promise.all([client.stop(), server.stop(true)]);
      expect(inMemory).toEqual(onWire);
    }),
    runs(200),
  );
});
