import { captureErrors } from "@mantou/testing/errors";
import { expect, it } from "vitest";
import { EventListeners } from "../../src/topics/event-listeners.ts";

const errors = captureErrors();

it("events of trouble that nothing listens to are logged, but not twice in ten seconds", () => {
  let now = 0;
  const listeners = new EventListeners(() => now);
  const down = (): void => listeners.tell("down", { error: new Error("wrong password") });
  down();
  down();
  listeners.tell("up", {});
  listeners.tell("gap", { topic: null, count: null });
  listeners.tell("dropped", { reason: "full", messages: 3, bytes: 30 });
  listeners.tell("dropped", { reason: "refused", messages: 1, bytes: 9, error: new Error("NOPERM") });
  for (const topic of ["a", "b"]) listeners.tell("refused", { topic, error: new Error("NOPERM") });
  const taken = (): unknown[] => errors.reports.splice(0);
  expect(taken()).toEqual([
    "The backplane is down: wrong password",
    "The backplane has dropped 3 messages (full)",
    'The backplane refuses the topic "a": NOPERM',
  ]);
  now = 10_000;
  down();
  listeners.tell("dropped", { reason: "refused", messages: 1, bytes: 9, error: new Error("NOPERM") });
  expect(taken()).toEqual([
    "The backplane is down: wrong password",
    "The backplane has dropped 1 message (refused: NOPERM)",
  ]);
  listeners.on("down", () => {});
  now = 20_000;
  down();
  expect(taken()).toEqual([]);
});

it("a function that is added twice is called twice, and a listener may end itself", () => {
  const listeners = new EventListeners();
  const calls: string[] = [];
  const listener = (): void => void calls.push("twice");
  listeners.on("up", listener);
  const off = listeners.on("up", listener);
  const once = listeners.on("up", () => {
    calls.push("once");
    once();
  });
  listeners.tell("up", {});
  off();
  listeners.tell("up", {});
  expect(calls).toEqual(["twice", "twice", "once", "twice"]);
});
