import { Buffer, isUtf8 } from "node:buffer";
import { constants, inflateRawSync } from "node:zlib";
import type { ErrorCode } from "@mantou/websocket";
import { type Frame, text } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { ReceivedFrame } from "../../exchange/frame-reader.ts";
import type { Rule } from "../rule.ts";
import { deflated, offersOf } from "./deflated.ts";
import type { DeflateAgreement, WebSocketFacts } from "./facts.ts";
import { BINARY, bytesOf, CLOSE, closePayload, frame, PING, sends, TEXT } from "./frames.ts";
import { all, broken, describe, needsDeflate, needsEcho } from "./judges.ts";
import { agreedDeflate, received } from "./received.ts";

const isValidMessage = ({ opcode, payload }: Frame) =>
  opcode === BINARY || (opcode === TEXT && isUtf8(payload));

/** Conversations of each kind, but for Close frames with a code that none may have, to see what the target sends: messages, pongs, Close frames of its own and in response. */
const anything: Rule<WebSocketFacts>["arbitrary"] = (site, facts) =>
  fc
    .tuple(
      fc.constantFrom<readonly Frame[]>(
        [],
        [frame({ opcode: PING, payload: bytesOf("a") })],
        [frame({ opcode: TEXT, payload: bytesOf("a") })],
        [frame({ opcode: BINARY, payload: Buffer.alloc(126, 1) })],
        [frame({ opcode: TEXT, payload: Buffer.alloc(65_536, "a") })],
        [frame({ opcode: TEXT })],
        [frame({ opcode: PING, payload: Buffer.alloc(125, 1) })],
        [frame({ opcode: CLOSE, payload: closePayload(1000, "a") })],
        [frame({ opcode: CLOSE })],
        [frame({ opcode: CLOSE, payload: closePayload(3000) })],
        [frame({ opcode: TEXT, payload: Uint8Array.of(255) })],
        [frame({ opcode: 3 })],
      ),
      fc.constantFrom(null, ...facts.deflate.map(({ offer }) => offer).slice(0, 3)),
    )
    .map(([frames, offer]) => {
      const messages = frames.filter(isValidMessage).length;
      return sends(site, frames, { offer, messages: facts.noEcho === null ? messages : 0 });
    });

/** A rule that what the target sends breaks no row of our client role's table. */
function sendsNo(
  id: string,
  section: string,
  says: string,
  codes: readonly ErrorCode[],
): Rule<WebSocketFacts> {
  return {
    id,
    level: "must",
    section,
    says,
    arbitrary: anything,
    judge: ([outcome]) => {
      const last = received(outcome!)?.events.at(-1);
      return last?.type === "error" && codes.includes(last.error.code)
        ? broken("frames that a client may read", outcome!)
        : null;
    },
    reuses: true,
    mostRuns: 52,
  };
}

/** zlib looks at distances past its window only where its output begins anew. */
const CHUNK = 64;
const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: CHUNK };
const EMPTY_BLOCK = Buffer.from("0000ffff", "hex");

/** The compressed payloads of whole messages. */
function compressedPayloads(frames: readonly ReceivedFrame[]): readonly Buffer[] {
  const payloads: Buffer[] = [];
  let parts: Uint8Array[] | null = null;
  for (const { fin, rsv, opcode, payload } of frames) {
    if (opcode >= CLOSE) continue;
    if (opcode !== 0) parts = (rsv & 4) === 0 ? null : [];
    parts?.push(payload);
    if (fin && parts !== null) payloads.push(Buffer.concat([...parts, EMPTY_BLOCK]));
  }
  return payloads;
}

/** Each compressed message of the target can be read alone, by a window of so many bits. */
function readsAlone(due: string): Rule<WebSocketFacts>["judge"] {
  return ([outcome]) => {
    const read = received(outcome!);
    if (read === null) return null;
    const params = agreedDeflate(outcome!.responses[0]!);
    const windowBits = params?.serverMaxWindowBits ?? 15;
    try {
      for (const payload of compressedPayloads(read.frames))
        inflateRawSync(payload, { ...FLUSH, windowBits });
      return null;
    } catch (error) {
      return {
        due,
        got: `${describe(outcome!)}; a message refers too far back (${(error as Error).message})`,
      };
    }
  };
}

/** Bytes without a repetition that a compressor would find, but for the first ones at the end again. */
function farMatch(windowBits: number): Buffer {
  const bytes = Buffer.alloc(2 ** windowBits + CHUNK + 32);
  // A linear congruential generator: the same bytes each time.
  let state = 1;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return Buffer.concat([bytes, bytes.subarray(0, 32)]);
}

const hasWindow = ({ params }: DeflateAgreement) => params.serverMaxWindowBits < 15;
const isAlone = ({ params }: DeflateAgreement) => params.serverNoContextTakeover;

