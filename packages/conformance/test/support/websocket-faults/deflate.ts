import { Buffer } from "node:buffer";
import { constants, inflateRawSync } from "node:zlib";
import { closePayload } from "../../../src/rules/websocket/frames.ts";
import {
  a,
  BINARY,
  CLOSE,
  canary,
  DEFLATE,
  each,
  PING,
  type PlantedFault,
  PONG,
  recoded,
  sending,
  TEXT,
  ZEROS,
} from "./planted-fault.ts";

/** What the server sends, and permessage-deflate. */
export const deflateFaults: readonly PlantedFault[] = [
  {
    name: "it masks its frames",
    rule: "rfc6455/5.1/server-mask",
    outgoing: each((one) => (one.opcode === TEXT ? { ...one, maskKey: ZEROS } : one)),
    shortest: sending([{ opcode: TEXT }, canary]),
  },
  {
    name: "it sets RSV2",
    rule: "rfc6455/5.2/server-rsv",
    outgoing: each((one) => (one.opcode === TEXT ? { ...one, rsv: one.rsv | 2 } : one)),
    shortest: sending([{ opcode: TEXT }, canary]),
  },
  {
    name: "it has an opcode of its own",
    rule: "rfc6455/5.2/server-opcode",
    outgoing: each((one) => (one.opcode === TEXT ? { ...one, opcode: 3 } : one)),
    shortest: sending([{ opcode: TEXT }, canary]),
  },
  {
    name: "it writes all lengths in 16 bits",
    rule: "rfc6455/5.2/server-length",
    outgoing: each((one) =>
      one.opcode === TEXT && one.payload.length < 126 ? { ...one, lengthBits: 16 } : one,
    ),
    shortest: sending([{ opcode: TEXT }, canary]),
  },
  {
    name: "its pongs have no FIN",
    rule: "rfc6455/5.5/server-control",
    outgoing: each((one) => (one.opcode === PONG && one.payload.length === 1 ? { ...one, fin: false } : one)),
    shortest: sending([{ opcode: PING, payload: a }, canary]),
  },
  {
    name: "each of its fragments has an opcode",
    rule: "rfc6455/5.4/server-fragments",
    outgoing: (frames) =>
      frames.flatMap((one) => (one.opcode === TEXT ? [{ ...one, fin: false }, one] : [one])),
    shortest: sending([{ opcode: TEXT }, canary]),
  },
  {
    name: "its texts are Latin-1",
    rule: "rfc6455/8.1/server-text",
    outgoing: each((one) =>
      one.opcode === TEXT && one.payload.length === 1 ? { ...one, payload: Uint8Array.of(233) } : one,
    ),
    shortest: sending([{ opcode: TEXT, payload: a }, canary]),
  },
  {
    name: "an empty Close frame gets 1005",
    rule: "rfc6455/7.4/server-close",
    outgoing: each((one) =>
      one.opcode === CLOSE && one.payload.length === 0 ? { ...one, payload: closePayload(1005) } : one,
    ),
    shortest: sending([{ opcode: CLOSE }]),
  },
  {
    name: "its compressed messages are broken",
    rule: "rfc7692/7.2.1/server-messages",
    outgoing: each((one) => (one.rsv === 4 ? { ...one, payload: Uint8Array.of(7) } : one)),
    shortest: sending([{ opcode: TEXT, payload: a }, canary], DEFLATE),
  },
  {
    name: "its window is the whole one",
    rule: "rfc7692/7.1.2.1/server-window",
    params: { serverMaxWindowBits: 15 },
    shortest: (h) =>
      sending([{ payload: Buffer.alloc(600) }, canary], `${DEFLATE}; server_max_window_bits=9`)(h),
  },
  {
    name: "it refers to the message before",
    rule: "rfc7692/7.1.1.1/server-takeover",
    params: { serverNoContextTakeover: false },
    shortest: sending(
      [{ opcode: TEXT, payload: Buffer.alloc(12) }, { opcode: TEXT, payload: Buffer.alloc(12) }, canary],
      `${DEFLATE}; server_no_context_takeover`,
    ),
  },
  {
    name: "the client's window is forgotten",
    rule: "rfc7692/7.2.3.2/takeover",
    params: { clientNoContextTakeover: true },
    shortest: sending([{ payload: Buffer.alloc(5) }, { payload: Buffer.alloc(5) }, canary], DEFLATE),
  },
  {
    name: "the client's window is too small",
    rule: "rfc7692/7.2.2/window",
    codec: (codec) => ({
      rsv1: true,
      decode: (payload) => {
        const options = { windowBits: 9, chunkSize: 64, finishFlush: constants.Z_SYNC_FLUSH };
        try {
          return inflateRawSync(Buffer.concat([payload, Buffer.from("0000ffff", "hex")]), options);
        } catch {
          return "UNDECODABLE";
        }
      },
      encode: (message) => codec.encode(message),
    }),
    shortest: sending([{ payload: Buffer.alloc(25) }, canary], DEFLATE),
  },
  {
    name: "a compressed message of more than twenty bytes is refused",
    rule: "rfc7692/7.2.2/messages",
    incoming: (one) => ({ ...one, rsv: one.rsv === 4 && one.payload.length > 20 ? 1 : one.rsv }),
    shortest: sending([{ payload: Buffer.alloc(21) }, canary], DEFLATE),
  },
  {
    name: "RSV1 is read with FIN only",
    rule: "rfc7692/6.2/fragments",
    incoming: (one) => ({ ...one, rsv: one.fin ? one.rsv : 0 }),
    shortest: sending([{ fin: false }, { payload: a }, canary], DEFLATE),
  },
  {
    name: "each message is decompressed",
    rule: "rfc7692/6.2/not-compressed",
    incoming: (one, { isDeflate }) => ({
      ...one,
      rsv: isDeflate && one.opcode < 3 && one.opcode > 0 ? 4 : one.rsv,
    }),
    shortest: sending([{ payload: a }, canary], DEFLATE),
  },
  {
    name: "an empty message is refused",
    rule: "rfc7692/7.2.3.6/empty",
    incoming: (one) => ({ ...one, rsv: one.rsv === 4 && one.payload.length === 1 ? 1 : one.rsv }),
    shortest: sending([{ payload: a }, canary], DEFLATE),
  },
  {
    name: "stored blocks are refused",
    rule: "rfc7692/7.2.3.3/stored",
    incoming: (one) => ({
      ...one,
      rsv: one.rsv === 4 && (one.payload[0]! & 6) === 0 && one.payload.length > 5 ? 1 : one.rsv,
    }),
    shortest: sending([{ payload: Buffer.alloc(7) }, canary], DEFLATE),
  },
  {
    name: "final blocks are refused",
    rule: "rfc7692/7.2.3.4/final",
    incoming: (one) => ({ ...one, rsv: one.rsv === 4 && (one.payload[0]! & 1) === 1 ? 1 : one.rsv }),
    shortest: sending([{ payload: Buffer.alloc(4) }, canary], DEFLATE),
  },
  {
    name: "RSV1 of control frames is passed over",
    rule: "rfc7692/6/rsv1-control",
    incoming: (one) => ({ ...one, rsv: one.opcode > 7 ? 0 : one.rsv }),
    shortest: sending([{ rsv: 4, opcode: PING }, canary], DEFLATE),
  },
  {
    name: "RSV1 of later fragments is passed over",
    rule: "rfc7692/6/rsv1-continuation",
    incoming: (one) => ({ ...one, rsv: one.opcode === 0 ? 0 : one.rsv }),
    shortest: sending([{ fin: false }, { rsv: 4, opcode: 0 }, canary], DEFLATE),
  },
  {
    name: "RSV2 and RSV3 are passed over",
    rule: "rfc7692/6/other-bits",
    incoming: (one) => ({ ...one, rsv: one.rsv & 4 }),
    shortest: sending([{ rsv: 1, payload: a }, canary], DEFLATE),
  },
  {
    name: "what cannot be decompressed is empty",
    rule: "rfc7692/7.2.2/invalid",
    codec: (codec) => ({
      rsv1: true,
      decode: (payload, most) => {
        const message = codec.decode(payload, most);
        return typeof message === "string" ? Buffer.alloc(0) : message;
      },
      encode: (message) => codec.encode(message),
    }),
    shortest: sending([{ payload: a }, canary], DEFLATE),
  },
  {
    name: "1011 for what cannot be decompressed",
    rule: "rfc7692/7.2.2/code",
    outgoing: recoded(1007, 1011),
    shortest: sending([{ payload: a }, canary], DEFLATE),
  },
  {
    name: "compressed text may have any bytes",
    rule: "rfc7692/6.2/utf8",
    incoming: (one) => (one.opcode === TEXT ? { ...one, opcode: BINARY } : one),
    outgoing: each((one) => (one.opcode === BINARY ? { ...one, opcode: TEXT } : one)),
    shortest: sending([{ payload: Buffer.alloc(3) }, canary], DEFLATE),
  },
];
