import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../../../vitest.runs.ts";
import type { Exchange } from "../src/exchange/exchange.ts";
import { hexLines, visible, visibleLines } from "../src/exchange/visible.ts";
import { reproduction } from "../src/report/reproduction.ts";
import type { Target } from "../src/target/target.ts";

const target: Target = {
  name: "x",
  address: { host: "127.0.0.1", port: 80 },
  tls: false,
  servername: "",
  host: "127.0.0.1",
  path: "/",
  method: "GET",
  echo: null,
};

function exchangeOf(bytes: Uint8Array, halfClose = true): Exchange {
  return { pieces: [{ bytes, after: "turn" }], methods: ["GET"], until: "closed", halfClose };
}

/** A dash at the beginning, and one behind a long run. */
const DASHES = Buffer.from(`-Length: 5${"a".repeat(600)}-`);

it("is a command that sends the very bytes, whatever they are", () => {
  // A shell is a process, so that all bytes go through a few of them.
  const bytes = fc.uint8Array({ minLength: 200, maxLength: 400 });
  const anything = fc.oneof(bytes, fc.constant(Uint8Array.from({ length: 256 }, (_, i) => i)));
  fc.assert(
    fc.property(anything, (sent) => {
      const command = reproduction(exchangeOf(sent), target)!.replace(/ \| nc -N 127\.0\.0\.1 80$/, "");
      expect(new Uint8Array(execFileSync("/bin/sh", ["-c", command]))).toEqual(new Uint8Array(sent));
    }),
    {
      ...runs(40),
      examples: [[Uint8Array.from({ length: 256 }, (_, i) => i)], [new Uint8Array(2000).fill(97)], [DASHES]],
    },
  );
});

it("waits between pieces, and keeps our side open where it was open", () => {
  const piece = { bytes: Buffer.from("a"), after: "turn" as const };
  const one = { ...exchangeOf(Buffer.from("a"), false), pieces: [piece, piece] };
  expect(reproduction(one, target)).toBe("(printf 'a'; sleep 0.1; printf 'a'; sleep 2) | nc 127.0.0.1 80");
  expect(reproduction(one, { ...target, tls: true })).toMatch(
    /\| openssl s_client -quiet -connect 127\.0\.0\.1:80$/,
  );
  expect(reproduction(one, { ...target, address: { path: "/tmp/a b" } })).toMatch(/\| nc -U '\/tmp\/a b'$/);
});

it("shows bytes as text that is read alike in many languages, in lines, and as hexadecimal", () => {
  expect(visible(Buffer.from('a"\\\r\n\t\0\xff', "latin1"))).toBe('"a\\"\\\\\\r\\n\\t\\x00\\xff"');
  expect(visibleLines(Buffer.from("a\r\nb\nc"), 9)).toEqual(["a\\r\\n", "b\\n", "c"]);
  expect(visibleLines(Buffer.from("a\nb\nc"), 2)).toEqual(["a\\n", "b\\n", "… 1 more bytes"]);
  expect(hexLines(Buffer.from("GET / HTTP/1.1\r\nH"), 1)).toEqual([
    "000000  47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..",
    "… 1 more bytes",
  ]);
});
