import { closeCode, type Frame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import type { Trial } from "../../exchange/exchange.ts";
import type { Rule, Site } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import { before, CLOSE, closePayload, frame, keys, sends } from "./frames.ts";

/** A Close frame with this payload. */
export const close = (payload: Uint8Array, maskKey?: Uint8Array): Frame =>
  frame({ opcode: CLOSE, payload, ...(maskKey === undefined ? {} : { maskKey }) });

/** The codes of RFC 6455, and those that are free to use. 1012 to 1014 were registered later: not each server knows them. */
export const code: fc.Arbitrary<number> = closeCode().filter((one) => one < 1012 || one >= 3000);

/** Reasons of Close frames. */
export const reason: fc.Arbitrary<string> = fc.oneof(
  fc.constant(""),
  fc.string({ unit: "grapheme-ascii", maxLength: 10 }),
  fc.constantFrom("é", "€", "𝄞", "a".repeat(123)),
);

/** The payloads of valid Close frames. */
export const validPayload: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.constant(new Uint8Array()),
  fc.tuple(code, reason).map(([value, text]) => closePayload(value, text)),
);

/** Trials that end with a Close frame, and perhaps frames behind it, and wait for the end of the connection. */
export function closingWith(
  payload: fc.Arbitrary<Uint8Array>,
  behind: fc.Arbitrary<readonly Frame[]> = fc.constant([]),
): Rule<WebSocketFacts>["arbitrary"] {
  return (site: Site): fc.Arbitrary<Trial> =>
    fc
      .tuple(before, payload, keys, behind)
      .map(([first, bytes, key, last]) =>
        sends(site, [...first, close(bytes, key), ...last], { until: "closed" }),
      );
}
