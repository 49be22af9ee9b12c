// `node scripts/install-size.mjs`: packs @mantou/bun and the packages that it is made of, installs them in an empty project, and prints size
// and time. Build first.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mantou-install-"));
const manifest = (name) => JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));

/** A package of this project, and those of its dependencies that are of this project. */
function withOwn(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const dependency of Object.keys(manifest(name).dependencies ?? {})) {
    if (dependency.startsWith("@mantou/")) withOwn(dependency.slice("@mantou/".length), found);
  }
  return found;
}

try {
  for (const name of withOwn("bun")) {
    execFileSync("npx", ["-y", "pnpm@12", "pack", "--pack-destination", folder], {
      cwd: join(packages, name),
      stdio: "ignore",
    });
  }
  const tarballs = readdirSync(folder).map((file) => `./${file}`);
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const started = performance.now();
  execFileSync("npm", ["install", "--no-audit", "--no-fund", ...tarballs], { cwd: folder, stdio: "inherit" });
  const seconds = (performance.now() - started) / 1000;
  const [megabytes] = execFileSync("du", ["-sm", "node_modules"], { cwd: folder, encoding: "utf8" }).split(
    "\t",
  );
  const count = Object.keys(
    JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")).packages,
  ).length;
  console.log(`@mantou/bun: ${megabytes} MB in node_modules, ${count - 1} packages, ${seconds.toFixed(1)} s`);
  const sizes = execFileSync("sh", ["-c", "du -sm node_modules/* node_modules/@*/* | sort -rn | head -8"], {
    cwd: folder,
    encoding: "utf8",
  });
  console.log(sizes);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
