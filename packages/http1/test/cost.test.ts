import { Buffer } from "node:buffer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { byteByByte, latin1 } from "../src/arbitraries/index.ts";
import { ServerConnection } from "../src/server-connection.ts";
import { feed } from "./support/feed.ts";
import { Harness } from "./support/harness.ts";
import { Recorder } from "./support/recorder.ts";

/**
 * Bytes that the connection looked at or moved, counted where it must go through: every search, decoding and copy of
 * more than 32 bytes is a call of one of these methods, so what grows is seen. Nothing here depends on the speed of the
 * machine.
 */
const counted = ["indexOf", "toString", "copy", "set", "subarray"] as const;
const original = Object.fromEntries(counted.map((name) => [name, Buffer.prototype[name]]));
let touched = 0;

beforeEach(() => {
  touched = 0;
  const proto = Buffer.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const count = (name: string, bytes: (self: Buffer, args: unknown[], result: unknown) => number): void => {
    const method = proto[name]!;
    proto[name] = function (this: Buffer, ...args: unknown[]): unknown {
      const result = method.apply(this, args);
      touched += bytes(this, args, result);
      return result;
    };
  };
  count("indexOf", (self, _args, result) => (result === -1 ? self.length : (result as number) + 1));
  count("toString", (_self, _args, result) => (result as string).length);
  count("copy", (_self, _args, result) => result as number);
  count("set", (_self, [source]) => (source as Uint8Array).length);
  count("subarray", () => 1);
});

afterEach(() => Object.assign(Buffer.prototype, original));

/** The cost of receiving the text byte by byte, per byte. */
function trickled(text: string, expected: string): number {
  const connection = new ServerConnection(new Recorder(), {
    limits: { headBytes: 1 << 20, trailerBytes: 1 << 20 },
  });
  const pieces = byteByByte(latin1(text));
  let last = "";
  touched = 0;
  for (const piece of pieces) {
    feed(connection, piece, (event) => {
      last = event.type;
    });
  }
  expect(last).toBe(expected);
  return touched / pieces.length;
}

describe("bytes that come one by one cost the same each, however many have come before", () => {
  const head = "GET / HTTP/1.1\r\nHost: a\r\n";
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`;
  const texts: Record<string, (size: number) => [text: string, last: string]> = {
    "one long field": (size) => [`${head}X: ${"x".repeat(size)}\r\n\r\n`, "end"],
    "many fields": (size) => [
      `${head}${"X: y\r\n".repeat(Math.min(120, size / 6))}Y: ${"\t".repeat(size)}\r\n\r\n`,
      "end",
    ],
    "a long request line, and then a field": (size) => [
      `GET /${"a".repeat(Math.min(size, 16_000))} HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(size)}\r\n\r\n`,
      "end",
    ],
    "a head that never ends": (size) => [`${head}X: ${"x".repeat(size)}`, ""],
    content: (size) => [`${head}Content-Length: ${size}\r\n\r\n${"x".repeat(size)}`, "end"],
    "chunks of one byte": (size) => [`${chunked}${"1\r\nx\r\n".repeat(size / 6)}0\r\n\r\n`, "end"],
    "chunk extensions": (size) => [`${chunked}0;${"x".repeat(Math.min(size, 16_000))}\r\n\r\n`, "end"],
    "one long trailer": (size) => [`${chunked}0\r\nX: ${"x".repeat(size)}\r\n\r\n`, "end"],
    "many trailers": (size) => [
      `${chunked}0\r\n${"X: y\r\n".repeat(30)}Y: ${"\t".repeat(size)}\r\n\r\n`,
      "end",
    ],
  };

  it.each(Object.entries(texts))("%s", (_name, text) => {
    // A constant, with room: each byte is appended, searched for an end twice, and moved and decoded now and then.
    expect(trickled(...text(1_000))).toBeLessThan(20);
    expect(trickled(...text(30_000))).toBeLessThan(20);
  });
});

describe("responses to requests while more of them come", () => {
  it("are neither moved nor decoded each time, however many wait", () => {
    const server = new Harness();
    const one = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const waiting = 2_000;
    server.receive(one.repeat(waiting));
    touched = 0;
    for (let i = 0; i < waiting; i++) {
      server.connection.respond({ status: 200 }, null);
      server.next();
      server.receive(one);
      server.written();
    }
    expect(server.connection.unreadBytes).toBe(waiting * one.length - one.length);
    expect(touched / waiting).toBeLessThan(10 * one.length);
  });
});

describe("memory", () => {
  it("is bounded by the head's limit while a head is incomplete", () => {
    const server = new Harness();
    let received = 0;
    expect(() => {
      for (; ; received += 100)
        server.receive(received === 0 ? `GET / HTTP/1.1\r\nX: ${"x".repeat(81)}` : "x".repeat(100));
    }).toThrow("too large");
    expect(received).toBeLessThanOrEqual(32 * 1024);
    expect(server.connection.unreadBytes).toBe(0);
  });

  it("of a head's text has at most 8 KiB, whatever content came with it", () => {
    for (const before of [[], ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"]]) {
      const server = new Harness();
      for (const each of before) {
        server.receive(each);
        server.connection.respond({ status: 200 }, null);
        server.next();
      }
      touched = 0;
      const head = "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n";
      server.connection.receive(latin1(head + "x".repeat(60_000)));
      expect(server.connection.next()).toMatchObject({ type: "request", length: 60_000 });
      expect(touched).toBeLessThan(9_000);
    }
  });

  it("is not held for content or chunks that were passed on", () => {
    const server = new Harness();
    server.receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (let i = 0; i < 100; i++) {
      server.receive(`400\r\n${"x".repeat(0x400)}\r\n`);
      expect(server.connection.unreadBytes).toBe(0);
    }
  });
});
