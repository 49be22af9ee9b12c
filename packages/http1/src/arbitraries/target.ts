import fc from "fast-check";
import { textOf, token } from "./text.ts";

const ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const UNRESERVED = `${ALPHANUMERIC}-._~`;
const SUB_DELIMS = "!$&'()*+,;=";

const percentEncoded: fc.Arbitrary<string> = textOf("0123456789abcdefABCDEF", 2, 2).map((hex) => `%${hex}`);

function segmentOf(characters: string, maxLength: number): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...characters) }, percentEncoded),
    maxLength,
  });
}

const path: fc.Arbitrary<string> = fc
  .array(segmentOf(`${UNRESERVED}${SUB_DELIMS}:@`, 8), { minLength: 1, maxLength: 4 })
  .map((segments) => `/${segments.join("/")}`);

const query: fc.Arbitrary<string> = fc
  .option(segmentOf(`${UNRESERVED}${SUB_DELIMS}:@/?`, 12), { nil: null })
  .map((text) => (text === null ? "" : `?${text}`));

/** uri-host without a port: a name, an IPv4 or an IPv6 address (RFC 3986 §3.2.2). */
export const uriHost: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("localhost", "example.com", "127.0.0.1", "[::1]", "[2001:db8::7]", "[::ffff:192.0.2.1]"),
  segmentOf(`${UNRESERVED}${SUB_DELIMS}`, 16).filter((host) => host !== ""),
);

/** A Host field's value: a host with an optional port; the port may be empty, and so may everything. */
export const hostValue: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: uriHost },
  { weight: 3, arbitrary: fc.tuple(uriHost, fc.nat(65_535)).map(([host, port]) => `${host}:${port}`) },
  { weight: 1, arbitrary: fc.constantFrom("", "localhost:", ":80") },
);

/** origin-form (RFC 9112 §3.2.1). */
export const originForm: fc.Arbitrary<string> = fc.tuple(path, query).map(([p, q]) => p + q);

/** absolute-form (§3.2.2), mostly http. */
export const absoluteForm: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("http", "https", "HTTP", "ws", "x-1.2+y"),
    uriHost,
    fc.constantFrom("", ":", ":80", ":8080"),
    fc.oneof(fc.constant(""), path),
    query,
  )
  .map(([scheme, host, port, p, q]) => `${scheme}://${host}${port}${p}${q}`);

/** authority-form (§3.2.3), for CONNECT only. */
export const authorityForm: fc.Arbitrary<string> = fc
  .tuple(uriHost, fc.integer({ min: 1, max: 65_535 }))
  .map(([host, port]) => `${host}:${port}`);

export interface MethodAndTarget {
  readonly method: string;
  readonly target: string;
}

/** Any method, registered or not, with a target of a form that it may have. */
export const methodAndTarget: fc.Arbitrary<MethodAndTarget> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      method: fc.oneof(
        {
          weight: 3,
          arbitrary: fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"),
        },
        token.filter((method) => method !== "CONNECT"),
      ),
      target: fc.oneof({ weight: 3, arbitrary: originForm }, absoluteForm),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ method: "OPTIONS", target: "*" }) },
  { weight: 1, arbitrary: fc.record({ method: fc.constant("CONNECT"), target: authorityForm }) },
);
