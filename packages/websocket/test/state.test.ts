import { describe, expect, it } from "vitest";
import { isFinal, isReading, nextState, type State, type Transition } from "../src/state.ts";

const run = (...transitions: Transition[]) =>
  transitions.reduce<State>((state, transition) => nextState(transition, state), "open");

describe("the close handshake (RFC 6455 §7.1)", () => {
  it("is done when both have sent a Close frame, in any order", () => {
    expect(run("close-sent")).toBe("closing-local");
    expect(run("close-sent", "close-received")).toBe("closed");
    expect(run("close-received")).toBe("closing-remote");
    expect(run("close-received", "close-sent")).toBe("closed");
  });

  it.each<Transition[]>([
    [],
    ["close-sent"],
    ["close-received"],
  ])("fails from any state before its end", (...before) => {
    expect(run(...before, "failure")).toBe("failed");
  });

  it.each<Transition>([
    "close-sent",
    "close-received",
    "failure",
  ])("ends in a state that %s does not leave", (again) => {
    expect(run("close-sent", "close-received", again)).toBe("closed");
    expect(run("failure", again)).toBe("failed");
  });
});

it("reads until the peer's Close frame (§1.4)", () => {
  const states: State[] = ["open", "closing-local", "closing-remote", "closed", "failed"];
  expect(states.filter(isReading)).toEqual(["open", "closing-local"]);
});

it("is over after both Close frames, or a failure", () => {
  const states: State[] = ["open", "closing-local", "closing-remote", "closed", "failed"];
  expect(states.filter(isFinal)).toEqual(["closed", "failed"]);
});
