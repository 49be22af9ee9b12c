import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { expect, it } from "vitest";
import { findRoot } from "../src/root.ts";

const dir = tempDir();
fill(dir, {
  "vite.config.js": "",
  "cwd/package.json": "",
  "cwd/apps/web/vite.config.ts": "",
  "cwd/apps/web/pages/index.html": "",
  "cwd/src/index.html": "",
  "package/package.json": "",
  "package/src/index.html": "",
});
const cwd = join(dir, "cwd");

it("the project of a page is the nearest folder with a configuration, not above the working directory; else that directory", () => {
  expect(findRoot(join(cwd, "src/index.html"), cwd)).toEqual({ folder: cwd, base: "/_mantou/" });
  const web = findRoot(join(cwd, "apps/web/pages/index.html"), cwd);
  expect(web.folder).toBe(join(cwd, "apps/web"));
  expect(web.base).toMatch(/^\/_mantou\/~[0-9a-f]{8}\/$/);
  expect(findRoot(join(cwd, "apps/web/b.html"), cwd).base).toBe(web.base);
});

it("for a page outside of the working directory it is the configuration's folder, or the package's, or its own", () => {
  expect(findRoot(join(dir, "package/src/index.html"), cwd).folder).toBe(dir);
  const alone = tempDir();
  fill(alone, { "p/package.json": "", "p/src/index.html": "", "q/index.html": "" });
  expect(findRoot(join(alone, "p/src/index.html"), cwd).folder).toBe(join(alone, "p"));
});
