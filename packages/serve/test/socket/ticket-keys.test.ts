import { expect, it } from "vitest";
import { resolveTLS } from "../../src/options/tls-options.ts";
import { ticketKeys } from "../../src/socket/ticket-keys.ts";
import { authority, one, secondAuthority, wild } from "../support/authority.ts";

const keysOf = (options: object, { secret = "secret", isFallback = true } = {}): string =>
  ticketKeys(secret, resolveTLS(options)!.certificates[0]!, isFallback)!.toString("hex");

it("the keys of session tickets are the same for the same entry", () => {
  const options = { ...one, ca: authority, requestCert: true, serverName: "a.example" };
  expect(keysOf(options)).toBe(keysOf({ ...options }));
  expect(keysOf(options)).toMatch(/^[0-9a-f]{96}$/);
});

it("are others for each difference", () => {
  const options = { ...one, ca: authority, requestCert: true, serverName: "a.example" };
  const all = [
    keysOf(options),
    keysOf(options, { secret: "another" }),
    keysOf(options, { isFallback: false }),
    ...[
      wild,
      { serverName: "b.example" },
      { ca: secondAuthority },
      { ca: [authority, secondAuthority] },
      { requestCert: false },
      { rejectUnauthorized: false },
      { ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" },
      { secureOptions: 1 },
      { passphrase: "x" },
      { clientRenegotiationLimit: 0 },
    ].map((difference) => keysOf({ ...options, ...difference })),
  ];
  expect(new Set(all).size).toBe(all.length);
});

it("are not given where the authorities of Node.js check clients", () => {
  const keys = (options: object): unknown =>
    ticketKeys("secret", resolveTLS({ ...one, ...options })!.certificates[0]!, true);
  expect(keys({ requestCert: true })).toBe(undefined);
  expect(keys({ requestCert: true, rejectUnauthorized: false })).toBe(undefined);
  expect(keys({ requestCert: true, ca: authority })).toBeDefined();
  expect(keys({})).toBeDefined();
});
