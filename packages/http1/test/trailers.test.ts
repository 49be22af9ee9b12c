import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FORBIDDEN_TRAILERS } from "../src/arbitraries/fields.ts";
import { anyCase } from "../src/arbitraries/index.ts";
import { UsageError } from "../src/errors.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";
import { parseTrailers, trailerBlock } from "../src/trailers.ts";
import { runs } from "./runs.ts";

const code = (name: string) => expect.objectContaining({ code: name });
const limits = { ...DEFAULT_LIMITS, trailerFields: 2 };

describe("trailers to be sent", () => {
  it("are checked like any field", () => {
    expect(() => trailerBlock(["a b", "1"])).toThrow(UsageError);
    expect(() => trailerBlock(["a", "1\r\n"])).toThrow(UsageError);
    expect(() => trailerBlock(["a"])).toThrow(UsageError);
    expect(trailerBlock(["a", "1", "ETag", "2"]).text).toBe("a: 1\r\nETag: 2\r\n");
  });

  it.each(FORBIDDEN_TRAILERS)("must not be %s", (name) => {
    expect(() => trailerBlock(["ok", "1", name, "1"])).toThrow(
      `The field ${name} must not be in a trailer section`,
    );
  });
});

describe("received trailers", () => {
  it("are fields", () => {
    expect(parseTrailers("A: b\r\nc:d \r\n", limits).list).toEqual(["A", "b", "c", "d"]);
    expect(() => parseTrailers("A\r\n", limits)).toThrow(code("TRAILER_INVALID"));
    expect(() => parseTrailers("A: b\r\n\r\n", limits)).toThrow(code("TRAILER_INVALID"));
  });

  it.each(FORBIDDEN_TRAILERS)("must not be %s, in whatever letters", (name) => {
    fc.assert(
      fc.property(anyCase(name), (written) => {
        expect(() => parseTrailers(`A: b\r\n${written}:x\r\n`, limits)).toThrow(code("TRAILER_FORBIDDEN"));
      }),
      runs(10),
    );
  });

  it("may have names similar to forbidden ones", () => {
    for (const name of [
      "Content",
      "X-Host",
      "Hosts",
      "If",
      "Content-Digest",
      "Date",
      "ETag",
      "Server-Timing",
    ]) {
      expect(parseTrailers(`${name}: 1\r\n`, limits).list).toEqual([name, "1"]);
    }
  });

  it("are judged in an order: whether they are fields, how many, and which", () => {
    expect(() => parseTrailers("Host: a\r\nHost: a\r\nHost\r\n", limits)).toThrow(code("TRAILER_INVALID"));
    expect(() => parseTrailers("Host: a\r\n".repeat(3), limits)).toThrow(code("TRAILERS_TOO_LARGE"));
  });
});
