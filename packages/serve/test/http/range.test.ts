import { cpuTimer } from "@mantou/testing/cpu-time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteRange, parseRange } from "../../src/http/range.ts";
import { runs } from "../support/runs.ts";

/** RFC 9110 §14.1 read word by word, with numbers that do not overflow: the slow way round. */
function naive(value: string, size: number): ByteRange | "unsatisfiable" | null {
  if (value.slice(0, 6).toLowerCase() !== "bytes=") return null;
  const members = value
    .slice(6)
    .split(",")
    .map((member) => member.replace(/^[\t ]+|[\t ]+$/g, ""))
    .filter((member) => member !== "");
  if (members.length !== 1) return null;
  const member = members[0]!;
  const dash = member.indexOf("-");
  const [first, last] = [member.slice(0, dash), member.slice(dash + 1)];
  const digits = (text: string): boolean =>
    [...text].every((character) => character >= "0" && character <= "9");
  if (dash < 0 || !digits(first) || !digits(last) || (first === "" && last === "")) return null;
  // Which bytes are named, one question for each byte.
  const chosen: number[] = [];
  for (let byte = 0; byte < size; byte++) {
    const at = BigInt(byte);
    const isIn =
      first === ""
        ? at >= BigInt(size) - BigInt(last)
        : at >= BigInt(first) && (last === "" || at <= BigInt(last));
    if (isIn) chosen.push(byte);
  }
  if (first !== "" && last !== "" && BigInt(last) < BigInt(first)) return null;
  // §14.1.2: a suffix with a length can be satisfied even by nothing, which no part can be named of.
  if (first === "" && size === 0 && BigInt(last) > 0n) return null;
  return chosen.length === 0 ? "unsatisfiable" : { start: chosen[0]!, end: chosen.at(-1)! + 1 };
}

const position = fc.oneof(
  fc.nat(30).map(String),
  fc.nat(30).map((n) => `00${n}`),
  fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
);
const optional = fc.oneof(position, fc.constant(""));
const blank = fc.constantFrom("", "", "", " ", "\t", ",", " , ", ",,");
const valid = fc
  .tuple(fc.constantFrom("bytes=", "Bytes=", "BYTES="), blank, optional, optional, blank)
  .map(([unit, before, first, last, after]) => `${unit}${before}${first}-${last}${after}`);
const nearly = fc
  .array(fc.constantFrom("bytes", "=", "-", ",", " ", "0", "5", "12", "x", "\t", "--", "1-2"), {
    maxLength: 8,
  })
  .map((parts) => parts.join(""));

describe("a Range field", () => {
  it("means what the grammar says (RFC 9110 §14.1.1, §14.1.2)", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          valid,
          nearly,
          nearly.map((text) => `bytes=${text}`),
        ),
        fc.nat(20),
        (value, size) => {
          expect(parseRange(value, size)).toEqual(naive(value, size));
        },
      ),
      runs(3000),
    );
  });

  it.each<[string, ByteRange | "unsatisfiable" | null]>([
    ["bytes=0-499", { start: 0, end: 500 }],
    ["bytes=500-999", { start: 500, end: 1000 }],
    ["bytes=-500", { start: 9500, end: 10_000 }],
    ["bytes=9500-", { start: 9500, end: 10_000 }],
    ["bytes=0-0", { start: 0, end: 1 }],
    ["bytes=-99999", { start: 0, end: 10_000 }],
    ["bytes=9999-99999999999999999999999999", { start: 9999, end: 10_000 }],
    ["bytes=10000-", "unsatisfiable"],
    ["bytes=99999999999999999999999999-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=5-2", null],
    ["bytes=99999999999999999999999999-99999999999999999999999998", null],
    ["bytes=0-0,-1", null],
    ["lines=0-1", null],
    ["bytes=", null],
    ["bytes=-", null],
    ["bytes= 0-1", { start: 0, end: 2 }],
    ["bytes =0-1", null],
    ["bytes=0 -1", null],
    ["0-1", null],
    ["", null],
  ])("%j of 10000 bytes is %j", (value, range) => {
    expect(parseRange(value, 10_000)).toEqual(range);
  });

  it("of an empty representation (RFC 9110 §14.1.2)", () => {
    expect(parseRange("bytes=0-", 0)).toBe("unsatisfiable");
    expect(parseRange("bytes=-0", 0)).toBe("unsatisfiable");
    expect(parseRange("bytes=-1", 0)).toBeNull();
  });

  it("is read in a time that grows with its length alone", () => {
    const spent = cpuTimer();
    parseRange(`bytes=${" ,".repeat(30_000)}x`, 10);
    parseRange(`bytes=${"9".repeat(60_000)}-${"9".repeat(60_000)}`, 10);
    expect(spent()).toBeLessThan(500);
  });
});
