import { Duplex } from "node:stream";
import { type ConnectionOptions, connect } from "node:tls";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_CLIENT_HELLO_BYTES, readServerName } from "../../src/socket/client-hello.ts";
import { runs } from "../support/runs.ts";

/** The first bytes that OpenSSL's client sends. */
function helloOf(options: ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve) => {
    const wire = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        resolve(chunk);
        done();
      },
    });
    connect({ socket: wire, ...options }).on("error", () => {});
  });
}

/** The same handshake message in records of at most `size` bytes (RFC 8446 §5.1). */
function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const piece = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, piece.length >> 8, piece.length & 255]), piece);
  }
  return Buffer.concat(records);
}

describe.each(["TLSv1.2", "TLSv1.3"] as const)("a ClientHello of %s", (maxVersion) => {
  it("gives its name when it is complete, and not before", async () => {
    const hello = await helloOf({ servername: "Admin.example", maxVersion, ALPNProtocols: ["http/1.1"] });
    for (const bytes of [hello, inRecords(hello, 1), inRecords(hello, 7), inRecords(hello, 100)]) {
      const early = Array.from(bytes, (_, end) => readServerName(bytes.subarray(0, end)));
      expect(new Set(early)).toEqual(new Set([undefined]));
      expect(readServerName(bytes)).toBe("Admin.example");
      expect(readServerName(Buffer.concat([bytes, Buffer.from("more")]))).toBe("Admin.example");
    }
  });

  it("without a name has none", async () => {
    expect(readServerName(await helloOf({ maxVersion }))).toBe(null);
  });
});

describe("other bytes", () => {
  it.each([
    ["HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["one byte", Buffer.from("G")],
    ["an alert", Buffer.from([21, 3, 1, 0, 2, 1, 0])],
    ["an empty record", Buffer.from([22, 3, 1, 0, 0, 22])],
    ["another handshake message", Buffer.from([22, 3, 1, 0, 5, 2, 0, 0, 1, 0])],
    ["a message of 16 MB", Buffer.from([22, 3, 1, 0, 5, 1, 255, 255, 255, 0])],
    ["a hello of nothing", Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0])],
  ])("have no name: %s", (_what, bytes) => {
    expect(readServerName(bytes)).toBe(null);
  });

  it("are waited for up to a limit", () => {
    const header = Buffer.from([22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc]);
    expect(readServerName(Buffer.concat([header, Buffer.alloc(16_000)]))).toBe(undefined);
    const records = Array.from({ length: MAX_CLIENT_HELLO_BYTES / 5 }, () =>
      Buffer.from([22, 3, 1, 0, 1, 1]),
    );
    records.splice(1, 3, Buffer.from([22, 3, 1, 0, 3, 0, 0x3f, 0]));
    expect(readServerName(Buffer.concat(records.slice(0, 1000)))).toBe(undefined);
    expect(readServerName(Buffer.concat(records))).toBe(null);
  });

  it("never throw, however a hello is broken", async () => {
    const hello = await helloOf({ servername: "one.example" });
    fc.assert(
      fc.property(fc.nat(hello.length - 1), fc.nat(255), (at, value) => {
        const broken = Buffer.from(hello);
        broken[at] = value;
        const name = readServerName(broken);
        expect(name === undefined || name === null || typeof name === "string").toBe(true);
      }),
      runs(2000),
    );
  });
});
