/** What each kind of import finds in each package, packed as for a release. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { tempDir } from "@mantou/testing/temp-dir";
import { expect, it } from "vitest";
import { pack, publishedFolders } from "../../../scripts/release/pack.mjs";

/** Resolutions that the packages do not support: they are ES modules, and not every supported Node.js types require() of those. */
const IGNORED_RESOLUTIONS: readonly unknown[] = ["node10", "node16-cjs"];

const destination = tempDir();
const folders = publishedFolders().map((folder) => ({ name: basename(folder), folder }));

/** A problem within a package's own declarations names the resolution otherwise. */
function resolutionOf(problem: Problem): unknown {
  if ("resolutionKind" in problem) return problem.resolutionKind;
  return "resolutionOption" in problem ? problem.resolutionOption : undefined;
}

it("there are packages", () => expect(folders.length).toBeGreaterThan(9));

it.each(folders)("$name has types, and each import resolves to the right ones", async ({ folder }) => {
  const tarball = readFileSync(await pack(folder, destination));
  const checked = await checkPackage(createPackageFromTarballData(tarball));
  expect(checked.types).not.toBe(false);
  const problems = "problems" in checked ? checked.problems : [];
  expect(problems.filter((problem) => !IGNORED_RESOLUTIONS.includes(resolutionOf(problem)))).toEqual([]);
});
