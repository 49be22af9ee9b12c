import { Buffer } from "node:buffer";
import { writeFrame } from "@mantou/websocket/arbitraries";
import type { Exchange, Outcome, Trial } from "../exchange/exchange.ts";
import { runReply } from "../exchange/run-reply.ts";
import type { Patience } from "../exchange/waiting.ts";
import type { ClientFacts } from "../rules/client/facts.ts";
import { opening } from "../rules/client/frames.ts";
import { clientRules } from "../rules/client/index.ts";
import { describeCall, eventsOf, isCanary, reads } from "../rules/client/judges.ts";
import { CANARY_PONG, canaryFrame } from "../rules/websocket/frames.ts";
import type { Caller } from "../target/caller.ts";
import { type Target, TargetError } from "../target/target.ts";
import { Visitors } from "../target/visitors.ts";
import { atOnce } from "./at-once.ts";
import { type CheckOptions, isSelected, type Run, requireNames } from "./check.ts";
import { type Perform, runRule } from "./run-rule.ts";
import type { Verdict } from "./verdict.ts";

export interface ClientOptions
  extends Pick<
    CheckOptions,
    "only" | "skip" | "level" | "seed" | "runs" | "time" | "concurrency" | "timeout"
  > {
  /** As the report names the client. */
  readonly name?: string;
  /** The port of this machine to listen on for a client that connects by itself; any by default. */
  readonly port?: number;
  /** Told once the port is known, for a client that connects by itself. */
  readonly listening?: (port: number) => void;
}

const GET = "GET";
const SHOWS_NOTHING = "what a client that connects by itself reads does not show: a command shows it";

/**
 * Examines a client: what it makes of responses, and of the frames of a WebSocket.
 * @param caller makes it call, once for each trial; null for a client that connects by itself, again and again
 * @throws TargetError for a client that does not call, or reads no plain response; RangeError for a number out of range, or a name that no
 * rule has
 */
export async function startClient(caller: Caller | null, options: ClientOptions = {}): Promise<Run> {
  requireNames(options);
  const { seed = Math.floor(Math.random() * 2 ** 31), runs = 12, time = 60_000, timeout = 5_000 } = options;
  const concurrency = caller === null ? 1 : (options.concurrency ?? 4);
  for (const [key, value] of Object.entries({ runs, time, concurrency, timeout })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${key} must be an integer from 1 up, not ${value}`);
  }
  const patience: Patience = { quiet: Math.min(1_000, timeout), whole: timeout };
  // A client that connects by itself finds one port, and the others a new one for each trial: what they keep of one is not in the next.
  const own = caller === null ? await Visitors.listen(options.port ?? 0) : null;
  if (own !== null) options.listening?.(own.port);
  const close = async () => {
    await caller?.close?.();
    await own?.close();
  };
  const perform: Perform = async (exchange, patient) => {
    const visitors = own ?? (await Visitors.listen(0));
    try {
      return await runReply(visitors, exchange, caller, patient);
    } finally {
      if (own === null) await visitors.close();
    }
  };
  try {
    const facts = await probeClient(perform, caller !== null, patience);
    const rules = clientRules.filter((rule) => isSelected(rule, options));
    const target = targetOf(options.name ?? "the client");
    const ruleOptions = { seed, runs, time, quick: patience, patient: patience, inTurn: true };
    const verdicts = atOnce(rules, concurrency, (rule) => runRule(perform, rule, target, facts, ruleOptions));
    return { target, seed, rules, verdicts: closing(verdicts, close) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* closing(
  verdicts: AsyncIterable<Verdict>,
  close: () => Promise<void>,
): AsyncGenerator<Verdict> {
  try {
    yield* verdicts;
  } finally {
    await close();
  }
}

/** A client has no address. */
function targetOf(name: string): Target {
  return {
    name,
    address: { host: "127.0.0.1", port: 0 },
    isClient: true,
    tls: false,
    servername: "",
    host: "127.0.0.1",
    path: "/",
    method: GET,
    echo: null,
  };
}

/** @throws TargetError for a client that does not call, or reads neither a plain response nor frames */
async function probeClient(perform: Perform, isCalled: boolean, patience: Patience): Promise<ClientFacts> {
  const http: Exchange = {
    pieces: [{ bytes: Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), after: "turn" }],
    methods: [GET],
    until: "closed",
    halfClose: false,
    contents: [Buffer.from("hello")],
  };
  const websocket: Exchange = {
    pieces: [
      { bytes: Buffer.concat([opening(), writeFrame({ ...canaryFrame, maskKey: null })]), after: "turn" },
    ],
    methods: [GET],
    until: { bytes: CANARY_PONG },
    halfClose: false,
    upgrade: "websocket",
  };
  const ask = (exchange: Exchange) => perform(exchange, patience, true);
  const began = performance.now();
  const plain = isCalled ? await ask(http) : null;
  const latency = performance.now() - began;
  const frames = await ask(websocket);
  const trial: Trial = { exchanges: [http] };
  const isRead = plain !== null && reads([plain], trial, { ...NO_FACTS }) === null;
  const isOpen = eventsOf(frames, websocket).some(isCanary);
  if (!isRead && !isOpen) throw new TargetError(faultOf(plain, frames));
  const offer = /^sec-websocket-extensions:.*\bpermessage-deflate\b/im.test(
    Buffer.from(frames.received).toString("latin1"),
  );
  return {
    noHTTP: isRead ? null : plain === null ? SHOWS_NOTHING : `it reads no http URL: ${describeCall(plain)}`,
    noWebSocket: isOpen ? null : "it opens no WebSocket at a ws URL",
    deflate: offer ? [{ offer: "permessage-deflate", params: NO_LIMITS }] : [],
    latency,
  };
}

const NO_LIMITS = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
const NO_FACTS: ClientFacts = { noHTTP: null, noWebSocket: null, deflate: [], latency: 0 };

function faultOf(plain: Outcome | null, frames: Outcome): string {
  if (plain === null) return "No client has connected and opened a WebSocket in time (--timeout)";
  if (plain.received.length === 0 && frames.received.length === 0)
    return `It connects to no URL that it is given: ${describeCall(plain)}`;
  return `It has read neither a plain response, of which it is to print "200 68656c6c6f", nor frames: ${describeCall(plain)}`;
}
