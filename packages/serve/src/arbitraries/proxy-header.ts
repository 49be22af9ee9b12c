import { Buffer } from "node:buffer";
import fc from "fast-check";

/** The address of a client, IPv6 as RFC 5952 has it. */
export interface ProxiedAddress {
  readonly address: string;
  readonly port: number;
  readonly family: "IPv4" | "IPv6";
}

/** A header, and the source that it tells: null for a Unix socket; "own" if the connection's own address counts. */
export interface ValidProxyHeader {
  readonly version: 1 | 2;
  readonly bytes: Buffer;
  readonly source: ProxiedAddress | null | "own";
}

/** Bytes that must not be taken for a header, also with others behind them. */
export interface InvalidProxyHeader {
  readonly defect: string;
  readonly bytes: Buffer;
}

const SIGNATURE = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);

const port: fc.Arbitrary<number> = fc.integer({ min: 0, max: 65_535 });
const octets: fc.Arbitrary<number[]> = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });
/** No address that has an IPv4 address in it: those have a form of their own. */
const groups: fc.Arbitrary<number[]> = fc
  .array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 7, maxLength: 7 })
  .map((rest) => [0x2001, ...rest]);

const longForm = (list: readonly number[]): string =>
  list.map((group) => group.toString(16).padStart(4, "0")).join(":");
const canonical = (list: readonly number[]): string =>
  new URL(`http://[${longForm(list)}]/`).hostname.slice(1, -1);

const line4: fc.Arbitrary<ValidProxyHeader> = fc
  .tuple(octets, octets, port, port)
  .map(([source, destination, from, to]) => ({
    version: 1,
    bytes: Buffer.from(`PROXY TCP4 ${source.join(".")} ${destination.join(".")} ${from} ${to}\r\n`),
    source: { address: source.join("."), port: from, family: "IPv4" },
  }));

const line6: fc.Arbitrary<ValidProxyHeader> = fc
  .tuple(groups, groups, port, port, fc.constantFrom(canonical, longForm), fc.boolean())
  .map(([source, destination, from, to, write, isUpper]) => {
    const [text, other] = [write(source), write(destination)].map((each) =>
      isUpper ? each.toUpperCase() : each,
    );
    return {
      version: 1,
      bytes: Buffer.from(`PROXY TCP6 ${text} ${other} ${from} ${to}\r\n`),
      source: { address: canonical(source), port: from, family: "IPv6" },
    };
  });

const unknownLine: fc.Arbitrary<ValidProxyHeader> = fc
  .option(fc.string({ unit: fc.constantFrom(..." :.0af\xff"), maxLength: 91 }), { nil: null })
  .map((rest) => ({
    version: 1,
    bytes: Buffer.from(`PROXY UNKNOWN${rest === null ? "" : ` ${rest}`}\r\n`, "latin1"),
    source: "own",
  }));

/** The type of a checksum: a receiver that knows it refuses a wrong one (§2.2.3). */
const CRC32C = 3;
const type: fc.Arbitrary<number> = fc.nat(255).filter((one) => one !== CRC32C);

/** Values behind the addresses. */
const values: fc.Arbitrary<Buffer> = fc
  .array(fc.tuple(type, fc.uint8Array({ maxLength: 40 })), { maxLength: 4 })
  .map((list) =>
    Buffer.concat(
      list.map(([own, value]) => Buffer.concat([Buffer.from([own]), uint16(value.length), value])),
    ),
  );

