import { cpuTimer } from "@mantou/testing/cpu-time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forwardedValue } from "../../src/arbitraries/index.ts";
import { parseForwarded } from "../../src/proxy/forwarded-field.ts";
import { nodeAddress } from "../../src/proxy/node.ts";
import { runs } from "../support/runs.ts";

describe("a value of Forwarded (RFC 7239 §4)", () => {
  it("is read with its elements, in every form", () => {
    fc.assert(
      fc.property(forwardedValue, ({ text, elements }) => {
        expect(parseForwarded(text)?.map((element) => [...element])).toEqual(elements);
      }),
      runs(2_000),
    );
  });

  it("gains elements only at its end, whatever a client has sent before: or it is malformed", () => {
    const client = fc.string({ unit: fc.constantFrom(...'for=;," \\[]:_a1.\t'), maxLength: 30 });
    fc.assert(
      fc.property(client, forwardedValue, (text, { text: added, elements }) => {
        const parsed = parseForwarded(`${text}, ${added}`);
        if (parsed === null) return;
        expect(parsed.slice(-elements.length).map((element) => [...element])).toEqual(elements);
        expect(parsed.length - elements.length).toBe(parseForwarded(text)?.length);
      }),
      runs(5_000),
    );
  });

  it.each([
    'for="1.2.3.4',
    'for=1.2.3.4"',
    "for=1.2.3.4:80",
    "for=[::1]",
    "for=",
    "=a",
    "for",
    "for =a",
    "for= a",
    "for=a b",
    "for=a for=b",
    'for="a"b',
    'for="a\\"',
    "for=a;for=b",
    "for=a;FOR=b",
    "proto=http;proto=https",
    "for=a\u0001",
    'for="\u0001"',
    'for="\u007f"',
    "for=a/b",
    "f\u00f6r=a",
  ])("is malformed: %s", (text) => {
    expect(parseForwarded(text)).toBeNull();
  });

  it.each([
    ["", []],
    [" ,, \t,", []],
    [";", [[]]],
    [";;for=a;;", [[["for", "a"]]]],
    ["for=a , ,\tfor=b", [[["for", "a"]], [["for", "b"]]]],
    ['for=" a,b;c=\\"d\\\\"', [[["for", ' a,b;c="d\\']]]],
    [
      "for=a; proto=http ;by=b",
      [
        [
          ["for", "a"],
          ["proto", "http"],
          ["by", "b"],
        ],
      ],
    ],
  ])("may be %s", (text, elements) => {
    expect(parseForwarded(text)?.map((element) => [...element])).toEqual(elements);
  });

  it("takes linear time", () => {
    const spent = cpuTimer();
    for (const text of [
      `for="${"\\a".repeat(50_000)}`,
      `${";".repeat(100_000)}\u0001`,
      `${"a=b;".repeat(10_000)}"`,
    ])
      parseForwarded(text);
    expect(spent()).toBeLessThan(2_000);
  });
});

describe("a node", () => {
  it.each([
    ["192.0.2.43", "192.0.2.43", 0],
    ["192.0.2.43:47011", "192.0.2.43", 47_011],
    ["192.0.2.43:_x", "192.0.2.43", 0],
    ["[2001:DB8:cafe:0::17]", "2001:db8:cafe::17", 0],
    ["[2001:db8:cafe::17]:80", "2001:db8:cafe::17", 80],
    ["2001:db8:0:0:0:0:0:17", "2001:db8::17", 0],
    ["::ffff:1.2.3.4", "::ffff:1.2.3.4", 0],
    ["::1", "::1", 0],
  ])("has an address: %s", (text, address, port) => {
    expect(nodeAddress(text)).toEqual({ address, port, family: address.includes(":") ? "IPv6" : "IPv4" });
  });

  it.each([
    "",
    "unknown",
    "_hidden",
    "_SEVKISEK",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4:",
    "1.2.3.4:65536",
    "1.2.3.4:123456",
    "1.2.3.4:-1",
    "[1.2.3.4]",
    "[::1",
    "[::1]x",
    "[fe80::1%eth0]",
    "fe80::1%eth0",
    "::1::",
    "localhost",
    "1.2.3.4 ",
    "1.2.3.4\r\nx: y",
    "0x7f.0.0.1",
    "2130706433",
  ])("has none: %j", (text) => {
    expect(nodeAddress(text)).toBeNull();
  });
});
