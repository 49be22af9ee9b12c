import { Buffer } from "node:buffer";
import type fc from "fast-check";
import type { Exchange, Trial } from "../../exchange/exchange.ts";
import { ACCEPT } from "../../exchange/run-reply.ts";
import type { Rule, Site } from "../rule.ts";
import type { WebSocketFacts } from "../websocket/facts.ts";
import { websocketRules } from "../websocket/index.ts";
import type { ClientFacts } from "./facts.ts";

const SITE: Site = { host: "a", tls: false, path: "/", method: "GET", echo: null };
const OPEN = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n`;

/** The response that opens a WebSocket, with more field lines. */
export function opening(fields: readonly string[] = []): Buffer {
  return Buffer.from(`${OPEN}${fields.map((line) => `${line}\r\n`).join("")}\r\n`);
}

/**
 * The trials of a rule for servers, as a server would send their frames: not masked, unless a client's must be.
 * @param id of the rule
 */
export function asServer(id: string): (site: Site, facts: ClientFacts) => fc.Arbitrary<Trial> {
  const rule = websocketRules.find((one): one is Rule<WebSocketFacts> => one.id === id)!;
  const isAboutMasks = id === "rfc6455/5.1/unmasked";
  return (_, { deflate }) => {
    const facts = { noEcho: null, pongs: true, deflate, latency: 0, plain: NO_RESPONSE };
    return rule
      .arbitrary(SITE, facts)
      .map(({ exchanges }) => ({ exchanges: [turned(exchanges[0]!, isAboutMasks)] }));
  };
}

const NO_RESPONSE: WebSocketFacts["plain"] = {
  status: 101,
  reason: "",
  minor: 1,
  fields: [],
  framing: "none",
  keepAlive: true,
  content: new Uint8Array(),
  interim: [],
};

function turned({ pieces: [handshake, ...pieces], until }: Exchange, isAboutMasks: boolean): Exchange {
  const isDeflate = /^sec-websocket-extensions:/im.test(Buffer.from(handshake!.bytes).toString("latin1"));
  const frames = Buffer.concat(pieces.map(({ bytes }) => bytes));
  return {
    pieces: [
      { bytes: opening(isDeflate ? ["Sec-WebSocket-Extensions: permessage-deflate"] : []), after: "turn" },
      { bytes: rewritten(frames, isAboutMasks), after: "turn" },
    ],
    methods: ["GET"],
    until,
    halfClose: false,
    upgrade: "websocket",
  };
}

/** A key of zeros, which leaves the payload as it is. */
const NO_KEY = Buffer.alloc(4);

/** The same frames without masks. The frame of the trial that has none gets one, if masks are its subject. */
function rewritten(bytes: Buffer, isAboutMasks: boolean): Buffer {
  const written: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const short = bytes[at + 1]! & 127;
    const isMasked = bytes[at + 1]! >= 128;
    const lengthEnd = at + 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
    const announced =
      short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(at + 2))
          : short;
    const payloadAt = lengthEnd + (isMasked ? 4 : 0);
    const isHere = payloadAt + announced <= bytes.length;
    // Only the frame behind which nothing can follow announces more than it has.
    const payload = bytes.subarray(payloadAt, isHere ? payloadAt + announced : bytes.length);
    const key = isMasked ? bytes.subarray(lengthEnd, payloadAt) : NO_KEY;
    const head = Buffer.from(bytes.subarray(at, lengthEnd));
    const getsMask = isAboutMasks && !isMasked;
    head[1] = short + (getsMask ? 128 : 0);
    written.push(
      head,
      ...(getsMask ? [NO_KEY] : []),
      Buffer.from(payload.map((byte, i) => byte ^ key[i % 4]!)),
    );
    at = payloadAt + payload.length;
  }
  return Buffer.concat(written);
}
