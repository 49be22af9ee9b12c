import { cpuTimer } from "@mantou/testing/cpu-time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Encoding } from "../../src/api/compress.ts";
import { acceptEncodings, EncodingNegotiator } from "../../src/compress/accept-encoding.ts";
import { runs } from "../support/runs.ts";

const known: readonly Encoding[] = ["br", "zstd", "gzip"];

describe("Accept-Encoding", () => {
  it.each<[string | null, Encoding[], boolean?]>([
    [null, []],
    ["", []],
    ["gzip, deflate, br, zstd", ["br", "zstd", "gzip"]],
    ["gzip", ["gzip"]],
    ["x-gzip", ["gzip"]],
    ["GZIP;q=0.5 , Br;Q=0.4", ["gzip", "br"]],
    ["\t gzip\t;\tq=0.3\t", ["gzip"]],
    [",,gzip,,", ["gzip"]],
    ["br;q=0, *", ["zstd", "gzip"]],
    ["*;q=0.1, gzip;q=1.0", ["gzip", "br", "zstd"]],
    ["identity", []],
    ["gzip;q=0.5, identity", []],
    ["gzip, identity;q=0.5", ["gzip"]],
    ["gzip;q=0.5, identity;q=0.5", ["gzip"]],
    ["gzip;q=0.3, *;q=0.5", ["br", "zstd"]],
    ["identity;q=0", [], true],
    ["*;q=0", [], true],
    ["*;q=0.000", [], true],
    ["identity;q=0, gzip", ["gzip"], true],
    ["*;q=0, gzip", ["gzip"], true],
    ["*;q=0, identity;q=0.1", []],
    ["identity;q=0, *", ["br", "zstd", "gzip"], true],
    // No weights: the members are ignored.
    ["br;q=no, gzip;q=-1, zstd;q=2", []],
    ["identity;q=0.0000, gzip;q=1.001, br;q=.5, zstd;level=3", []],
    ["g zip, gzip;q=1;q=0, ;q=1, gzip;", []],
    ["gzip;q=0, gzip", ["gzip"]],
  ])("%j", (field, encodings, refusesIdentity = false) => {
    expect(acceptEncodings(field, known)).toEqual({ encodings, refusesIdentity });
  });

  /** RFC 9110 §12.5.3, word by word, for one coding at a time. */
  function weightIn(field: string, coding: string): number | null {
    let own: number | null = null;
    let star: number | null = null;
    for (const raw of field.split(",")) {
      const [name = "", ...rest] = raw.split(";").map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ""));
      if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || rest.length > 1) continue;
      const weight = rest.length === 0 ? "q=1" : rest[0]!.toLowerCase();
      if (!/^q=(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight)) continue;
      const lower = name.toLowerCase();
      if (lower === coding || (coding === "gzip" && lower === "x-gzip")) own = Number(weight.slice(2));
      else if (lower === "*") star = Number(weight.slice(2));
    }
    return own ?? star;
  }

  const name = fc.constantFrom(
    "br",
    "gzip",
    "x-gzip",
    "zstd",
    "identity",
    "*",
    "deflate",
    "GZip",
    "",
    "g p",
    "é",
  );
  const weight = fc.constantFrom(
    ...[
      "",
      ";q=0",
      ";q=1",
      ";q=0.5",
      ";q=0.001",
      " ; Q=0.9",
      ";q=0.",
      ";q=1.000",
      ";q=1.5",
      ";q=x",
      ";q",
      ";;q=1",
    ],
  );
  const hostile = fc.oneof(
    fc
      .array(fc.tuple(name, weight), { maxLength: 8 })
      .map((members) => members.map((pair) => pair.join("")).join(",")),
    fc.string({ maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(..."brgzip*;q=01.,\t "), maxLength: 60 }),
  );

  it("is read as RFC 9110 has it, whatever it holds", () => {
    fc.assert(
      fc.property(hostile, fc.shuffledSubarray([...known], { minLength: 1 }), (field, offered) => {
        const { encodings, refusesIdentity } = acceptEncodings(field, offered);
        const identity = weightIn(field, "identity");
        expect(refusesIdentity).toBe(identity === 0);
        const wanted = offered.filter(
          (coding) => (weightIn(field, coding) ?? 0) > 0 && weightIn(field, coding)! >= (identity ?? 0),
        );
        expect([...encodings].sort()).toEqual([...wanted].sort());
        for (const [i, coding] of encodings.entries()) {
          const next = encodings[i + 1];
          if (next === undefined) continue;
          const [one, other] = [weightIn(field, coding)!, weightIn(field, next)!];
          expect(one > other || (one === other && offered.indexOf(coding) < offered.indexOf(next))).toBe(
            true,
          );
        }
      }),
      runs(2000),
    );
  });

  it("is read in time that grows with its length alone", () => {
    const spent = cpuTimer();
    for (const part of [",", ";", " ", "\t;", "gzip,", "q=", "*;q=0.1 "])
      acceptEncodings(part.repeat(32 * 1024), known);
    expect(spent()).toBeLessThan(5_000);
  });
});

describe("a negotiator", () => {
  it("keeps the last fields, and few of them", () => {
    const negotiator = new EncodingNegotiator(known);
    expect(negotiator.accept("gzip")).toBe(negotiator.accept("gzip"));
    for (let i = 0; i < 1000; i++) negotiator.accept(`gzip, x${i}`);
    expect(negotiator.keptFields).toBe(64);
    negotiator.accept(`gzip, ${"x".repeat(200)}`);
    expect(negotiator.accept("gzip, x999")).toBe(negotiator.accept("gzip, x999"));
    expect(negotiator.accept(null)).toEqual({ encodings: [], refusesIdentity: false });
  });
});
