import { Buffer } from "node:buffer";
import { METHODS } from "node:http";
import type fc from "fast-check";
import { invalidRequest, latin1 } from "../../src/arbitraries/index.ts";

/** With a method that Node and Bun know too, so that they look at the rest. */
export function withKnownMethod(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  return latin1(
    text.replace(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?= )/, (name) => (METHODS.includes(name) ? name : "POST")),
  );
}

/** Requests that every server must refuse. Limits are not among them: each server has its own. */
export const invalidForAll: fc.Arbitrary<Uint8Array> = invalidRequest
  .filter(({ limits, code }) => Object.keys(limits).length === 0 && !code.includes("LARGE"))
  .map(({ bytes }) => withKnownMethod(bytes));