/** RFC 6455 §5 and RFC 7692 §7.2: what the server sends. */
export const serverFrames: readonly Rule<WebSocketFacts>[] = [
  sendsNo("rfc6455/5.1/server-mask", "RFC 6455 §5.1", "A server masks no frame.", ["MASK_FORBIDDEN"]),
  sendsNo(
    "rfc6455/5.2/server-rsv",
    "RFC 6455 §5.2, RFC 7692 §6",
    "A server sets no reserved bit but RSV1, of the first frame of a message, under permessage-deflate.",
    ["RESERVED_BITS"],
  ),
  sendsNo("rfc6455/5.2/server-opcode", "RFC 6455 §5.2", "A server uses no reserved opcode.", [
    "RESERVED_OPCODE",
  ]),
  sendsNo("rfc6455/5.2/server-length", "RFC 6455 §5.2", "A server writes lengths in their shortest form.", [
    "LENGTH_NOT_MINIMAL",
    "LENGTH_HIGH_BIT",
  ]),
  sendsNo(
    "rfc6455/5.5/server-control",
    "RFC 6455 §5.5",
    "The control frames of a server are not fragmented, and have up to 125 bytes.",
    ["CONTROL_FRAGMENTED", "CONTROL_TOO_LONG"],
  ),
  sendsNo(
    "rfc6455/5.4/server-fragments",
    "RFC 6455 §5.4",
    "The fragments of a server's message follow each other, and begin with its opcode.",
    ["CONTINUATION_WITHOUT_START", "MESSAGE_INTERRUPTED"],
  ),
  sendsNo("rfc6455/8.1/server-text", "RFC 6455 §5.6, §8.1", "The texts of a server are UTF-8.", [
    "TEXT_UTF8",
  ]),
  sendsNo(
    "rfc6455/7.4/server-close",
    "RFC 6455 §5.5.1, §7.4",
    "The Close frame of a server is empty, or has a code that may be sent, and a reason in UTF-8.",
    ["CLOSE_PAYLOAD", "CLOSE_CODE", "CLOSE_REASON_UTF8"],
  ),
  {
    id: "rfc7692/7.2.1/server-messages",
    level: "must",
    section: "RFC 7692 §7.2.1",
    says: "The compressed messages of a server can be decompressed, one after the other, under each agreement.",
    arbitrary: (site, facts) =>
      fc.tuple(offersOf(facts), fc.array(text(), { minLength: 1, maxLength: 4 })).map(([{ offer }, list]) =>
        sends(
          site,
          list.map((value) => frame({ opcode: TEXT, payload: bytesOf(value) })),
          {
            offer,
            messages: list.length,
          },
        ),
      ),
    applies: all(needsEcho, needsDeflate),
    judge: ([outcome]) => {
      const last = received(outcome!)?.events.at(-1);
      return last?.type === "error" && last.error.code === "UNDECODABLE"
        ? broken("messages that can be decompressed", outcome!)
        : null;
    },
    reuses: true,
    mostRuns: 60,
  },
  {
    id: "rfc7692/7.1.2.1/server-window",
    level: "must",
    section: "RFC 7692 §7.1.2.1, §7.2.1",
    says: "A server that has agreed to server_max_window_bits refers back within that window only.",
    arbitrary: (site, facts) =>
      offersOf(facts, hasWindow).map(({ offer, params }) =>
        sends(
          site,
          [frame({ rsv: 4, opcode: BINARY, payload: deflated(farMatch(params.serverMaxWindowBits)) })],
          { offer, messages: 1 },
        ),
      ),
    applies: all(needsEcho, needsDeflate, ({ deflate }) =>
      deflate.some(hasWindow) ? null : "the target agrees to no server_max_window_bits",
    ),
    judge: readsAlone("a message that a window of the agreed size reads"),
    mostRuns: 14,
  },
  {
    id: "rfc7692/7.1.1.1/server-takeover",
    level: "must",
    section: "RFC 7692 §7.1.1.1, §7.2.1",
    says: "A server that has agreed to server_no_context_takeover compresses each message alone.",
    arbitrary: (site, facts) =>
      fc
        .tuple(
          offersOf(facts, isAlone),
          fc.string({ unit: "grapheme-ascii", minLength: 12, maxLength: 20 }),
          // Some servers compress long messages only.
          fc.constantFrom(1, 100),
        )
        .map(([{ offer }, value, times]) => {
          const one = frame({ opcode: TEXT, payload: bytesOf(value.repeat(times)) });
          return sends(site, [one, one], { offer, messages: 2 });
        }),
    applies: all(needsEcho, needsDeflate, ({ deflate }) =>
      deflate.some(isAlone) ? null : "the target agrees to no server_no_context_takeover",
    ),
    judge: readsAlone("messages of which each can be decompressed alone"),
    reuses: true,
    mostRuns: 14,
  },
];
