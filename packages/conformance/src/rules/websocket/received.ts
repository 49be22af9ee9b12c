import {
  Connection,
  type DeflateParams,
  type Event,
  type Limits,
  PerMessageDeflate,
  parseExtensions,
} from "@mantou/websocket";
import { listOf, type Outcome, type Response } from "../../exchange/exchange.ts";
import { FrameReader, type ReceivedFrame } from "../../exchange/frame-reader.ts";
import { CLOSE } from "./frames.ts";

/** What came behind a 101. */
export interface Received {
  /** Whole frames, in order. */
  readonly frames: readonly ReceivedFrame[];
  /** The same as our strict client role reads them; an error is the last. */
  readonly events: readonly Event[];
  /** Bytes behind the Close frame, behind which nothing may be. */
  readonly extraBytes: number;
  /** Bytes of a frame whose end did not come. */
  readonly unfinishedBytes: number;
}

/** What is read is not answered: the exchange says what is sent. */
export const NOWHERE = { text(): void {}, bytes(): void {} };
const MUCH = 2 ** 30;
/** The connection has a bound of its own, and the messages of a conforming peer may be long. */
export const LIMITS: Limits = {
  messageBytes: MUCH,
  frameBytes: MUCH,
  fragments: MUCH,
  emptyFragments: MUCH,
  pingsPerReceive: MUCH,
};

/** A judge and the words of its finding ask for the same outcome. */
const known = new WeakMap<Outcome, Received>();

/** Reads the frames of an outcome strictly, with the client role of `@mantou/websocket`; null if no WebSocket was opened. */
export function received(outcome: Outcome): Received | null {
  const { switched, responses } = outcome;
  if (switched === null) return null;
  const before = known.get(outcome);
  if (before !== undefined) return before;
  const read = readFrames(switched, responses[0]!);
  known.set(outcome, read);
  return read;
}

function readFrames(bytes: Uint8Array, response: Response): Received {
  const reader = new FrameReader();
  const all = reader.push(bytes);
  const closeAt = all.findIndex(({ opcode }) => opcode === CLOSE);
  const frames = closeAt === -1 ? all : all.slice(0, closeAt + 1);
  const unfinished = reader.unfinished.length;
  const read = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
  return {
    frames,
    events: eventsOf(frames, response),
    extraBytes: closeAt === -1 ? 0 : bytes.length - read,
    unfinishedBytes: closeAt === -1 ? unfinished : 0,
  };
}

function eventsOf(frames: readonly ReceivedFrame[], response: Response): readonly Event[] {
  const params = agreedDeflate(response);
  const codec = params === null ? {} : { codec: new PerMessageDeflate("client", params) };
  const machine = new Connection({ role: "client", output: NOWHERE, limits: LIMITS, ...codec });
  const events: Event[] = [];
  for (const { bytes } of frames) {
    machine.receive(bytes);
    for (let event = machine.next(); event !== null; event = machine.next()) events.push(event);
  }
  machine.receiveEnd();
  return events;
}

/** The parameters that a response agrees to, as far as they can be read, or null without permessage-deflate. */
export function agreedDeflate(response: Response): DeflateParams | null {
  const agreed = parseExtensions(listOf(response, "sec-websocket-extensions"));
  const deflate = agreed?.find(({ name }) => name === "permessage-deflate");
  if (deflate === undefined) return null;
  const params = new Map(deflate.params);
  return {
    serverNoContextTakeover: params.has("server_no_context_takeover"),
    clientNoContextTakeover: params.has("client_no_context_takeover"),
    serverMaxWindowBits: bits(params.get("server_max_window_bits")),
    clientMaxWindowBits: bits(params.get("client_max_window_bits")),
  };
}

function bits(value: string | null | undefined): number {
  const number = Number(value ?? 15);
  return Number.isInteger(number) && number >= 8 && number <= 15 ? number : 15;
}
