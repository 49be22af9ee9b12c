import { afterAll, beforeAll, expect, vi } from "vitest";
import { install } from "../../src/fetch/globals.ts";
import { turnEnd } from "../../src/socket/turn-end.ts";

// What a program gets that imports the package; nothing where the project has set `MANTOU_GLOBALS=0`.
install();
// Its listener of the process's end stays.
turnEnd.run(() => {});

const EVENTS = [
  "uncaughtException",
  "unhandledRejection",
  "warning",
  "exit",
  "beforeExit",
  "SIGINT",
  "SIGTERM",
];

/** What one file must leave to the next one in its process as it was. */
function shared(): unknown {
  const { Request, Response, Headers, fetch, setTimeout, setImmediate, queueMicrotask } = globalThis;
  return {
    globals: [
      Request,
      Response,
      Headers,
      fetch,
      setTimeout,
      setImmediate,
      queueMicrotask,
      Date,
      Map.prototype.delete,
    ],
    log: [console.error, console.warn, console.log],
    environment: { ...process.env },
    directory: process.cwd(),
    cwd: process.cwd,
    listeners: EVENTS.map((event) => [event, process.listenerCount(event)]),
    fakeTimers: vi.isFakeTimers(),
  };
}

let before: unknown;
beforeAll(() => {
  before = shared();
});
afterAll(() => {
  const after = shared();
  expect(after, "what this file has left changed for those that share its process").toEqual(before);
});
