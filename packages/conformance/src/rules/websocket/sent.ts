import { Buffer } from "node:buffer";
import { Connection, type Event, PerMessageDeflate } from "@mantou/websocket";
import type { Exchange, Outcome } from "../../exchange/exchange.ts";
import { agreedDeflate, LIMITS, NOWHERE } from "./received.ts";

/** What a strict server reads in the frames of an exchange, under what was agreed: our own server role. An error is the last. */
export function sentEvents({ pieces }: Exchange, { responses }: Outcome): readonly Event[] {
  const params = responses[0] === undefined ? null : agreedDeflate(responses[0]);
  const codec = params === null ? {} : { codec: new PerMessageDeflate("server", params) };
  const machine = new Connection({ role: "server", output: NOWHERE, limits: LIMITS, ...codec });
  const events: Event[] = [];
  for (const { bytes } of pieces.slice(1)) {
    machine.receive(Buffer.from(bytes));
    for (let event = machine.next(); event !== null; event = machine.next()) events.push(event);
  }
  machine.receiveEnd();
  return events;
}

/** A text or binary message. */
export type MessageEvent = Extract<Event, { readonly type: "text" | "binary" }>;

export function messagesOf(events: readonly Event[]): readonly MessageEvent[] {
  return events.filter((event): event is MessageEvent => event.type === "text" || event.type === "binary");
}

export function isEqual(a: MessageEvent | undefined, b: MessageEvent | undefined): boolean {
  if (a?.type === "text") return b?.type === "text" && a.text === b.text;
  return a?.type === "binary" && b?.type === "binary" && a.bytes.equals(b.bytes);
}
