import type { ProtocolError } from "@mantou/http1";
import type { Call } from "../target/caller.ts";

/** Bytes to send, and when. */
export interface Piece {
  readonly bytes: Uint8Array;
  /**
   * After the next turn of the event loop, so that the pieces are packets; after a response, interim or final; or after any bytes. The
   * quiet time ends each wait.
   */
  readonly after: "turn" | "response" | "bytes";
}

/** What one connection is sent, and how long its responses are awaited. */
export interface Exchange {
  readonly pieces: readonly Piece[];
  /**
   * The methods of the requests in the bytes, as a client counts them: its reading of responses depends on them. Responses past
   * the last are read as those to GET.
   */
  readonly methods: readonly string[];
  /** It is over after so many final responses, with the end of the connection, or when these bytes have come behind what is HTTP. */
  readonly until: number | "closed" | { readonly bytes: Uint8Array };
  /** Our side is closed behind the bytes. */
  readonly halfClose: boolean;
  /** The first request offers this protocol, so that a 101 is a valid response to it. */
  readonly upgrade?: "websocket";
  /** What an echo has to send back in each response; no response past them is due. */
  readonly contents?: readonly Uint8Array[];
  /** The value of X-Echo that it has to show, if it accepts the request. */
  readonly value?: string;
  /** Besides the bytes that end it so many messages of a WebSocket are awaited: an application may send them later. */
  readonly messages?: number;
}

/** One to three exchanges, each on a connection of its own, judged together. */
export interface Trial {
  readonly exchanges: readonly Exchange[];
}

/** A response as our strict client role reads it. */
export interface Response {
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
  /** name, value, name, value … */
  readonly fields: readonly string[];
  readonly framing: "none" | "length" | "chunked" | "until-close";
  readonly keepAlive: boolean;
  readonly content: Uint8Array;
  /** Statuses of the interim responses before it. */
  readonly interim: readonly number[];
}

/** What the target made of an exchange. */
export interface Outcome {
  /** Final responses that have come whole. */
  readonly responses: readonly Response[];
  /** Final or interim responses of which the end did not come. */
  readonly unfinished: Response | null;
  /** Statuses of interim responses that no final one has followed. */
  readonly interim: readonly number[];
  /** Why our client role would not read on. */
  readonly error: ProtocolError | null;
  /** Bytes behind the last response on a connection that was to be closed. */
  readonly extraBytes: number;
  readonly received: Uint8Array;
  /** What is behind the head of a 101, or null if there was none. */
  readonly switched: Uint8Array | null;
  /** How many pieces that were to follow a response have followed silence. */
  readonly silences: number;
  /** `flooded`: more came than we read. `open`: the target kept the connection, or was silent for the quiet time. */
  readonly end: "open" | "closed" | "reset" | "flooded";
  /** What a client has made of a reply, if one is examined that is called. */
  readonly call?: Call;
  /** The call had ended while the connection was still there: of a WebSocket its user was told of the end. */
  readonly hasReturned?: boolean;
}

/** The first value of a field, its name in any case, or null. */
export function field(response: Response, name: string): string | null {
  for (let i = 0; i < response.fields.length; i += 2) {
    if (response.fields[i]!.toLowerCase() === name) return response.fields[i + 1]!;
  }
  return null;
}

/** The values of all lines of a field, its name in any case. */
export function valuesOf({ fields }: Response, name: string): readonly string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1]!.toLowerCase() === name);
}

/** The value of a field that is a list: its lines are one (RFC 9110 §5.3). Empty without such a line. */
export function listOf(response: Response, name: string): string {
  return valuesOf(response, name).join(", ");
}

/** All bytes of an exchange, in order. */
export function sentBytes({ pieces }: Exchange): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, { bytes }) => length + bytes.length, 0));
  let at = 0;
  for (const { bytes } of pieces) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}
