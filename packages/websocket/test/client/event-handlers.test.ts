import { describe, expect, it } from "vitest";
import { EventHandlers } from "../../src/client/event-handlers.ts";

function setUp(): {
  target: EventTarget;
  handlers: EventHandlers;
  calls: string[];
  call: (name: string) => () => void;
} {
  const target = new EventTarget();
  const calls: string[] = [];
  return { target, handlers: new EventHandlers(target), calls, call: (name) => () => void calls.push(name) };
}

describe("EventHandlers", () => {
  it("are called at the place where they were first set, whichever handler is set there later", () => {
    const { target, handlers, calls, call } = setUp();
    target.addEventListener("x", call("before"));
    handlers.set("x", call("first"));
    target.addEventListener("x", call("after"));
    handlers.set("x", call("second"));
    target.dispatchEvent(new Event("x"));
    expect(calls).toEqual(["before", "second", "after"]);
  });

  it("lose their place with null", () => {
    const { target, handlers, calls, call } = setUp();
    handlers.set("x", call("first"));
    target.addEventListener("x", call("listener"));
    handlers.set("x", null);
    target.dispatchEvent(new Event("x"));
    handlers.set("x", call("second"));
    target.dispatchEvent(new Event("x"));
    expect(calls).toEqual(["listener", "listener", "second"]);
    expect(handlers.get("x")).toBeTypeOf("function");
  });

  it("keep an object that cannot be called, and its place", () => {
    const { target, handlers, calls, call } = setUp();
    const object = { handleEvent: call("never") };
    handlers.set("x", object);
    target.addEventListener("x", call("listener"));
    target.dispatchEvent(new Event("x"));
    expect(handlers.get("x")).toBe(object);
    handlers.set("x", call("handler"));
    target.dispatchEvent(new Event("x"));
    expect(calls).toEqual(["listener", "handler", "listener"]);
  });

  it.each([undefined, 1, "f", true, Symbol("f")])("make null of %s", (value) => {
    const { handlers, call } = setUp();
    handlers.set("x", value);
    expect(handlers.get("x")).toBeNull();
    handlers.set("x", call("x"));
    handlers.set("x", value);
    expect(handlers.get("x")).toBeNull();
  });

  it("get the target as this and the event, and one that is removed while the event is under way is not called", () => {
    const { target, handlers } = setUp();
    const seen: unknown[] = [];
    handlers.set("x", function (this: unknown, ...args: unknown[]) {
      seen.push(this, ...args);
      handlers.set("y", null);
    });
    const event = new Event("x");
    target.dispatchEvent(event);
    expect(seen).toEqual([target, event]);
    target.addEventListener("y", () => handlers.set("y", null));
    handlers.set("y", () => seen.push("never"));
    target.dispatchEvent(new Event("y"));
    expect(seen).toHaveLength(2);
  });

  it("of different types know nothing of each other", () => {
    const { target, handlers, calls, call } = setUp();
    handlers.set("x", call("x"));
    handlers.set("y", call("y"));
    target.dispatchEvent(new Event("y"));
    expect(calls).toEqual(["y"]);
  });
});
