import { pause } from "./pauses.ts";
import type { OddValue, Pause, Step } from "./script.ts";
import type { Trace } from "./trace.ts";

/** The outcome of one step of a body. */
export type Act =
  | { readonly do: "give"; readonly value: unknown }
  | { readonly do: "wait"; readonly until: Promise<void> }
  | { readonly do: "error" | "throw" | "end" };

/** The error of every script: only the `error` handler sees it. */
export class ScriptError extends Error {
  override name = "ScriptError";
}

/** Walks through a script's steps. */
export class Steps {
  readonly #steps: readonly Step[];
  readonly #forever: boolean;
  readonly #trace: Trace;
  #at = 0;
  /** Whether a step has given something since the beginning. */
  #gave = true;

  constructor(steps: readonly Step[], forever: boolean, trace: Trace) {
    this.#steps = steps;
    this.#forever = forever && steps.length > 0;
    this.#trace = trace;
  }

  next(): Act {
    const step = this.#steps[this.#at];
    if (step === undefined) {
      if (!this.#forever) return { do: "end" };
      this.#at = 0;
      const gave = this.#gave;
      this.#gave = false;
      // A body that waits in ticks without end and gives nothing blocks the event loop itself.
      return gave ? this.next() : { do: "wait", until: pause("turn") };
    }
    this.#at++;
    switch (step.do) {
      case "chunk":
        this.#gave = true;
        return { do: "give", value: bytes(step.size) };
      case "odd":
        this.#gave = true;
        return { do: "give", value: odd(step.value) };
      case "wait":
        return { do: "wait", until: pause(step.for as Pause) };
      case "hang":
        return { do: "wait", until: this.#trace.hang() };
      default:
        return { do: step.do };
    }
  }
}

export function bytes(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).fill(0x61);
}

function odd(value: OddValue): unknown {
  switch (value) {
    case "text":
      return "Žluťoučký kůň";
    case "number":
      return 7;
    case "null":
      return null;
    case "undefined":
      return undefined;
    case "object":
      return { length: 3 };
    case "buffer":
      return new ArrayBuffer(5);
    case "view":
      return new DataView(new ArrayBuffer(8), 2, 3);
    case "detached": {
      const view = bytes(100);
      structuredClone(view.buffer, { transfer: [view.buffer] });
      return view;
    }
  }
}
