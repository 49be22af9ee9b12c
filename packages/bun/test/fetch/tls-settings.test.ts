import { createSecureContext } from "node:tls";
import { describe, expect, it } from "vitest";
import { keyOf, tlsSettings } from "../../src/fetch/tls-settings.ts";

/** Calls whose options have the same key share connections. */
describe("the key of TLS options", () => {
  it("is the same for equal options", async () => {
    const key = async (): Promise<string> =>
      keyOf([(await tlsSettings({ ca: [new TextEncoder().encode("a")], serverName: "a.example" })).options]);
    expect(await key()).toBe(await key());
  });

  it("differs for contexts, functions and bytes that differ", () => {
    const [first, second] = [createSecureContext(), createSecureContext()];
    for (const [a, b] of [
      [first, second],
      [() => null, () => null],
      [Buffer.from("a"), Buffer.from("b")],
      [1n, 1],
    ]) {
      expect(keyOf([{ secureContext: a }])).not.toBe(keyOf([{ secureContext: b }]));
      expect(keyOf([{ secureContext: a }])).toBe(keyOf([{ secureContext: a }]));
    }
  });
});
