import { Buffer } from "node:buffer";
import { constants, deflateRawSync } from "node:zlib";
import type { CompressorLimits, Frame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { DeflateAgreement, WebSocketFacts } from "./facts.ts";
import { frame } from "./frames.ts";

export const RSV1 = 4;
/** RFC 7692 §7.2.1 takes the end of each message away. */
export const EMPTY_BLOCK_BYTES = 4;

/** One of the agreements that the probe has found. */
export function offersOf(
  { deflate }: WebSocketFacts,
  isWanted: (agreement: DeflateAgreement) => boolean = () => true,
): fc.Arbitrary<DeflateAgreement> {
  return fc.constantFrom(...deflate.filter(isWanted));
}

/** What we may send under an agreement. */
export const limitsOf = ({ params }: DeflateAgreement): CompressorLimits => ({
  windowBits: params.clientMaxWindowBits,
  takeover: !params.clientNoContextTakeover,
  finalBlocks: false,
});

/** A message as one compressed payload (RFC 7692 §7.2.1), which refers to nothing before it but `dictionary`. */
export function deflated(message: Uint8Array, dictionary?: Uint8Array): Buffer {
  const options = {
    windowBits: 9,
    finishFlush: constants.Z_SYNC_FLUSH,
    ...(dictionary === undefined ? {} : { dictionary }),
  };
  return message.length === 0
    ? Buffer.of(0)
    : deflateRawSync(message, options).subarray(0, -EMPTY_BLOCK_BYTES);
}

/** A frame with RSV1. */
export const compressedFrame = (opcode: number, payload: Uint8Array, maskKey?: Uint8Array): Frame =>
  frame({ rsv: RSV1, opcode, payload, ...(maskKey === undefined ? {} : { maskKey }) });

/** A short text. */
export const word: fc.Arbitrary<string> = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 8 });
