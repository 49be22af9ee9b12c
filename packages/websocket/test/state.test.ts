import { describe, expect, it } from "vitest";
import { isFinal, isReading, nextState, type State, type Transition } from "../src/state.ts";

const run = (...transitions: Transition[]) => transitions.reduce<State>(nextState, "OPEN");

describe("the close handshake (RFC 6455 §7.1)", () => {
  it("is done when both have sent a Close frame, whoever began", () => {
    expect(run("close-sent")).toBe("CLOSING_LOCAL");
    expect(run("close-sent", "close-received")).toBe("CLOSED");
    expect(run("close-received")).toBe("CLOSING_REMOTE");
    expect(run("close-received", "close-sent")).toBe("CLOSED");
  });

  it.each<Transition[]>([
    [],
    ["close-sent"],
    ["close-received"],
  ])("fails from any state before its end", (...before) => {
    expect(run(...before, "failure")).toBe("FAILED");
  });

  it.each<Transition>([
    "close-sent",
    "close-received",
    "failure",
  ])("ends in a state that %s does not leave", (again) => {
    expect(run("close-sent", "close-received", again)).toBe("CLOSED");
    expect(run("failure", again)).toBe("FAILED");
  });
});

it("reads until the peer has said that it is done (§1.4)", () => {
  const states: State[] = ["OPEN", "CLOSING_LOCAL", "CLOSING_REMOTE", "CLOSED", "FAILED"];
  expect(states.filter(isReading)).toEqual(["OPEN", "CLOSING_LOCAL"]);
});

it("is over when both have said goodbye, or one side has failed", () => {
  const states: State[] = ["OPEN", "CLOSING_LOCAL", "CLOSING_REMOTE", "CLOSED", "FAILED"];
  expect(states.filter(isFinal)).toEqual(["CLOSED", "FAILED"]);
});
