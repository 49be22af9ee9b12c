import { Buffer } from "node:buffer";
import fc from "fast-check";

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/** A header of version 2: version and command, family and protocol, and the rest with its length. */
export function binary(command: number, kind: number, rest: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(rest.length);
  return Buffer.concat([SIGNATURE, Buffer.from([command, kind]), length, rest]);
}

const address4: fc.Arbitrary<string> = fc.ipV4();
const address6: fc.Arbitrary<string> = fc.constantFrom(
  "::1",
  "2001:db8::1",
  "2001:DB8:0:0:0:0:0:1",
  "fe80::1",
);
const port: fc.Arbitrary<number> = fc.integer({ min: 0, max: 65_535 });

/** Lines of version 1. */
export const lines: fc.Arbitrary<Buffer> = fc
  .oneof(
    fc.tuple(fc.constant("TCP4"), address4, address4, port, port),
    fc.tuple(fc.constant("TCP6"), address6, address6, port, port),
    fc.constantFrom(["UNKNOWN"], ["UNKNOWN", "what", "ever"]),
  )
  .map((parts) => Buffer.from(`PROXY ${parts.join(" ")}\r\n`));

/** Values behind the addresses, of types that mean nothing. */
const values: fc.Arbitrary<Buffer> = fc
  .array(fc.uint8Array({ maxLength: 20 }), { maxLength: 3 })
  .map((list) => Buffer.concat(list.map((value) => Buffer.from([0xe0, 0, value.length, ...value]))));

/** Headers of version 2: for TCP over IPv4 and IPv6, and of the proxy's own connections. */
export const binaries: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .tuple(fc.uint8Array({ minLength: 12, maxLength: 12 }), values)
    .map(([addresses, rest]) => binary(0x21, 0x11, Buffer.concat([addresses, rest]))),
  fc
    .tuple(fc.uint8Array({ minLength: 36, maxLength: 36 }), values)
    .map(([addresses, rest]) => binary(0x21, 0x21, Buffer.concat([addresses, rest]))),
  fc.constantFrom(binary(0x20, 0x00, Buffer.alloc(0)), binary(0x20, 0x11, Buffer.alloc(12))),
);

/** Lines that are almost of version 1. */
export const BAD_LINES: readonly string[] = [
  "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
  "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
  "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
  "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
  "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n",
  "PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n",
  "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
  "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
  "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
  "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
  "proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
];

/** Headers that are almost of version 2. */
export const BAD_BINARIES: readonly Buffer[] = [
  binary(0x11, 0x11, Buffer.alloc(12)),
  binary(0x31, 0x11, Buffer.alloc(12)),
  binary(0x22, 0x11, Buffer.alloc(12)),
  binary(0x21, 0x41, Buffer.alloc(12)),
  binary(0x21, 0x13, Buffer.alloc(12)),
  binary(0x21, 0x11, Buffer.alloc(11)),
  binary(0x21, 0x21, Buffer.alloc(35)),
];
