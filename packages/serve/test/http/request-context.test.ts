import { captureErrors } from "@mantou/testing/errors";
import { connect, type RawClient, request } from "@mantou/testing/raw-client";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { contextOf } from "../../src/http/request-context.ts";
import { startInternal } from "../support/servers.ts";

captureErrors();

/** A server with a handler that never responds, and the events of its requests' signals. */
function waitingServer(onRequest: (req: Request) => Promise<Response> = () => new Promise(() => {})) {
  const signals: AbortSignal[] = [];
  const server = startInternal({
    fetch(req) {
      signals.push(req.signal);
      return onRequest(req);
    },
  });
  return { server, signals };
}

const departures: [how: string, leave: (client: RawClient) => void][] = [
  ["resets the connection", (client) => client.abort()],
  ["closes the connection", (client) => client.destroy()],
  ["closes its sending side", (client) => client.end()],
];

describe("request.signal", () => {
  it.each(departures)("aborts when the client %s while the handler works", async (_, leave) => {
    const { server, signals } = waitingServer();
    const client = connect(server).write(request("GET /"));
    await until(() => signals.length === 1, "the request");
    let aborts = 0;
    signals[0]!.addEventListener("abort", () => aborts++);
    expect(signals[0]!.aborted).toBe(false);
    leave(client);
    await until(() => signals[0]!.aborted, "aborted");
    expect((signals[0]!.reason as Error).name).toBe("AbortError");
    await until(() => server.connections.size === 0, "closed");
    expect(aborts).toBe(1);
    expect(server.pendingRequests).toBe(0);
  });

  it("aborts when a body is still to come", async () => {
    const { server, signals } = waitingServer();
    const client = connect(server).write(request("POST /", ["Content-Length: 100"], "some"));
    await until(() => signals.length === 1, "the request");
    client.abort();
    await until(() => signals[0]!.aborted, "aborted");
  });

  it("does not abort when the response was complete", async () => {
    const { server, signals } = waitingServer(async () => new Response("done"));
    const client = connect(server).write(request("GET /"));
    await client.response();
    client.abort();
    await until(() => server.connections.size === 0, "closed");
    await turns();
    expect(signals[0]!.aborted).toBe(false);
  });

  it("is each request's own on one connection", async () => {
    const { server, signals } = waitingServer(async (req) => {
      if (req.url.endsWith("/first")) return new Response("first");
      return new Promise(() => {});
    });
    const client = connect(server).write(request("GET /first"), request("GET /second"));
    await client.response();
    await until(() => signals.length === 2, "the second request");
    client.abort();
    await until(() => signals[1]!.aborted, "aborted");
    expect(signals[0]!.aborted).toBe(false);
  });

  it("aborts a fetch that it was passed to", async () => {
    const origin = waitingServer();
    const proxy = waitingServer((req) => fetch(origin.server.url, { signal: req.signal }));
    const client = connect(proxy.server).write(request("GET /"));
    await until(() => origin.signals.length === 1, "the request reaches the origin");
    client.abort();
    await until(() => origin.signals[0]!.aborted, "the origin's client is gone too");
  });

  it("aborts when the server is stopped at once", async () => {
    const { server, signals } = waitingServer();
    connect(server).write(request("GET /"));
    await until(() => signals.length === 1, "the request");
    await server.stop(true);
    expect(signals[0]!.aborted).toBe(true);
  });
});

/** What a program makes of a request, with a signal of its own. */
const derivations: [what: string, make: (req: Request) => Request][] = [
  ["new Request(req)", (req) => new Request(req)],
  ["new Request(req, init)", (req) => new Request(req, { method: "DELETE" })],
  ["new Request(url, req)", (req) => new Request("http://b.example/", req)],
  ["req.clone()", (req) => req.clone()],
  ["req.clone().clone()", (req) => req.clone().clone()],
  ["new Request(req.clone())", (req) => new Request(req.clone())],
  ["new Request(req.clone().clone())", (req) => new Request(req.clone().clone())],
  ["new Request(new Request(req))", (req) => new Request(new Request(req))],
  ["a clone of new Request(req)", (req) => new Request(req).clone()],
  // As the handler of a page gets it that another handler has returned.
  ["new Request(another object for req)", (req) => new Request(contextOf(req)!.makeRequest({}))],
];

describe("the signal of what is made of a request", () => {
  it.each(derivations)("follows: %s", async (_, make) => {
    const made: Request[] = [];
    const heard: unknown[] = [];
    const { server, signals } = waitingServer((req) => {
      const one = make(req);
      one.signal.addEventListener("abort", () => heard.push((one.signal.reason as Error).name));
      // Node.js's `Request` follows another signal only until it is collected.
      made.push(req, one);
      return new Promise(() => {});
    });
    const client = connect(server).write(request("GET /"));
    await until(() => made.length === 2, "the request");
    expect(made[1]!.signal.aborted).toBe(false);
    client.abort();
    await until(() => signals[0]!.aborted, "aborted");
    expect(made[1]!.signal.aborted).toBe(true);
    expect(heard).toEqual(["AbortError"]);
    expect(made[1]!.signal.reason).toBe(signals[0]!.reason);
  });

  it.each(
    derivations,
  )("is aborted from the beginning when the client has gone before: %s", async (_, make) => {
    let seen: unknown[] = [];
    const { server } = waitingServer(async (req) => {
      await new Promise((resolve) => req.signal.addEventListener("abort", resolve));
      const { signal } = make(req);
      seen = [signal.aborted, signal.reason === req.signal.reason];
      return new Response();
    });
    const client = connect(server).write(request("GET /"));
    await until(() => server.pendingRequests === 1, "the request");
    client.abort();
    await until(() => seen.length > 0, "the end");
    expect(seen).toEqual([true, true]);
  });

  it.each<[what: string, pass: (req: Request) => Request]>([
    ["the request", (req) => req],
    ["a clone", (req) => req.clone()],
  ])("ends a fetch of %s itself", async (_, pass) => {
    const held: Request[] = [];
    const origin = waitingServer();
    const proxy = waitingServer((req) => {
      held.push(req, pass(req));
      return fetch(held.at(-1)!);
    });
    const client = connect(proxy.server).write(request(`GET ${origin.server.url}`));
    await until(() => origin.signals.length === 1, "the request reaches the origin");
    client.abort();
    await until(() => origin.signals[0]!.aborted, "the origin's client is gone too");
  });

  it("is one with the request's, for AbortSignal.any", async () => {
    const { server, signals } = waitingServer((req) => {
      signals.push(AbortSignal.any([req.signal]), req.signal);
      return new Promise(() => {});
    });
    const client = connect(server).write(request("GET /"));
    await until(() => signals.length === 3, "the request");
    expect(signals[2]).toBe(signals[0]);
    client.abort();
    await until(() => signals[1]!.aborted, "aborted");
  });
});
