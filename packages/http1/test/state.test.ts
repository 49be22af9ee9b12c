import { describe, expect, it } from "vitest";
import type { ServerRequestState, ServerResponseState, ServerWaitingFor } from "../src/state.ts";
import { Harness, request } from "./support/harness.ts";

type States = [client: ServerRequestState, server: ServerResponseState, waitingFor: ServerWaitingFor];

const states = ({ connection }: Harness): States => [
  connection.requestState,
  connection.responseState,
  connection.waitingFor,
];

/** Steps, each with the states that it leads to. */
type Story = readonly [step: (server: Harness) => unknown, after: States][];

const receive = (text: string) => (server: Harness) => server.receive(text);
const respond = (server: Harness): void => server.connection.respond({ status: 200 }, null);
const start = (server: Harness): void => server.connection.start({ status: 200 });
const write = (server: Harness): void => server.connection.write("x");
const end = (server: Harness): void => server.connection.end();
const next = (server: Harness): unknown => server.next();
const inputEnds = (server: Harness): unknown => server.end();
const fails = (step: (server: Harness) => unknown) => (server: Harness) =>
  expect(() => step(server)).toThrow();

const POST = request({ method: "POST", fields: "Content-Length: 2\r\n" });

const stories: Record<string, Story> = {
  "a request and its response": [
    [() => undefined, ["head", "idle", "request"]],
    [receive("\r\n"), ["head", "idle", "request"]],
    [receive("\r"), ["head", "idle", "rest-of-head"]],
    [receive("\n"), ["head", "idle", "request"]],
    [receive("G"), ["head", "idle", "rest-of-head"]],
    [receive("ET / HTTP/1.1\r\nHost: a\r\n\r\n"), ["done", "pending", "response"]],
    [respond, ["done", "done", "request"]],
    [next, ["head", "idle", "request"]],
    [inputEnds, ["closed", "idle", "nothing"]],
  ],
  "content, and a response in pieces": [
    [receive(POST), ["body", "pending", "content"]],
    [receive("a"), ["body", "pending", "content"]],
    [receive("b"), ["done", "pending", "response"]],
    [start, ["done", "body", "response"]],
    [write, ["done", "body", "response"]],
    [end, ["done", "done", "request"]],
    [receive("G"), ["head", "idle", "rest-of-head"]],
  ],
  "an empty line behind content": [
    [receive(`${POST}ab\r\n`), ["done", "pending", "response"]],
    [respond, ["done", "done", "rest-of-head"]],
    [next, ["head", "idle", "request"]],
    [receive("G"), ["head", "idle", "rest-of-head"]],
  ],
  "a response before the content": [
    [receive(POST), ["body", "pending", "content"]],
    [start, ["body", "body", "content"]],
    [end, ["body", "done", "content"]],
    [receive("ab"), ["head", "idle", "request"]],
  ],
  "pipelined requests": [
    [receive(request() + request()), ["done", "pending", "response"]],
    [respond, ["done", "done", "rest-of-head"]],
    [next, ["done", "pending", "response"]],
    [respond, ["done", "done", "request"]],
  ],
  "a client that waits for 100 Continue": [
    [
      receive(request({ method: "POST", fields: "Expect: 100-continue\r\nContent-Length: 2\r\n" })),
      ["body", "pending", "response"],
    ],
    [({ connection }) => connection.sendContinue(), ["body", "pending", "content"]],
    [receive("ab"), ["done", "pending", "response"]],
  ],
  "a client that does not wait after all": [
    [
      receive(request({ method: "POST", fields: "Expect: 100-continue\r\nContent-Length: 2\r\n" })),
      ["body", "pending", "response"],
    ],
    [receive("a"), ["body", "pending", "content"]],
  ],
  "a client that does not wait, as the size of its first chunk tells": [
    [
      receive(request({ method: "POST", fields: "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n" })),
      ["body", "pending", "response"],
    ],
    [receive("2"), ["body", "pending", "content"]],
    [receive("\r\n"), ["body", "pending", "content"]],
    [fails(inputEnds), ["failed", "pending", "response"]],
  ],
  "the last request": [
    [receive(request({ fields: "Connection: close\r\n" })), ["done", "pending", "response"]],
    [respond, ["done", "closed", "nothing"]],
    [inputEnds, ["done", "closed", "nothing"]],
  ],
  "input that ends while a response is due": [
    [receive(request()), ["done", "pending", "response"]],
    [inputEnds, ["done", "pending", "response"]],
    [respond, ["done", "done", "request"]],
    [next, ["closed", "idle", "nothing"]],
  ],
  "a head that is refused": [
    [fails(receive("?\r\n\r\n")), ["failed", "idle", "nothing"]],
    [respond, ["failed", "closed", "nothing"]],
  ],
  "content that is cut short": [
    [receive(POST), ["body", "pending", "content"]],
    [fails(inputEnds), ["failed", "pending", "response"]],
    [respond, ["failed", "closed", "nothing"]],
  ],
  "content that is cut short behind its response": [
    [receive(POST), ["body", "pending", "content"]],
    [respond, ["body", "done", "content"]],
    [fails(inputEnds), ["failed", "closed", "nothing"]],
  ],
  "content that is cut short during its response": [
    [receive(POST), ["body", "pending", "content"]],
    [start, ["body", "body", "content"]],
    [fails(inputEnds), ["failed", "body", "response"]],
    [end, ["failed", "closed", "nothing"]],
  ],
  "an upgrade": [
    [receive(request({ fields: "Connection: upgrade\r\nUpgrade: x\r\n" })), ["done", "pending", "response"]],
    [
      ({ connection }) => connection.upgrade(["Connection", "upgrade", "Upgrade", "x"]),
      ["upgraded", "upgraded", "nothing"],
    ],
    [receive("\x00"), ["upgraded", "upgraded", "nothing"]],
  ],
};

describe("the states of both sides, and what they wait for", () => {
  it.each(Object.entries(stories))("%s", (_name, story) => {
    const server = new Harness();
    for (const [step, after] of story) {
      step(server);
      expect(states(server)).toEqual(after);
    }
  });
});
