import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { TEMPLATES } from "./templates.ts";

/** What `createProject` has made. */
export interface CreatedProject {
  /** The absolute path. */
  readonly folder: string;
  /** The name in its package.json. */
  readonly name: string;
}

/** A tarball cannot have a file `.gitignore`: npm takes it for its own. */
const RENAMED = { from: "_gitignore", to: ".gitignore" };

/** Files that do not make a folder a project: version control, editors, systems. */
const HARMLESS = new Set([".git", ".idea", ".vscode", ".DS_Store", "Thumbs.db"]);

const root = new URL("../", import.meta.url);

/**
 * Copies a template into a folder, which is made if it is not there. Nothing is installed.
 * @param directory a path from the working directory
 * @param template a name of `TEMPLATES`
 * @throws RangeError for a template that does not exist; Error for a folder that is not empty, or for a path that is a file
 */
export function createProject(directory: string, template: string): CreatedProject {
  if (!TEMPLATES.some(({ name }) => name === template)) {
    const names = TEMPLATES.map(({ name }) => name).join(", ");
    throw new RangeError(`There is no template "${template}". The templates are ${names}.`);
  }
  const folder = resolve(directory);
  const fault = folderFault(folder);
  if (fault !== null) throw new Error(fault);
  copyFolder(fileURLToPath(new URL(`templates/${template}/`, root)), folder);
  renameSync(join(folder, RENAMED.from), join(folder, RENAMED.to));
  const name = packageName(basename(folder));
  finishManifest(join(folder, "package.json"), name);
  return { folder, name };
}

/**
 * Copies files and folders. `yarn create` runs this package from an archive, into which Yarn lets these functions look. `cpSync` of Node.js 22 and later looks for
 * the archive's files on the disk.
 */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else writeFileSync(target, readFileSync(source));
  }
}

/**
 * Why no project can be made in a folder: something in it could be overwritten, or its path leads through a file.
 * @returns a sentence for the user; null for a folder that can be used
 */
export function folderFault(directory: string): string | null {
  const folder = resolve(directory);
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  if (!statSync(existing).isDirectory()) return `${existing} is not a folder. Choose a new folder.`;
  if (existing !== folder) return null;
  const found = readdirSync(folder).filter((name) => !HARMLESS.has(name));
  if (found.length === 0) return null;
  return `${folder} is not empty: it has ${found.slice(0, 3).join(", ")}. Choose a new folder.`;
}

/** The name of a package after its folder: npm takes lower case, digits and `-`, `_`, `.` within. */
function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[._-]+|[._-]+$/g, "");
  return name === "" ? "mantou-app" : name.slice(0, 214);
}

/** Gives the project its name, and packages of Mantou the version of this one: they are released together. */
function finishManifest(path: string, name: string): void {
  const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string };
  const manifest = JSON.parse(readFileSync(path, "utf8")) as { dependencies: Record<string, string> };
  for (const dependency of Object.keys(manifest.dependencies)) {
    if (dependency.startsWith("@mantou/")) manifest.dependencies[dependency] = `^${version}`;
  }
  writeFileSync(path, `${JSON.stringify({ ...manifest, name }, null, 2)}\n`);
}
