import { Buffer } from "node:buffer";
import { writeFrame } from "@mantou/websocket/arbitraries";
import type { Exchange, Trial } from "../../exchange/exchange.ts";
import { ACCEPT } from "../../exchange/run-reply.ts";
import { CANARY_PONG, frame, PING } from "../websocket/frames.ts";
import type { ClientRule } from "./judges.ts";

/** To clients of WebSocket. */
export const applies: NonNullable<ClientRule["applies"]> = ({ noWebSocket }) => noWebSocket;
/** To those that offer permessage-deflate. */
export const needsDeflate: NonNullable<ClientRule["applies"]> = (facts) =>
  facts.noWebSocket ?? (facts.deflate.length > 0 ? null : "the client does not offer permessage-deflate");

const canaryPing = writeFrame(frame({ opcode: PING, payload: Buffer.from("end"), maskKey: null }));

/**
 * A response, and a ping behind it.
 * @param cuts where the response is cut into packets, unless that is inside what stands for the accept of the key
 */
export function response(bytes: string | Uint8Array, cuts: readonly number[] = []): Trial {
  const all = Buffer.from(bytes as Uint8Array);
  const accept = all.indexOf(ACCEPT);
  const ends = [...new Set(cuts)]
    .filter((at) => at > 0 && at < all.length && (at <= accept || at >= accept + ACCEPT.length))
    .sort((a, b) => a - b);
  const pieces = [...ends, all.length].map((end, i, list) => all.subarray(i === 0 ? 0 : list[i - 1]!, end));
  const exchange: Exchange = {
    pieces: [...pieces, canaryPing].map((piece) => ({ bytes: piece, after: "turn" })),
    methods: ["GET"],
    until: { bytes: CANARY_PONG },
    halfClose: false,
    upgrade: "websocket",
  };
  return { exchanges: [exchange] };
}
