// Checks what the registry shows of every package that is published, what its tarball holds, and what its declarations name. Run by `pnpm check:packages`.
// A new package in packages/ is checked without being named here.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { declarationProblems } from "./declarations.mjs";

const SOURCE_MAP = /\/\/# sourceMappingURL=(\S+)\s*$/;

/**
 * The problems of a manifest, one sentence each.
 * @param {Record<string, any>} manifest of the package
 * @param {Record<string, any>} root the workspace's manifest: what all packages share stands there
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
 * The problems of a tarball: a source map that is named and not shipped, or whose source is not.
 * @param {readonly string[]} paths of its files
 * @param {(path: string) => string} read gives a file's text
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

function main() {
  const workspace = dirname(dirname(fileURLToPath(import.meta.url)));
  const readJSON = (path) => JSON.parse(readFileSync(path, "utf8"));
  const root = readJSON(join(workspace, "package.json"));
  let checked = 0;
  let failed = 0;
  for (const name of readdirSync(join(workspace, "packages"))) {
    const folder = join(workspace, "packages", name);
    const manifest = readJSON(join(folder, "package.json"));
    if (manifest.private === true) continue;
    const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const paths = JSON.parse(packed.toString())[0].files.map(({ path }) => path);
    const read = (path) => readFileSync(join(folder, path), "utf8");
    const entries = Object.values(manifest.exports).flatMap(({ types }) =>
      types === undefined ? [] : [posix.normalize(types)],
    );
    const problems = [
      ...manifestProblems(manifest, root, `packages/${name}`),
      ...tarballProblems(paths, read),
      ...declarationProblems(entries, read),
    ];
    for (const problem of problems) console.error(`${manifest.name}: ${problem}`);
    checked++;
    failed += problems.length > 0 ? 1 : 0;
  }
  console.log(`packages: ${checked - failed} in order, ${failed} not`);
  process.exitCode = checked > 0 && failed === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
