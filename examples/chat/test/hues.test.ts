import { expect, test } from "vitest";

interface Hues {
  newHues(): (name: string) => number;
}

// The page's scripts have types of their own, see tsconfig.page.json.
const path: string = "../public/hues.js";
const { newHues } = (await import(path)) as Hues;

test("twelve people have twelve colours, and the next ones share them evenly", () => {
  const hueOf = newHues();
  const names = Array.from({ length: 24 }, (_, index) => `Guest ${index * index}`);
  const hues = names.map(hueOf);
  expect(new Set(hues.slice(0, 12)).size).toBe(12);
  expect(new Set(hues.slice(12)).size).toBe(12);
  expect(names.map(hueOf)).toEqual(hues);
});

test("a name begins with the same colour on each page", () => {
  for (const name of ["Ann", "Ben", "饅頭", ""]) expect(newHues()(name)).toBe(newHues()(name));
});

test("forgets the names of long ago", () => {
  const hueOf = newHues();
  const hues = Array.from({ length: 2_000 }, (_, index) => hueOf(`Guest ${index}`));
  for (const hue of new Set(hues)) {
    expect(hues.filter((other) => other === hue).length).toBeLessThan(200);
  }
});