function binary(command: number, kind: number, rest: Buffer): Buffer {
  return Buffer.concat([SIGNATURE, Buffer.from([command, kind]), uint16(rest.length), rest]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

const ports = (from: number, to: number): Buffer => Buffer.concat([uint16(from), uint16(to)]);

const binary4: fc.Arbitrary<ValidProxyHeader> = fc
  .tuple(octets, octets, port, port, values, fc.boolean())
  .map(([source, destination, from, to, rest, isStream]) => ({
    version: 2,
    bytes: binary(
      0x21,
      isStream ? 0x11 : 0x12,
      Buffer.concat([Buffer.from([...source, ...destination]), ports(from, to), rest]),
    ),
    source: isStream ? { address: source.join("."), port: from, family: "IPv4" } : "own",
  }));

const binary6: fc.Arbitrary<ValidProxyHeader> = fc
  .tuple(groups, groups, port, port, values)
  .map(([source, destination, from, to, rest]) => ({
    version: 2,
    bytes: binary(
      0x21,
      0x21,
      Buffer.concat([...[...source, ...destination].map(uint16), ports(from, to), rest]),
    ),
    source: { address: canonical(source), port: from, family: "IPv6" },
  }));

const binaryUnix: fc.Arbitrary<ValidProxyHeader> = fc
  .tuple(fc.uint8Array({ minLength: 216, maxLength: 216 }), values)
  .map(([paths, rest]) => ({
    version: 2,
    bytes: binary(0x21, 0x31, Buffer.concat([paths, rest])),
    source: null,
  }));

/** LOCAL, whose family and content mean nothing, and PROXY without a family or a protocol. */
const binaryOwn: fc.Arbitrary<ValidProxyHeader> = fc
  .tuple(
    fc.oneof(
      fc.tuple(fc.constant(0x20), fc.nat(255)),
      fc.tuple(fc.constant(0x21), fc.constantFrom(0x00, 0x01, 0x02, 0x10, 0x20, 0x30)),
    ),
    fc.uint8Array({ maxLength: 300 }),
  )
  .map(([[command, kind], rest]) => ({
    version: 2,
    bytes: binary(command, kind, Buffer.from(rest)),
    source: "own",
  }));

/** Headers that a receiver of both versions accepts. */
export const proxyHeader: fc.Arbitrary<ValidProxyHeader> = fc.oneof(
  line4,
  line6,
  unknownLine,
  binary4,
  binary6,
  binaryUnix,
  binaryOwn,
);

const line = (defect: string, text: string): InvalidProxyHeader => ({
  defect,
  bytes: Buffer.from(text, "latin1"),
});

const badLine: fc.Arbitrary<InvalidProxyHeader> = fc.constantFrom(
  line("another protocol", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
  line("a TLS record", "\x16\x03\x01\x02\x00\x01"),
  line("lower case", "proxy TCP4 1.2.3.4 1.2.3.5 1 2\r\n"),
  line("another family", "PROXY TCP5 1.2.3.4 1.2.3.5 1 2\r\n"),
  line("UDP", "PROXY UDP4 1.2.3.4 1.2.3.5 1 2\r\n"),
  line("a longer UNKNOWN", "PROXY UNKNOWNS\r\n"),
  line("two blanks", "PROXY TCP4  1.2.3.4 1.2.3.5 1 2\r\n"),
  line("a tab", "PROXY TCP4\t1.2.3.4 1.2.3.5 1 2\r\n"),
  line("a blank at the end", "PROXY TCP4 1.2.3.4 1.2.3.5 1 2 \r\n"),
  line("a part that is missing", "PROXY TCP4 1.2.3.4 1.2.3.5 1\r\n"),
  line("IPv6 in TCP4", "PROXY TCP4 2001:db8::1 1.2.3.5 1 2\r\n"),
  line("IPv4 in TCP6", "PROXY TCP6 2001:db8::1 1.2.3.4 1 2\r\n"),
  line("a leading zero", "PROXY TCP4 1.2.3.04 1.2.3.5 1 2\r\n"),
  line("an octet out of range", "PROXY TCP4 1.2.3.256 1.2.3.5 1 2\r\n"),
  line("three octets", "PROXY TCP4 1.2.3 1.2.3.5 1 2\r\n"),
  line("a zone", "PROXY TCP6 fe80::1%eth0 fe80::2 1 2\r\n"),
  line("brackets", "PROXY TCP6 [2001:db8::1] 2001:db8::2 1 2\r\n"),
  line("nine groups", "PROXY TCP6 1:2:3:4:5:6:7:8:9 2001:db8::2 1 2\r\n"),
  line("a port out of range", "PROXY TCP4 1.2.3.4 1.2.3.5 65536 2\r\n"),
  line("a port with a leading zero", "PROXY TCP4 1.2.3.4 1.2.3.5 01 2\r\n"),
  line("a negative port", "PROXY TCP4 1.2.3.4 1.2.3.5 1 -2\r\n"),
  line("LF alone", "PROXY TCP4 1.2.3.4 1.2.3.5 1 2\n"),
  line("LF alone behind UNKNOWN", "PROXY UNKNOWN\n"),
  line("CR alone", "PROXY TCP4 1.2.3.4\r 1.2.3.5 1 2\r\n"),
  line("108 bytes", `PROXY UNKNOWN ${"a".repeat(92)}\r\n`),
  line("no end", `PROXY UNKNOWN ${"a".repeat(200)}`),
);

const bad = (defect: string, command: number, kind: number, rest: Buffer): InvalidProxyHeader => ({
  defect,
  bytes: binary(command, kind, rest),
});

const badBinary: fc.Arbitrary<InvalidProxyHeader> = fc.oneof(
  fc
    .nat(255)
    .filter((command) => command >> 4 !== 2)
    .map((command) => bad("another version", command, 0x11, Buffer.alloc(12))),
  fc
    .integer({ min: 0x22, max: 0x2f })
    .map((command) => bad("another command", command, 0x11, Buffer.alloc(12))),
  fc.integer({ min: 0x40, max: 0xff }).map((kind) => bad("another family", 0x21, kind, Buffer.alloc(216))),
  fc
    .constantFrom(0x13, 0x1f, 0x23, 0x33)
    .map((kind) => bad("another protocol", 0x21, kind, Buffer.alloc(216))),
  fc
    .constantFrom([0x11, 11], [0x12, 0], [0x21, 35], [0x22, 12], [0x31, 215], [0x32, 108])
    .map(([kind, size]) => bad("addresses that are cut short", 0x21, kind!, Buffer.alloc(size!))),
  fc
    .integer({ min: 1, max: 2 })
    .map((size) => bad("a value without its length", 0x21, 0x11, Buffer.alloc(12 + size))),
  fc
    .integer({ min: 1, max: 0xffff })
    .map((size) =>
      bad(
        "a value that is cut short",
        0x21,
        0x11,
        Buffer.concat([Buffer.alloc(13), uint16(size), Buffer.alloc(size - 1 > 99 ? 99 : size - 1)]),
      ),
    ),
  fc.integer({ min: 0, max: 11 }).map((at) => {
    const { bytes } = bad("a broken signature", 0x21, 0x11, Buffer.alloc(12));
    bytes[at]! ^= 1;
    return { defect: "a broken signature", bytes };
  }),
);

/** Bytes with one defect. */
export const invalidProxyHeader: fc.Arbitrary<InvalidProxyHeader> = fc.oneof(badLine, badBinary);
