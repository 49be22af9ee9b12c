import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { encodeClosePayload, NO_STATUS } from "../close.ts";
import type { Event } from "../events.ts";
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT } from "../opcode.ts";
import { closeCode, controlPayload, type Frame, frame, type Sender, writeFrame } from "./frames.ts";
import { anyText, type Message, message, messagePayload } from "./messages.ts";
import { cut, cuts } from "./splits.ts";

/** The bytes of one side from the end of the handshake on, and the events of the other side. */
export interface Conversation {
  readonly from: Sender;
  readonly frames: readonly Frame[];
  /** The frames on the wire. */
  readonly bytes: Buffer;
  readonly events: readonly Event[];
}

interface Part {
  readonly frames: readonly Frame[];
  readonly events: readonly Event[];
}

/** A valid conversation: messages, fragmented or not, control frames between and inside them, perhaps a Close frame at the end. */
export function conversation(from: Sender): fc.Arbitrary<Conversation> {
  return fc
    .tuple(openConversation(from), fc.option(closing(from)))
    .map(([open, close]) => joined(from, close === null ? [open] : [open, close]));
}

/** A valid conversation that ends between two messages and without a Close frame. */
export function openConversation(from: Sender): fc.Arbitrary<Conversation> {
  const part = fc.oneof(
    { weight: 3, arbitrary: wholeMessage(from) },
    { weight: 1, arbitrary: control(from) },
  );
  return fc.array(part, { maxLength: 6 }).map((parts) => joined(from, parts));
}

/** One message in frames, cut anywhere, also inside a character (RFC 6455 §5.4), with control frames between them. */
export function wholeMessage(from: Sender): fc.Arbitrary<Part> {
  return message().chain((value) => {
    const payload = messagePayload(value);
    const places = fc.oneof(
      fc.constant<number[]>([]),
      payload.length <= 300 ? cuts(payload.length) : fc.constant([]),
    );
    return places.chain((at) => fragments(from, value, cut(payload, at)));
  });
}

/** Several parts as one conversation. */
export function joined(from: Sender, parts: readonly Part[]): Conversation {
  const frames = parts.flatMap((part) => part.frames);
  return {
    from,
    frames,
    bytes: Buffer.concat(frames.map(writeFrame)),
    events: parts.flatMap((part) => part.events),
  };
}

function fragments(from: Sender, value: Message, payloads: readonly Uint8Array[]): fc.Arbitrary<Part> {
  const parts = payloads.map((payload, i): fc.Arbitrary<Part> => {
    const opcode = i > 0 ? CONTINUATION : value.type === "text" ? TEXT : BINARY;
    const fin = i === payloads.length - 1;
    const data = frame(from, { fin, opcode, payload });
    return data.map((one) => ({ frames: [one], events: fin ? [value] : [] }));
  });
  const interleaved = parts.flatMap((part, i) => (i === 0 ? [part] : [sometimes(control(from)), part]));
  return fc.tuple(...interleaved).map((list) => joined(from, list));
}

function sometimes(part: fc.Arbitrary<Part>): fc.Arbitrary<Part> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant({ frames: [], events: [] }) },
    { weight: 1, arbitrary: part },
  );
}

function control(from: Sender): fc.Arbitrary<Part> {
  return fc.tuple(fc.constantFrom("ping", "pong"), controlPayload()).chain(([type, payload]) =>
    frame(from, { fin: true, opcode: type === "ping" ? PING : PONG, payload }).map((one) => ({
      frames: [one],
      events: [{ type, bytes: Buffer.from(payload) }],
    })),
  );
}

function closing(from: Sender): fc.Arbitrary<Part> {
  const status = fc.option(fc.record({ code: closeCode(), reason: anyText({ maxLength: 30 }) }));
  return status.chain((close) => {
    const payload = close === null ? new Uint8Array() : encodeClosePayload(close.code, close.reason);
    const event: Event = { type: "close", code: close?.code ?? NO_STATUS, reason: close?.reason ?? "" };
    return frame(from, { fin: true, opcode: CLOSE, payload }).map((one) => ({
      frames: [one],
      events: [event],
    }));
  });
}
