import fc from "fast-check";
import { expect, test } from "vitest";
import { Names } from "../src/names.ts";
import { cleanName, limits } from "../src/protocol.ts";

test("guests are named after fillings, each differently", () => {
  const names = new Names();
  const guests = Array.from({ length: 30 }, () => names.claim(""));
  expect(guests.slice(0, 2)).toEqual(["Sesame Bun", "Custard Bun"]);
  expect(new Set(guests).size).toBe(30);
});

test("a name that was released is free again, in any letter case", () => {
  const names = new Names();
  names.claim("Ann");
  expect(names.claim("ANN")).toBe("ANN 2");
  names.release("ann");
  expect(names.claim("aNN")).toBe("aNN");
});

test("whatever is wanted, names are valid and all different", () => {
  const wanted = fc
    .string({ unit: "grapheme", maxLength: limits.name })
    .map((name) => cleanName(name) ?? "")
    // Some alike, so that numbers are needed; some as long as can be, so that they must be shortened.
    .chain((name) =>
      fc.constantFrom(name, "Ann", "ann", "x".repeat(limits.name), "🥟".repeat(limits.name / 2)),
    );
  fc.assert(
    fc.property(fc.array(wanted, { maxLength: 40 }), (list) => {
      const names = new Names();
      const given = list.map((name) => names.claim(name));
      expect(new Set(given.map((name) => name.toLowerCase())).size).toBe(given.length);
      for (const name of given) expect(cleanName(name)).toBe(name);
    }),
  );
});
