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
