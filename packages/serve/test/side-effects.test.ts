import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };

const src = fileURLToPath(new URL("../src", import.meta.url));

/** Each module that is imported for what it does, with the modules that import it so. */
function importedForEffect(): Set<string> {
  const found = new Set<string>();
  for (const name of readdirSync(src, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const source = readFileSync(join(src, name), "utf8");
    for (const [, specifier] of source.matchAll(/^import "(\..*)";$/gm)) {
      found.add(name);
      found.add(join(dirname(name), specifier!));
    }
  }
  return found;
}

// A bundler leaves out what is not named here, if nothing of its exports is used.
it("package.json names every module that does something when it is loaded", () => {
  const needed = [...importedForEffect()].map((name) => `./dist/${name.replace(/\.ts$/, ".js")}`);
  expect(needed).toContain("./dist/install.js");
  expect(manifest.sideEffects).toEqual(expect.arrayContaining(needed));
});
