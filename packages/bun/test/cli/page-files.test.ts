import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { expect, it } from "vitest";
import { findPages, routesOf } from "../../src/cli/page-files.ts";

const dir = tempDir();
fill(dir, {
  "index.html": "",
  "about.html": "",
  "docs/index.html": "",
  "docs/a b.html": "",
  "node_modules/x/index.html": "",
  "docs/style.css": "",
});
const routes = (...names: string[]) =>
  [...routesOf(findPages(names, dir))].map(([path, file]) => `${path} ${file.slice(dir.length + 1)}`).sort();

it("one page gets every path", () => {
  expect(routes("about.html")).toEqual(["/* about.html"]);
  expect(routes("./docs/index.html", "docs/index.html")).toEqual(["/* docs/index.html"]);
});

it("several have the paths of their files below the folder that has them all, of patterns too", () => {
  const all = ["/ index.html", "/about about.html", "/docs docs/index.html", "/docs/a b docs/a b.html"];
  expect(routes("./**/*.html")).toEqual(all);
  expect(routes("index.html", "about.html", "docs/*.html")).toEqual(all);
  expect(routes("docs/index.html", join(dir, "docs/a b.html"))).toEqual([
    "/ docs/index.html",
    "/a b docs/a b.html",
  ]);
});

it("a file that is missing, and a pattern without files, are named", () => {
  expect(() => findPages(["gone.html"], dir)).toThrow(`there is no page "gone.html" in ${dir}`);
  expect(() => findPages(["x/*.html"], dir)).toThrow('there is no page "x/*.html"');
});
