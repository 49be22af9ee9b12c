import { type Fields, ServerConnection } from "@mantou/http1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  evaluateConditions,
  isConditional,
  type Outcome,
  rangeAllowed,
  type Validators,
} from "../../src/http/conditional.ts";
import { formatHTTPDate } from "../../src/http/http-date.ts";

function fields(lines: readonly string[]): Fields {
  const connection = new ServerConnection({ text: () => {}, bytes: () => {} });
  connection.receive(
    Buffer.from(`GET / HTTP/1.1\r\n${["Host: a", ...lines].join("\r\n")}\r\n\r\n`, "latin1"),
  );
  const event = connection.next();
  if (event?.type !== "request") throw new Error("No request");
  return event.fields;
}

const NOW = 1_700_000_000;
const date = (offset: number): string => formatHTTPDate(NOW + offset);

/** RFC 9110 §13.2.2, its steps as they are numbered there; the fields' meaning as simple flags. */
function naive(given: Given, { lastModified }: Validators): Outcome {
  const { match, unmodified, noneMatch, modified } = given;
  const later = (offset: number): boolean => lastModified! > NOW + offset;
  // 1 and 2
  if (match !== null) {
    if (match !== "hit") return "failed";
  } else if (unmodified !== null && lastModified !== null && later(unmodified)) return "failed";
  // 3 and 4
  if (noneMatch !== null) return noneMatch === "hit" ? "not-modified" : "proceed";
  if (modified !== null && lastModified !== null && !later(modified)) return "not-modified";
  return "proceed";
}

interface Given {
  match: "hit" | "miss" | null;
  unmodified: number | null;
  noneMatch: "hit" | "miss" | null;
  modified: number | null;
}

const given: fc.Arbitrary<Given> = fc.record({
  match: fc.constantFrom("hit" as const, "miss" as const, null),
  unmodified: fc.constantFrom(-1, 0, 1, null),
  noneMatch: fc.constantFrom("hit" as const, "miss" as const, null),
  modified: fc.constantFrom(-1, 0, 1, null),
});

describe("the conditions of a request", () => {
  it("are evaluated in the order of RFC 9110 §13.2.2", () => {
    const tags = { hit: '"x", "tag"', miss: '"x"' };
    fc.assert(
      fc.property(given, fc.boolean(), (conditions, hasDate) => {
        const lines: string[] = [];
        if (conditions.modified !== null) lines.push(`If-Modified-Since: ${date(conditions.modified)}`);
        if (conditions.noneMatch !== null) lines.push(`if-none-match: ${tags[conditions.noneMatch]}`);
        if (conditions.unmodified !== null) lines.push(`If-Unmodified-Since: ${date(conditions.unmodified)}`);
        if (conditions.match !== null) lines.push(`If-Match: ${tags[conditions.match]}`);
        const validators = { etag: '"tag"', lastModified: hasDate ? NOW : null };
        const received = fields(lines);
        expect(evaluateConditions(received, validators)).toBe(naive(conditions, validators));
        expect(isConditional(received)).toBe(lines.length > 0);
      }),
    );
  });

  it("of several lines are one list (RFC 9110 §5.3)", () => {
    const received = fields(['If-None-Match: "a"', 'If-None-Match: "tag"']);
    expect(evaluateConditions(received, { etag: '"tag"', lastModified: null })).toBe("not-modified");
  });

  it("with dates that are none are ignored (RFC 9110 §13.1.3, §13.1.4)", () => {
    const received = fields(["If-Modified-Since: yesterday", "If-Unmodified-Since: 2000-01-01"]);
    expect(evaluateConditions(received, { etag: null, lastModified: NOW })).toBe("proceed");
  });

  it("are told from fields with other names", () => {
    expect(isConditional(fields(["IF-NONE-MATCH: *"]))).toBe(true);
    expect(isConditional(fields(["If: x", "I: y", "Iff-x: y", "Gif-t: x", "X-If-Match: y"]))).toBe(false);
  });
});

describe("If-Range (RFC 9110 §13.1.5)", () => {
  const validators = { etag: '"tag"', lastModified: NOW };
  it.each<[string, boolean]>([
    ['"tag"', true],
    ['"other"', false],
    ['W/"tag"', false],
    ["tag", false],
    ["*", false],
    ['"tag", "other"', false],
    [date(0), true],
    [date(1), false],
    [date(-1), false],
  ])("%s: %j", (value, allowed) => {
    expect(rangeAllowed(fields([`If-Range: ${value}`]), validators)).toBe(allowed);
  });

  it("with a date needs one that does not stand for two versions (§8.8.2.2)", () => {
    const asked = (now: number) => rangeAllowed(fields([`If-Range: ${date(0)}`]), validators, now);
    const changed = NOW * 1000;
    expect([changed, changed + 999, changed + 59_999, changed - 1].map(asked)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([changed + 60_000, changed + 1e9].map(asked)).toEqual([true, true]);
    expect(rangeAllowed(fields(['If-Range: "tag"']), validators, changed)).toBe(true);
  });

  it("needs strong validators, and is allowed without", () => {
    expect(rangeAllowed(fields([]), validators)).toBe(true);
    expect(rangeAllowed(fields(['If-Range: W/"a"']), { etag: 'W/"a"', lastModified: NOW })).toBe(false);
    expect(rangeAllowed(fields(['If-Range: "a"']), { etag: null, lastModified: NOW })).toBe(false);
    expect(rangeAllowed(fields([`If-Range: ${date(0)}`]), { etag: '"a"', lastModified: null })).toBe(false);
  });
});
