import { Buffer } from "node:buffer";
import { writeFrame } from "@mantou/websocket/arbitraries";
import type { Exchange, Trial } from "../../exchange/exchange.ts";
import { CANARY_PONG, frame, PING } from "../websocket/frames.ts";
import type { ClientRule } from "./judges.ts";

/** To clients of WebSocket. */
export const applies: NonNullable<ClientRule["applies"]> = ({ noWebSocket }) => noWebSocket;
/** To those that offer permessage-deflate. */
export const needsDeflate: NonNullable<ClientRule["applies"]> = (facts) =>
  facts.noWebSocket ?? (facts.deflate.length > 0 ? null : "the client does not offer permessage-deflate");

const canaryPing = writeFrame(frame({ opcode: PING, payload: Buffer.from("end"), maskKey: null }));

/** A response, and a ping behind it. */
export function response(bytes: string | Uint8Array): Trial {
  const exchange: Exchange = {
    pieces: [
      { bytes: Buffer.from(bytes as Uint8Array), after: "turn" },
      { bytes: canaryPing, after: "turn" },
    ],
    methods: ["GET"],
    until: { bytes: CANARY_PONG },
    halfClose: false,
    upgrade: "websocket",
  };
  return { exchanges: [exchange] };
}
