import { Buffer, isUtf8 } from "node:buffer";
import { frame } from "../../../src/rules/websocket/frames.ts";
import {
  a,
  BINARY,
  canary,
  each,
  hangs,
  PING,
  type PlantedFault,
  PONG,
  recoded,
  sending,
  TEXT,
  ZEROS,
} from "./planted-fault.ts";

/** Frames, messages, text, and pings. */
export const messageFaults: readonly PlantedFault[] = [
  {
    name: "a frame need not be masked",
    rule: "rfc6455/5.1/unmasked",
    incoming: (one) => ({ ...one, maskKey: one.maskKey ?? ZEROS }),
    shortest: sending([{ maskKey: null }, canary]),
  },
  {
    name: "reserved bits are passed over",
    rule: "rfc6455/5.2/rsv",
    incoming: (one) => ({ ...one, rsv: 0 }),
    shortest: sending([{ rsv: 1 }, canary]),
  },
  {
    name: "an unknown data frame is binary",
    rule: "rfc6455/5.2/opcode-data",
    incoming: (one) => ({ ...one, opcode: one.opcode > 2 && one.opcode < 8 ? BINARY : one.opcode }),
    shortest: sending([{ opcode: 3 }, canary]),
  },
  {
    name: "an unknown control frame is passed over",
    rule: "rfc6455/5.2/opcode-control",
    incoming: (one) => (one.opcode > 10 ? [] : one),
    shortest: sending([{ opcode: 11 }, canary]),
  },
  {
    name: "a length may have any form",
    rule: "rfc6455/5.2/length-minimal",
    incoming: ({ lengthBits: _, ...one }) => one,
    shortest: sending([{ lengthBits: 16 }, canary]),
  },
  {
    name: "it waits for 2^63 bytes",
    rule: "rfc6455/5.2/length-high-bit",
    ...hangs((bytes) => bytes.includes(Buffer.of(255, 128))),
    shortest: sending([{ announced: 1n << 63n }, canary]),
  },
  {
    name: "a long control frame is cut",
    rule: "rfc6455/5.5/control-long",
    incoming: (one) => ({ ...one, payload: one.opcode > 7 ? one.payload.subarray(0, 125) : one.payload }),
    shortest: sending([{ opcode: PING, payload: Buffer.alloc(126) }, canary]),
  },
  {
    name: "FIN of a control frame is not looked at",
    rule: "rfc6455/5.5/control-fragmented",
    incoming: (one) => ({ ...one, fin: one.fin || one.opcode > 7 }),
    shortest: sending([{ opcode: PING, fin: false }, canary]),
  },
  {
    name: "a continuation begins a message",
    rule: "rfc6455/5.4/continuation-alone",
    incoming: (one, { isOpen }) => ({ ...one, opcode: one.opcode === 0 && !isOpen ? BINARY : one.opcode }),
    shortest: sending([{ opcode: 0 }, canary]),
  },
  {
    name: "a new message continues the one before",
    rule: "rfc6455/5.4/interleaved",
    incoming: (one, { isOpen }) => ({ ...one, opcode: one.opcode < 8 && isOpen ? 0 : one.opcode }),
    shortest: sending([{ fin: false }, { opcode: BINARY }, canary]),
  },
  {
    name: "the key is read as signed",
    rule: "rfc6455/5.3/masking",
    incoming: (one) => {
      const isWrong = (one.maskKey?.[3] ?? 0) > 127;
      return {
        ...one,
        payload: isWrong && one.opcode < 8 ? one.payload.map((byte) => byte ^ 1) : one.payload,
      };
    },
    shortest: sending([{ opcode: TEXT, payload: a }, canary]),
  },
  {
    name: "an empty message is lost",
    rule: "rfc6455/5.6/echo",
    echo: (message) => (message.length === 0 ? null : message),
    shortest: sending([{}, canary]),
  },
  {
    name: "a short text comes back as binary",
    rule: "rfc6455/5.6/echo",
    echo: (message) => (message.length === 1 ? Buffer.of(0) : message),
    shortest: sending([{ opcode: TEXT, payload: a }, canary]),
  },
  {
    name: "a message of 65,535 bytes is lost",
    rule: "rfc6455/5.2/lengths",
    echo: (message) => (message.length === 65_535 ? null : message),
    shortest: sending([{ payload: Buffer.alloc(65_535) }, canary]),
  },
  {
    name: "an empty fragment does not end a message",
    rule: "rfc6455/5.4/fragments",
    incoming: (one) => ({ ...one, fin: one.fin && (one.opcode !== 0 || one.payload.length > 0) }),
    shortest: sending([{ fin: false }, { opcode: 0 }, canary]),
  },
  {
    name: "a ping ends a message",
    rule: "rfc6455/5.4/control-between",
    incoming: (one, { isOpen }) => (isOpen && one.opcode === PING ? [frame({ opcode: 0 }), one] : one),
    shortest: sending([{ fin: false }, { opcode: PING }, { opcode: 0 }, canary]),
  },
  {
    name: "binary must be UTF-8",
    rule: "rfc6455/5.6/binary",
    echo: (message) => (typeof message === "string" || isUtf8(message) ? message : null),
    shortest: sending([{ payload: a }, canary]),
  },
  {
    name: "a packet of one byte is lost",
    rule: "rfc6455/6.2/any-cut",
    packet: (bytes) => (bytes.length === 1 ? Buffer.alloc(0) : bytes),
    shortest: sending([{}, canary]),
  },
  {
    name: "each fragment must be UTF-8",
    rule: "rfc6455/8.1/valid",
    incoming: (one) => (one.opcode === TEXT && !one.fin && !isUtf8(one.payload) ? { ...one, rsv: 1 } : one),
    shortest: sending([{ opcode: TEXT, fin: false, payload: a }, { opcode: 0, payload: a }, canary]),
  },
  {
    name: "text may have any bytes",
    rule: "rfc6455/8.1/invalid",
    incoming: (one) => (one.opcode === TEXT ? { ...one, opcode: BINARY } : one),
    outgoing: each((one) => (one.opcode === BINARY ? { ...one, opcode: TEXT } : one)),
    shortest: sending([{ opcode: TEXT, payload: a }, canary]),
  },
  {
    name: "half a character at the end is cut off",
    rule: "rfc6455/8.1/incomplete",
    incoming: (one) => {
      let { payload } = one;
      for (let i = 0; i < 3 && one.opcode < 3 && one.fin && !isUtf8(payload); i++)
        payload = payload.subarray(0, -1);
      return { ...one, payload };
    },
    shortest: sending([{ opcode: TEXT, payload: a }, canary]),
  },
  {
    name: "1002 for text that is no UTF-8",
    rule: "rfc6455/7.4.1/code-1007",
    outgoing: recoded(1007, 1002),
    shortest: sending([{ opcode: TEXT, payload: a }, canary]),
  },
  {
    name: "text is checked when its frame is whole",
    rule: "rfc6455/8.1/fails-fast",
    incoming: (one) => one,
    shortest: sending([{ opcode: TEXT, payload: a }]),
  },
  {
    name: "a long pong is cut",
    rule: "rfc6455/5.5.2/pong",
    outgoing: each((one) => ({
      ...one,
      payload: one.opcode === PONG ? one.payload.subarray(0, 5) : one.payload,
    })),
    shortest: sending([{ opcode: PING, payload: Buffer.alloc(6) }, canary]),
  },
  {
    name: "pongs come the last one first",
    rule: "rfc6455/5.5.2/pongs-in-order",
    outgoing: (frames) => [...frames].reverse(),
    shortest: sending([{ opcode: PING }, canary]),
  },
  {
    name: "pings inside a message are passed over",
    rule: "rfc6455/5.5.2/pong-inside-message",
    incoming: (one, { isOpen }) => (isOpen && one.opcode === PING ? [] : one),
    shortest: sending([{ fin: false }, canary]),
  },
  {
    name: "a pong is answered by one",
    rule: "rfc6455/5.5.3/unsolicited-pong",
    incoming: (one) => (one.opcode === PONG ? { ...one, opcode: PING } : one),
    shortest: sending([{ opcode: PONG }, canary]),
  },
  {
    name: "many pings are too many",
    rule: "rfc6455/5.5.2/ping-flood",
    ...hangs((bytes) => bytes.length > 12_000),
    shortest: sending([...Array.from({ length: 3000 }, () => ({ opcode: PING })), canary]),
  },
];
