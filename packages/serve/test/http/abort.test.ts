import { captureErrors } from "@mantou/testing/errors";
import { connect, request } from "@mantou/testing/raw-client";
import { gate, until } from "@mantou/testing/wait";
import { afterEach, expect, it, vi } from "vitest";
import { start } from "../support/servers.ts";

captureErrors();

afterEach(() => {
  vi.unstubAllGlobals();
});

it("closes the connection without a response: the signal is aborted, the body rejects, what is returned is ignored", async () => {
  const seen: unknown[] = [];
  const server = start({
    async fetch(asked, own) {
      asked.signal.addEventListener("abort", () => seen.push(asked.signal.reason.name));
      const text = asked.text().catch((error: Error) => seen.push(error.name));
      seen.push(own.abort(asked), own.abort(asked));
      await text;
      return new Response("ignored");
    },
  });
  const client = connect(server).write(
    request("POST /", ["Content-Length: 10"], "five!"),
    request("GET /next"),
  );
  expect((await client.closedByServer()).toString()).toBe("");
  await until(() => server.pendingRequests === 0 && seen.length === 4, "the end");
  expect(seen).toEqual(["AbortError", true, false, "AbortError"]);
});

it("needs no response, also of a handler that is not async, and not from the error handler either", async () => {
  let faults = 0;
  const server = start({
    fetch(asked, own) {
      own.abort(asked);
      if (asked.url.endsWith("throws")) throw new Error("after abort");
      return undefined as never;
    },
    error: () => {
      faults++;
      return new Response();
    },
  });
  for (const path of ["/", "/throws"])
    expect(
      (
        await connect(server)
          .write(request(`GET ${path}`))
          .closedByServer()
      ).length,
    ).toBe(0);
  expect(faults).toBe(0);
});

it("gives its reason to a signal that is first read afterwards, and to what is made of the request", async () => {
  const reasons: unknown[] = [];
  const server = start({
    fetch(asked, own) {
      own.abort(asked);
      reasons.push(new Request(asked).signal.reason, asked.signal.reason);
      return undefined as never;
    },
  });
  await connect(server).write(request("GET /")).closedByServer();
  expect(reasons[0]).toMatchObject({ name: "AbortError", message: "The server aborted the request" });
  expect(reasons[1]).toBe(reasons[0]);
});

it("is followed by what was made of the request, also where the global Event is not Node.js's, as in jsdom", async () => {
  const followed: unknown[] = [];
  const server = start({
    fetch(asked, own) {
      const made = [new Request(asked), new Request(asked.clone())];
      vi.stubGlobal("Event", class {});
      followed.push(own.abort(asked), ...made.map(({ signal }) => signal.reason?.name));
      return undefined as never;
    },
  });
  await connect(server).write(request("GET /")).closedByServer();
  expect(followed).toEqual([true, "AbortError", "AbortError"]);
});

it("ends a response that has begun, and cancels its stream; after the response it does nothing", async () => {
  const cancelled = gate<unknown>();
  let kept: Request | undefined;
  const server = start({
    fetch(asked) {
      kept = asked;
      if (asked.url.endsWith("whole")) return new Response("whole");
      const pull = (controller: ReadableStreamDefaultController): void =>
        controller.enqueue(new Uint8Array(70_000));
      return new Response(new ReadableStream({ pull, cancel: cancelled.open }));
    },
  });
  const whole = connect(server).write(request("GET /whole"));
  await whole.response();
  expect(server.abort(kept!)).toBe(false);
  expect((await whole.write(request("GET /whole")).response()).status).toBe(200);
  const client = connect(server).write(request("GET /"));
  await client.bytes(70_000);
  expect(server.abort(kept!)).toBe(true);
  await client.closedByServer();
  expect(await cancelled.promise).toMatchObject({ name: "AbortError" });
  expect(server.abort(kept!)).toBe(false);
  expect(server.abort(new Request("http://a/"))).toBe(false);
});

it("does nothing to a request of server.fetch, which has no connection", async () => {
  const server = start({
    fetch(asked, own) {
      expect([own.abort(asked), own.abort(asked)]).toEqual([false, false]);
      return new Response();
    },
  });
  expect((await server.fetch("/")).status).toBe(200);
});
