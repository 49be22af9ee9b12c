// `pnpm check:packages [folder…]`: checks the manifest, the tarball and the declarations of published packages, also with publint. It finds
// the packages in packages/ by itself. "Are the types wrong?" needs a TypeScript of its own of 22 MB, and so it is in extra/types.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { declarationProblems } from "./declarations.mjs";
import { pack } from "./release/pack.mjs";

const SOURCE_MAP = /\/\/# sourceMappingURL=(\S+)\s*$/;

/**
 * The problems of a manifest, one sentence each.
 * @param {Record<string, any>} manifest of the package
 * @param {Record<string, any>} root the workspace's manifest, which has the common values
 * @param {string} folder of the package, from the workspace's root
 */
export function manifestProblems(manifest, root, folder) {
  const wanted = {
    license: root.license,
    author: root.author,
    bugs: root.bugs,
    repository: { ...root.repository, directory: folder },
    homepage: root.homepage.replace("#readme", `/tree/main/${folder}#readme`),
    engines: root.engines,
    publishConfig: { access: "public", provenance: true },
  };
  const problems = Object.entries(wanted)
    .filter(([name, value]) => JSON.stringify(manifest[name]) !== JSON.stringify(value))
    .map(
      ([name, value]) => `${name} must be ${JSON.stringify(value)}, not ${JSON.stringify(manifest[name])}`,
    );
  if (!(manifest.description?.length > 20)) problems.push("description must say what the package is");
  if (!(manifest.keywords?.length >= 3)) problems.push("keywords must have three words or more");
  if (manifest.type !== "module") problems.push('type must be "module"');
  if (!("sideEffects" in manifest)) problems.push("sideEffects must be stated");
  return problems;
}

/**
 * The problems of a tarball: a source map that is named and not shipped, or that has no source.
 * @param {readonly string[]} paths of its files
 * @param {(path: string) => string} read returns a file's text
 */
export function tarballProblems(paths, read) {
  const shipped = new Set(paths);
  const problems = ["README.md", "package.json"]
    .filter((path) => !shipped.has(path))
    .map((path) => `${path} is missing`);
  for (const path of paths.filter(
    (candidate) => /\.[cm]?[jt]s$/.test(candidate) && candidate.startsWith("dist/"),
  )) {
    const name = SOURCE_MAP.exec(read(path))?.[1];
    if (name === undefined) continue;
    const map = posix.join(posix.dirname(path), name);
    if (!shipped.has(map)) {
      problems.push(`${path} names ${map}, which is not shipped`);
      continue;
    }
    const { sources, sourceRoot = "" } = JSON.parse(read(map));
    for (const source of sources) {
      const target = posix.join(posix.dirname(map), sourceRoot, source);
      if (!shipped.has(target)) problems.push(`${map} names ${target}, which is not shipped`);
    }
  }
  return problems;
}

/** The problems that publint finds in a tarball. */
async function publintProblems(tarball) {
  const { buffer, byteOffset, byteLength } = tarball;
  const linted = await publint({
    pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) },
    strict: true,
  });
  return linted.messages
    .filter(({ type }) => type !== "suggestion")
    .map((message) => formatMessage(message, linted.pkg, { color: false }));
}

/** @returns the problems of the package in `folder`; null where it is not published */
async function packageProblems(folder, workspace, destination) {
  const readJSON = (path) => JSON.parse(readFileSync(path, "utf8"));
  const manifest = readJSON(join(folder, "package.json"));
  if (manifest.private === true) return null;
  const tarball = await pack(folder, destination);
  const unpacked = mkdtempSync(join(destination, "unpacked-"));
  execFileSync("tar", ["-xzf", tarball, "-C", unpacked]);
  const root = join(unpacked, "package");
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, "/"));
  const read = (path) => readFileSync(join(root, path), "utf8");
  const entries = Object.values(manifest.exports)
    .flatMap(({ types }) => (types === undefined ? [] : [posix.normalize(types)]))
    // publint reports missing ones.
    .filter((path) => paths.includes(path));
  const problems = [
    ...manifestProblems(manifest, readJSON(join(workspace, "package.json")), relative(workspace, folder)),
    ...tarballProblems(paths, read),
    ...(entries.length === 0 ? ["it has no types"] : []),
    ...declarationProblems(entries, read),
    ...(await publintProblems(readFileSync(tarball))),
  ];
  return problems.map((problem) => `${manifest.name}: ${problem}`);
}

async function main() {
  const workspace = dirname(dirname(fileURLToPath(import.meta.url)));
  const all = join(workspace, "packages");
  const named = process.argv.slice(2).map((folder) => resolve(folder));
  const folders = named.length > 0 ? named : readdirSync(all).map((name) => join(all, name));
  const destination = mkdtempSync(join(tmpdir(), "mantou-check-"));
  try {
    let checked = 0;
    let failed = 0;
    for (const folder of folders) {
      const problems = await packageProblems(folder, workspace, destination);
      if (problems === null) continue;
      for (const problem of problems) console.error(problem);
      checked++;
      failed += problems.length > 0 ? 1 : 0;
    }
    console.log(`packages: ${checked - failed} in order, ${failed} not`);
    process.exitCode = checked > 0 && failed === 0 ? 0 : 1;
  } finally {
    rmSync(destination, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
