import { Buffer } from "node:buffer";
import type { DeflateParams } from "@mantou/websocket";
import type { Exchange, Outcome, Response } from "../exchange/exchange.ts";
import type { Patience } from "../exchange/run-exchange.ts";
import { runWebSocket } from "../exchange/run-websocket.ts";
import { visible } from "../exchange/visible.ts";
import type { Site } from "../rules/rule.ts";
import type { DeflateAgreement, WebSocketFacts } from "../rules/websocket/facts.ts";
import { BINARY, conversation, frame, TEXT } from "../rules/websocket/frames.ts";
import { describe, isCanary } from "../rules/websocket/judges.ts";
import { agreedDeflate, received } from "../rules/websocket/received.ts";
import { isEqual, messagesOf, sentEvents } from "../rules/websocket/sent.ts";
import { ConnectError } from "../target/connection.ts";
import type { Pool } from "../target/pool.ts";
import { TargetError } from "../target/target.ts";
import { connectFault } from "./probe.ts";

/** The least of so many counts. */
const LATENCY_SAMPLES = 3;

/** Small windows first, since their violations are short. */
const WINDOWS = [9, 8, 10, 11, 12, 13, 14, 15];
const TAKEOVER = ["server_no_context_takeover", "client_no_context_takeover"];

/** Offers with each parameter, and with some together (RFC 7692 §7.1). */
const OFFERS: readonly string[] = [
  [],
  ["client_max_window_bits"],
  ...TAKEOVER.map((name) => [name]),
  [...TAKEOVER, "client_max_window_bits"],
  ...WINDOWS.map((bits) => [`server_max_window_bits=${bits}`]),
  ...WINDOWS.map((bits) => [`client_max_window_bits=${bits}`]),
  [...TAKEOVER, "server_max_window_bits=10", "client_max_window_bits=10"],
].map((params) => ["permessage-deflate", ...params].join("; "));

/**
 * Learns how the target behaves before any rule is put to the test.
 * @throws TargetError for a target that is down, silent, or opens no WebSocket; its message says which
 */
export async function probeWebSocket(pool: Pool, site: Site, patience: Patience): Promise<WebSocketFacts> {
  const ask = (exchange: Exchange) => runWebSocket(pool, exchange, patience, true);
  const plain = opened(await firstOutcome(() => ask(conversation(site, []))), patience);
  const frames = [
    frame({ opcode: TEXT, payload: Buffer.from("text") }),
    frame({ opcode: BINARY, payload: Buffer.from([0, 1]) }),
  ];
  const messages = conversation(site, frames, { messages: frames.length });
  const echo = await ask(messages);
  let latency = Number.POSITIVE_INFINITY;
  for (let i = 0; i < LATENCY_SAMPLES; i++) {
    const began = performance.now();
    await ask(conversation(site, []));
    latency = Math.min(latency, performance.now() - began);
  }
  const deflate: DeflateAgreement[] = [];
  for (const offer of OFFERS) {
    const [response] = (await ask(conversation(site, [], { offer }))).responses;
    const params = response?.status === 101 ? agreedDeflate(response) : null;
    if (params !== null) deflate.push({ offer, params: bound(params, offer) });
  }
  return {
    plain,
    noEcho: isEcho(messages, echo)
      ? null
      : `it does not echo: a text and a binary message got ${describe(echo)}`,
    pongs: received(echo)?.events.some(isCanary) ?? false,
    deflate,
    latency,
  };
}

/** What a client announces in an offer binds it, although the server may pass over it (RFC 7692 §7.1.1.2, §7.1.2.2). */
function bound(params: DeflateParams, offer: string): DeflateParams {
  const bits = /client_max_window_bits=(\d+)/.exec(offer)?.[1];
  return {
    ...params,
    clientNoContextTakeover: params.clientNoContextTakeover || offer.includes("client_no_context_takeover"),
    clientMaxWindowBits: Math.min(params.clientMaxWindowBits, Number(bits ?? 15)),
  };
}

function isEcho(exchange: Exchange, outcome: Outcome): boolean {
  const sent = messagesOf(sentEvents(exchange, outcome));
  const echoed = messagesOf(received(outcome)?.events ?? []);
  return sent.length === echoed.length && sent.every((message, i) => isEqual(message, echoed[i]));
}

async function firstOutcome(ask: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ConnectError) throw new TargetError(`Nothing to examine: ${connectFault(error)}`);
    throw error;
  }
}

function opened({ responses, received: bytes, error, end }: Outcome, { quiet }: Patience): Response {
  const [response] = responses;
  if (response?.status === 101) return response;
  if (response !== undefined) {
    throw new TargetError(`It opens no WebSocket: the handshake got ${response.status} ${response.reason}`);
  }
  if (bytes.length > 0) {
    throw new TargetError(
      `Its response to a handshake is not HTTP/1.1: it begins ${visible(bytes.subarray(0, 60))}${error === null ? "" : ` (${error.message})`}`,
    );
  }
  if (end === "open") {
    throw new TargetError(
      `It took the connection and a handshake, and sent nothing for ${quiet} ms (--timeout)`,
    );
  }
  throw new TargetError("It closed the connection without a response to the handshake");
}
