import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../../../../vitest.runs.ts";
import { NATS_SUBJECT_BYTES } from "../../src/limits.ts";
import { subjectOf } from "../../src/nats/subject.ts";

test("a subject is the prefix's token and the channel's, without characters that NATS gives a meaning", () => {
  expect(subjectOf("mantou", "mantou:t:room/1")).toBe("mantou.t:room/1");
  expect(subjectOf("mantou", "mantou:@admin:t:room")).toBe("mantou.%40admin:t:room");
  expect(subjectOf("a b.c", "a b.c:t:x > * .%")).toBe("a%20b%2Ec.t:x%20%3E%20%2A%20%2E%25");
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.string({ unit: "grapheme" }),
      (prefix, topic) => {
        const subject = subjectOf(prefix, `${prefix}:t:${topic}`);
        expect(subject).toMatch(/^[!-)+\-/-=?-~]+\.[!-)+\-/-=?-~]+$/);
      },
    ),
    runs(300),
  );
});

test("channels have subjects of their own, also if they are too long for one", () => {
  const long = `p:t:${"ä".repeat(NATS_SUBJECT_BYTES)}`;
  const all = [
    "p:i",
    "p:i:",
    "p:t:a.b",
    "p:t:a%2Eb",
    "p:t:a/b",
    "p:t:a%2Fb",
    long,
    `${long}a`,
    `p:${subjectOf("p", long).slice(2)}`,
  ];
  const subjects = all.map((channel) => subjectOf("p", channel));
  expect(new Set(subjects).size).toBe(all.length);
  for (const subject of subjects) expect(subject.length).toBeLessThan(NATS_SUBJECT_BYTES + 10);
});
