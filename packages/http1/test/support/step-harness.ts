import { Buffer } from "node:buffer";
import type { Closed, Data, End } from "../../src/events.ts";
import { bytesOf } from "./check.ts";
import { drain, feed, type Machine } from "./feed.ts";
import { Recorder } from "./recorder.ts";

/** An event of either role as something to compare: the text of data, the trailers of an end. */
export type SeenContent = ["data", string] | ["end", ...string[]] | ["closed"];

/** A connection for tests that go through it step by step: text in; events, and text that was written, out. */
export abstract class StepHarness<Event, Seen> {
  abstract readonly connection: Machine<Event>;
  readonly output: Recorder = new Recorder();

  /** Receives the text and takes all events that it makes possible. */
  receive(text: string | Uint8Array): Seen[] {
    const seen: Seen[] = [];
    feed(this.connection, bytesOf(text), (event) => seen.push(this.see(event)));
    return seen;
  }

  /** Takes the events that a call of the connection, or the end of input, has made possible. */
  next(): Seen[] {
    const seen: Seen[] = [];
    drain(this.connection, (event) => seen.push(this.see(event)));
    return seen;
  }

  end(): Seen[] {
    this.connection.receiveEnd();
    return this.next();
  }

  /** The bytes that were written since the last call. */
  written(): string {
    return this.output.take();
  }

  protected abstract see(event: Event): Seen;
}

export function seeContent(event: Data | End | Closed): SeenContent {
  if (event.type === "data") return ["data", Buffer.from(event.bytes).toString("latin1")];
  return event.type === "end" ? ["end", ...event.trailers.list] : ["closed"];
}
