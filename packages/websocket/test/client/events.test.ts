import { describe, expect, it } from "vitest";
import { CloseEvent, ErrorEvent, errorEvent } from "../../src/client/events.ts";

describe("CloseEvent", () => {
  it("is the platform's, or like it", () => {
    if ("CloseEvent" in globalThis) expect(CloseEvent).toBe(Reflect.get(globalThis, "CloseEvent"));
    const event = new CloseEvent("close", { wasClean: true, code: 1000, reason: "why" });
    expect(event).toBeInstanceOf(Event);
    const { type, wasClean, code, reason, bubbles, cancelable } = event;
    expect({ type, wasClean, code, reason, bubbles, cancelable }).toEqual({
      type: "close",
      wasClean: true,
      code: 1000,
      reason: "why",
      bubbles: false,
      cancelable: false,
    });
    expect(CloseEvent.name).toBe("CloseEvent");
    expect(String(event)).toBe("[object CloseEvent]");
  });

  it("has defaults", () => {
    const { wasClean, code, reason } = new CloseEvent("x");
    expect([wasClean, code, reason]).toEqual([false, 0, ""]);
  });
});

describe("ErrorEvent", () => {
  it("is the platform's, or like it", () => {
    if ("ErrorEvent" in globalThis) expect(ErrorEvent).toBe(Reflect.get(globalThis, "ErrorEvent"));
    const error = new Error("why");
    const event = new ErrorEvent("error", { message: "what", error });
    expect(event).toBeInstanceOf(Event);
    const { type, message, filename, lineno, colno } = event;
    expect([type, message, filename, lineno, colno]).toEqual(["error", "what", "", 0, 0]);
    expect(event.error).toBe(error);
    expect(ErrorEvent.name).toBe("ErrorEvent");
    expect(String(event)).toBe("[object ErrorEvent]");
    expect(new ErrorEvent("x").message).toBe("");
  });
});

describe.each<[string, new (...args: never[]) => Event, object, object]>([
  [
    "CloseEvent",
    CloseEvent,
    { code: "66536", reason: "\ud800", wasClean: 1 },
    { code: 1000, reason: "\ufffd", wasClean: true },
  ],
  [
    "ErrorEvent",
    ErrorEvent,
    { message: 5, filename: 6, lineno: "7", colno: 8.5 },
    { message: "5", filename: "6", lineno: 7, colno: 8 },
  ],
])("%s by Web IDL", (_name, eventClass, given, converted) => {
  const make = (...args: unknown[]): Event => Reflect.construct(eventClass, args) as Event;

  it("converts initial values", () => {
    expect(make("x", given)).toMatchObject(converted);
    expect(() =>
      make("x", Object.fromEntries(Object.keys(given).map((name) => [name, Symbol("s")]))),
    ).toThrow(TypeError);
  });

  it("has the initial values of any event", () => {
    const init = { bubbles: true, cancelable: true, composed: true };
    expect(make("x", init)).toMatchObject(init);
  });

  it("needs a type, and an object if there are initial values", () => {
    expect(() => make()).toThrow(TypeError);
    expect(() => make("x", 5)).toThrow(TypeError);
    expect(make("x", null).type).toBe("x");
    expect(make("x", undefined).type).toBe("x");
    expect(make(undefined).type).toBe("undefined");
  });

  it("has enumerable members", () => {
    expect(Object.keys(eventClass.prototype)).toEqual(expect.arrayContaining(Object.keys(given)));
  });
});

describe("errorEvent", () => {
  it("has the error's message", () => {
    const error = new Error("why");
    expect(errorEvent(error)).toMatchObject({ type: "error", message: "why", error });
  });

  it("has the message of each address's error when all have failed", () => {
    const error = new AggregateError([new Error("first"), "second"]);
    expect(errorEvent(error).message).toBe("first; second");
  });
});
