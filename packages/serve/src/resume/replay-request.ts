import { type Position, parsePosition } from "@mantou/pubsub/relay";
import { MOST_LAST, MOST_NAMES, MOST_REQUESTS, REQUEST_CHARACTERS, REQUESTS_CHARACTERS } from "./limits.ts";
import { parseTopic } from "./topic-name.ts";

/** One line of a request for replays. */
export interface ReplayRequest {
  readonly topic: string;
  /** The position of the client, a number of last messages, or null for what is no position. */
  readonly from: Position | number | null;
  /** The position of the last `+` or `!` that the client has got. */
  readonly to: Position;
}

export interface ReplayRequests {
  /** The sessions that the client has had before. */
  readonly names: readonly string[];
  readonly requests: readonly ReplayRequest[];
}

const HEADER = /^r((?: [\w.-]{1,64})*)$/;

/**
 * Reads a message with the verb `r`: `r names`, then lines `topic from to`.
 * @returns what is wrong with it, for the reason of the Close frame
 */
export function parseRequests(text: string): ReplayRequests | string {
  if (text.length > REQUESTS_CHARACTERS) return "r is too long";
  const [header = "", ...lines] = text.split("\n");
  const [, rest] = HEADER.exec(header) ?? [];
  if (rest === undefined) return "r is malformed";
  const [, ...names] = rest.split(" ");
  if (names.length > MOST_NAMES) return "r names too many sessions";
  if (lines.length === 0) return "r asks for nothing";
  if (lines.length > MOST_REQUESTS) return "r asks for too many topics";
  const requests: ReplayRequest[] = [];
  for (const line of lines) {
    const request = parseRequest(line);
    if (request === null) return "a line of r is malformed";
    requests.push(request);
  }
  return { names, requests };
}

function parseRequest(line: string): ReplayRequest | null {
  if (line.length > REQUEST_CHARACTERS) return null;
  const parts = line.split(" ");
  const [name = "", from = "", end = ""] = parts;
  const topic = parseTopic(name);
  const to = parsePosition(end);
  if (parts.length !== 3 || topic === null || to === null) return null;
  return { topic, from: parseLast(from) ?? parsePosition(from), to };
}

/** The number of last messages behind `*`; null for what is none. */
function parseLast(from: string): number | null {
  const last = /^\*[1-9]\d{0,3}$/.test(from) ? Number(from.slice(1)) : 0;
  return last === 0 || last > MOST_LAST ? null : last;
}
