import { Buffer, isUtf8 } from "node:buffer";
import { closePayload, frame } from "../../../src/rules/websocket/frames.ts";
import {
  a,
  CLOSE,
  canary,
  codeIn,
  codeOf,
  DEFLATE,
  each,
  echoesClose,
  hangs,
  type PlantedFault,
  PONG,
  recoded,
  sending,
  TEXT,
} from "./planted-fault.ts";

/** The closing handshake, and limits. */
export const closingFaults: readonly PlantedFault[] = [
  {
    name: "a Close frame gets no response",
    rule: "rfc6455/5.5.1/close-answered",
    outgoing: (frames) => frames.filter(({ opcode }) => opcode !== CLOSE),
    shortest: sending([{ opcode: CLOSE }]),
  },
  {
    name: "TCP stays open behind Close frames",
    rule: "rfc6455/5.5.1/tcp-closed",
    staysOpen: "closed",
    shortest: sending([{ opcode: CLOSE }]),
  },
  {
    name: "the code in response is 1000",
    rule: "rfc6455/5.5.1/close-code-echoed",
    outgoing: each((one) => (codeOf(one) === null ? one : { ...one, payload: closePayload(1000) })),
    shortest: sending([{ opcode: CLOSE, payload: closePayload(1001) }]),
  },
  {
    name: "a pong behind the Close frame",
    rule: "rfc6455/5.5.1/nothing-behind-close",
    outgoing: (frames) =>
      frames.flatMap((one) => (one.opcode === CLOSE ? [one, frame({ opcode: PONG, maskKey: null })] : [one])),
    shortest: sending([{ opcode: CLOSE }, canary]),
  },
  {
    name: "1005 comes back",
    rule: "rfc6455/7.4.1/code-never-sent",
    ...echoesClose((payload) => [1005, 1006, 1015].includes(codeIn(payload))),
    shortest: sending([{ opcode: CLOSE, payload: closePayload(1005) }]),
  },
  {
    name: "codes of no meaning come back",
    rule: "rfc6455/7.4/code-invalid",
    ...echoesClose((payload) => codeIn(payload) > 1015 && codeIn(payload) < 3000),
    shortest: sending([{ opcode: CLOSE, payload: closePayload(1016) }]),
  },
  {
    name: "a payload of one byte comes back",
    rule: "rfc6455/5.5.1/close-body-of-one",
    ...echoesClose((payload) => payload.length === 1),
    shortest: sending([{ opcode: CLOSE, payload: a }]),
  },
  {
    name: "1000 for a payload of one byte",
    rule: "rfc6455/5.5.1/close-body-code",
    outgoing: recoded(1002, 1000),
    shortest: sending([{ opcode: CLOSE, payload: a }]),
  },
  {
    name: "a reason that is no UTF-8 comes back",
    rule: "rfc6455/5.5.1/close-reason",
    ...echoesClose((payload) => payload.length > 2 && !isUtf8(payload.subarray(2))),
    shortest: sending([{ opcode: CLOSE, payload: closePayload(1000, "a") }]),
  },
  {
    name: "1000 for a reason that is no UTF-8",
    rule: "rfc6455/5.5.1/close-reason-code",
    outgoing: recoded(1007, 1000),
    shortest: sending([{ opcode: CLOSE, payload: closePayload(1000, "a") }]),
  },
  {
    name: "a Close frame inside a message is passed over",
    rule: "rfc6455/5.5.1/close-inside-message",
    incoming: (one, { isOpen }) => (isOpen && one.opcode === CLOSE ? [] : one),
    shortest: sending([{ opcode: TEXT, fin: false }, { opcode: CLOSE }]),
  },
  {
    name: "1011 for errors of the protocol",
    rule: "rfc6455/7.1.7/code-1002",
    outgoing: recoded(1002, 1011),
    shortest: sending([{ rsv: 1 }, canary]),
  },
  {
    name: "a failed connection waits for a Close frame",
    rule: "rfc6455/7.1.7/tcp-closed",
    staysOpen: "failed",
    shortest: sending([{ rsv: 1 }]),
  },
  {
    name: "the client's end is not seen",
    rule: "rfc6455/7.2.1/end-without-close",
    hangsAtEnd: true,
    shortest: sending([]),
  },
  {
    name: "it waits for 2^62 bytes",
    rule: "rfc6455/10.4/frame-length",
    ...hangs((bytes) => bytes.includes(Buffer.of(255, 64))),
    shortest: sending([{ announced: 1n << 62n }, canary]),
  },
  {
    name: "1008 for a long message",
    rule: "rfc6455/7.4.1/code-1009",
    limits: { messageBytes: 100_000, frameBytes: 100_000 },
    outgoing: recoded(1009, 1008),
    shortest: sending([{ payload: Buffer.alloc(100_001) }, canary]),
  },
  {
    name: "many fragments are too many",
    rule: "rfc6455/10.4/many-fragments",
    ...hangs((bytes) => bytes.length > 30_000),
    shortest: sending([...Array.from({ length: 10_001 }, () => ({ fin: false })), canary]),
  },
  {
    name: "a long message is lost",
    rule: "rfc6455/10.4/bomb",
    echo: (message) => (message.length < 1_000_000 ? message : null),
    shortest: (h) => sending([canary], DEFLATE)(h) + 1028,
  },
];
