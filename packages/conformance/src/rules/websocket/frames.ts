import { Buffer } from "node:buffer";
import { type Frame, type Message, messagePayload, writeFrame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { Exchange, Trial } from "../../exchange/exchange.ts";
import { deciding, head } from "../requests.ts";
import type { Site } from "../rule.ts";

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** The key of RFC 6455 §1.3. */
export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
/**
 * The payload of the ping that ends a conversation: its pong shows that all before it has been read. No other ping of a trial has it.
 */
export const CANARY: Uint8Array = Buffer.from("end");

/** With such a key a payload can be read in a report. */
const ZEROS = Uint8Array.of(0, 0, 0, 0);

/** The field lines of a valid handshake, besides Host. */
export const UPGRADE_LINES: readonly string[] = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Key: ${KEY}`,
];

/** A valid handshake with more field lines. */
export function handshake({ host, path }: Site, fields: readonly string[] = []): string {
  return head(`GET ${path} HTTP/1.1`, [`Host: ${host}`, ...UPGRADE_LINES, ...fields]);
}

/** A handshake to which the response decides. */
export function offering(bytes: string, method: string): Trial {
  const { exchanges } = deciding(bytes, method);
  return { exchanges: exchanges.map((one) => ({ ...one, upgrade: "websocket" })) };
}

/** A frame of ours: valid, but for the parts that are given. */
export function frame(parts: Partial<Frame>): Frame {
  return { fin: true, rsv: 0, opcode: BINARY, maskKey: ZEROS, payload: new Uint8Array(), ...parts };
}

export const bytesOf = (text: string): Uint8Array => Buffer.from(text);

export const canaryFrame: Frame = frame({ opcode: PING, payload: CANARY });

/** The pong to it, as a server sends it. */
export const CANARY_PONG: Uint8Array = writeFrame(frame({ opcode: PONG, payload: CANARY, maskKey: null }));

/** The payload of a Close frame. */
export function closePayload(code: number, reason: string | Uint8Array = ""): Uint8Array {
  return Buffer.concat([Uint8Array.of(code >> 8, code & 255), Buffer.from(reason as Uint8Array)]);
}

export interface SendOptions {
  /** A value of Sec-WebSocket-Extensions in the handshake. */
  readonly offer?: string | null;
  /** Without it the canary is behind the frames, and its pong, or a Close frame, is the end. */
  readonly until?: "closed";
  /** How many messages the target owes. */
  readonly messages?: number;
  /** The canary waits until something has come back. */
  readonly apart?: true;
  /** Where the bytes of the frames are cut into packets. */
  readonly cuts?: readonly number[];
}

/** An exchange that opens a WebSocket and sends these frames. */
export function conversation(
  site: Site,
  frames: readonly Frame[],
  { offer = null, until, messages = 0, cuts = [], apart }: SendOptions = {},
): Exchange {
  const sent = until === "closed" || apart ? frames : [...frames, canaryFrame];
  const bytes = Buffer.concat(sent.map(writeFrame));
  const ends = [...cuts.filter((at) => at > 0 && at < bytes.length), bytes.length];
  const fields = offer === null ? [] : [`Sec-WebSocket-Extensions: ${offer}`];
  return {
    pieces: [
      { bytes: Buffer.from(handshake(site, fields)), after: "turn" },
      ...ends.map((end, i) => ({
        bytes: bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end),
        after: i === 0 ? ("response" as const) : ("turn" as const),
      })),
      ...(apart ? [{ bytes: writeFrame(canaryFrame), after: "response" as const }] : []),
    ],
    methods: ["GET"],
    until: until ?? { bytes: CANARY_PONG },
    halfClose: false,
    upgrade: "websocket",
    messages,
  };
}

/** A trial of one conversation. */
export function sends(site: Site, frames: readonly Frame[], options: SendOptions = {}): Trial {
  return { exchanges: [conversation(site, frames, options)] };
}

/** Masking keys. They shrink to zeros at once, since the key is hardly ever the point. */
export const keys: fc.Arbitrary<Uint8Array> = fc.constantFrom(
  ZEROS,
  Uint8Array.of(0x37, 0xfa, 0x21, 0x3d),
  Uint8Array.of(0, 255, 1, 128),
);

/** Payloads of pings and pongs that are not the canary's. */
export const controlPayloads: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    { withCrossShrink: true },
    { weight: 9, arbitrary: fc.uint8Array({ maxLength: 12 }) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 125, maxLength: 125 }) },
  )
  .filter((payload) => !Buffer.from(payload).equals(CANARY));

/** A short message in one frame. */
export const shortMessages: fc.Arbitrary<Frame> = fc
  .tuple(fc.constantFrom(BINARY, TEXT), fc.string({ unit: "grapheme-ascii", maxLength: 5 }), keys)
  .map(([opcode, text, maskKey]) => frame({ opcode, payload: bytesOf(text), maskKey }));

/** Nothing, or some short messages. */
export const before: fc.Arbitrary<readonly Frame[]> = fc.array(shortMessages, { maxLength: 2 });

/** A message in frames whose payloads end at the cuts. */
export function fragments(message: Message, cuts: readonly number[], maskKey: Uint8Array): Frame[] {
  const payload = messagePayload(message);
  const ends = [...cuts, payload.length];
  return ends.map((end, i) =>
    frame({
      fin: i === ends.length - 1,
      opcode: i > 0 ? CONTINUATION : message.type === "text" ? TEXT : BINARY,
      payload: payload.subarray(i === 0 ? 0 : ends[i - 1]!, end),
      maskKey,
    }),
  );
}

/** Places to cut `length` bytes at, the ends included, so that fragments may be empty. */
export function cutsOf(length: number, maxLength = 4): fc.Arbitrary<readonly number[]> {
  return fc.array(fc.nat(length), { maxLength }).map((cuts) => [...cuts].sort((a, b) => a - b));
}
