import { Buffer } from "node:buffer";
import { ACCEPT } from "../../src/exchange/run-reply.ts";
import { opening } from "../../src/rules/client/frames.ts";
import { closePayload } from "../../src/rules/websocket/frames.ts";
import type { ClientFault } from "./caller.ts";

/** How long the shortest reply is that shows the fault, as it is written by hand. */
export type PlantedClientFault = ClientFault & {
  readonly name: string;
  readonly rule: string;
  readonly shortest: number;
};

const ok = (lines: readonly string[], content = "") =>
  `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n${content}`.length;
const CHUNKED = "Transfer-Encoding: chunked";
/** The ping behind each trial of WebSocket. */
const PING_BYTES = 5;
/** A WebSocket that was opened, and so many bytes of frames. */
const open = (bytes: number) => opening().length + bytes + PING_BYTES;

/** A fault of a client for each kind of rule. */
export const clientFaults: readonly PlantedClientFault[] = [
  {
    name: "content that is cut is whole",
    rule: "rfc9112/8/client-incomplete-length",
    shortest: ok(["Content-Length: 1"]),
    takesIncomplete: true,
  },
  {
    name: "chunks that are cut are whole",
    rule: "rfc9112/8/client-incomplete-chunked",
    shortest: ok([CHUNKED]),
    takesIncomplete: true,
  },
  {
    name: "Transfer-Encoding is passed over",
    rule: "rfc9112/6.3/client-te-and-cl",
    shortest: ok([CHUNKED, "Content-Length: 0"], "1\r\na\r\n0\r\n\r\n"),
    input: (text) => text.replace(/^transfer-encoding:.*\r\n/im, ""),
  },
  {
    name: "a coding that is not known is passed over",
    rule: "rfc9112/6.3/client-te-unknown",
    shortest: ok(["Transfer-Encoding: x", "Content-Length: 0"], "a"),
    input: (text) => text.replace(/^transfer-encoding: x.*\r\n/im, ""),
  },
  {
    name: "the first of two lengths counts",
    rule: "rfc9112/6.3/client-length-invalid",
    shortest: ok(["Content-Length: 1", "Content-Length: 0"], "a"),
    input: (text) => text.replace(/^(Content-Length: 5\r\n)Content-Length:.*\r\n/m, "$1"),
  },
  {
    name: "what stands where a chunk ends is passed over",
    rule: "rfc9112/7.1/client-chunk-end",
    shortest: ok([CHUNKED], "1\r\naXX0\r\n\r\n"),
    input: (text) => text.replace("helloXX", "hello\r\n"),
  },
  {
    name: "a chunk size counts up to 64 bits",
    rule: "rfc9112/7.1/client-size-too-large",
    shortest: ok([CHUNKED], "10000000000000001\r\na\r\n0\r\n\r\n"),
    input: (text) => text.replace("\r\n10000000000000005\r\n", "\r\n5\r\n"),
  },
  {
    name: "a chunk size may begin with 0x",
    rule: "rfc9112/7.1/client-size",
    shortest: ok([CHUNKED], "0x1\r\na\r\n0\r\n\r\n"),
    input: (text) => text.replace("\r\n0x5\r\n", "\r\n5\r\n"),
  },
  {
    name: "interim responses that are not known are final",
    rule: "rfc9110/15.2/client-interim",
    shortest: "HTTP/1.1 199 x\r\n\r\n".length + ok(["Content-Length: 0"]),
    input: (text) => text.replace("HTTP/1.1 199", "HTTP/1.1 299"),
  },
  {
    name: "content of HEAD is waited for",
    rule: "rfc9112/6.3/client-no-content",
    shortest: ok(["Content-Length: 1"]),
    forgetsMethod: true,
  },
  {
    name: "the accept is not checked",
    rule: "rfc6455/4.1/client-accept",
    shortest: open(-`Sec-WebSocket-Accept: ${ACCEPT}\r\n`.length),
    opensAlways: true,
  },
  {
    name: "the connection of a WebSocket that it refuses is left open",
    rule: "rfc6455/7.1.7/client-tcp-closed",
    shortest: open(-`Sec-WebSocket-Accept: ${ACCEPT}\r\n`.length),
    staysConnected: true,
  },
  {
    name: "the accept has to be the last line",
    rule: "rfc6455/4.1/client-field-grammar",
    shortest: open(0),
    opensOnlyIf: (head) => /^sec-websocket-accept:[^\n]*$/im.test(head.split("\r\n").at(-1)!),
  },
  {
    name: "the response has to come in one packet",
    rule: "rfc6455/4.1/client-field-grammar",
    shortest: open(0),
    opensOnlyIf: (_, packets) => packets === 1,
  },
  {
    name: "a subprotocol may be any",
    rule: "rfc6455/4.1/client-protocol",
    shortest: open("Sec-WebSocket-Protocol: x\r\n".length),
    opensAlways: true,
  },
  {
    name: "a mask is taken off",
    rule: "rfc6455/5.1/client-masked",
    shortest: open(6),
    incoming: (frame) => ({ ...frame, maskKey: null }),
  },
  {
    name: "reserved bits are passed over",
    rule: "rfc6455/5.2/client-rsv",
    shortest: open(2),
    incoming: (frame) => ({ ...frame, rsv: 0 }),
  },
  {
    name: "text may have any bytes",
    rule: "rfc6455/8.1/client-invalid",
    shortest: open(3),
    incoming: (frame) => ({ ...frame, opcode: frame.opcode === 1 ? 2 : frame.opcode }),
  },
  {
    name: "its frames are not masked",
    rule: "rfc6455/5.1/client-masks",
    shortest: open(127),
    outgoing: (frame) => (frame.payload.length === 125 ? { ...frame, maskKey: null } : frame),
  },
  {
    name: "long pongs are empty",
    rule: "rfc6455/5.5.2/client-pong",
    shortest: open(103),
    outgoing: (frame) => (frame.payload.length > 100 ? { ...frame, payload: Buffer.alloc(0) } : frame),
  },
  {
    name: "a Close frame gets no response",
    rule: "rfc6455/5.5.1/client-close",
    shortest: open(2),
    outgoing: (frame) => (frame.opcode === 8 ? null : frame),
  },
  {
    name: "1005 comes back",
    rule: "rfc6455/7.4.1/client-code-never-sent",
    shortest: open(4),
    outgoing: (frame) => (frame.opcode === 8 ? { ...frame, payload: closePayload(1005) } : frame),
  },
];
