// Packs the published packages as a release would.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const run = promisify(execFile);
export const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** @returns a package's manifest */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** @returns the folders of the packages that are published */
export function publishedFolders() {
  return readdirSync(packages)
    .map((name) => join(packages, name))
    .filter((folder) => readManifest(folder).private !== true);
}

/** Packs the package in `folder`. @returns the path of the tarball */
export async function pack(folder, destination) {
  mkdirSync(destination, { recursive: true });
  const { stdout } = await run("pnpm", ["pack", "--json", "--pack-destination", destination], {
    cwd: folder,
  });
  return resolve(destination, JSON.parse(stdout).filename);
}

/**
 * Packs all of them, two at a time.
 * @returns for each its folder, its tarball, and the manifest that is in the tarball, in which `workspace:` has become a version
 */
export async function packAll(destination) {
  const waiting = publishedFolders();
  const packed = [];
  async function work() {
    for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
      const tarball = await pack(folder, destination);
      const { stdout } = await run("tar", ["-xzOf", tarball, "package/package.json"]);
      packed.push({ folder, tarball, manifest: JSON.parse(stdout) });
    }
  }
  await Promise.all([work(), work()]);
  return packed.sort((a, b) => a.manifest.name.localeCompare(b.manifest.name));
}

/** @returns the manifests of the packages that programs import: all but the generator, which is a command */
export function librariesOf(packed) {
  return packed.map(({ manifest }) => manifest).filter(({ name }) => name !== "create-mantou");
}
