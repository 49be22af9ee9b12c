import { captureErrors } from "@mantou/testing/errors";
import { connect, type RawClient, request } from "@mantou/testing/raw-client";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
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
