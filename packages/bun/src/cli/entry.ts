/** Finds what `mantou <name>` runs, in Bun's order. */
import { existsSync, statSync } from "node:fs";
import { delimiter, dirname, extname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { dataKind } from "../loader/data/formats.ts";
import { type Package, readPackage } from "./package.ts";

export type Entry =
  | { readonly kind: "file"; readonly file: string }
  /** A file that a shell runs. */
  | { readonly kind: "shell"; readonly file: string }
  | { readonly kind: "script"; readonly name: string; readonly of: Package }
  /** A command of `node_modules/.bin` or of the system. */
  | { readonly kind: "command"; readonly file: string }
  | { readonly kind: "missing"; readonly message: string };

const CODE = /^\.[mc]?[jt]sx?$/;

/**
 * A file of code whose whole name is given comes first. Then come the scripts of the nearest package.json, files whose extension was left
 * out, folders, and commands of `node_modules/.bin`. Behind `run` scripts are before all files, and the commands of the system are last.
 */
export async function findEntry(name: string, isRun: boolean, folder: string): Promise<Entry> {
  const isPath = /^\.{0,2}[\\/]|^\.{1,2}$/.test(name) || isAbsolute(name);
  const file = resolve(folder, name);
  const extension = extname(name);
  if (!isRun && CODE.test(extension) && isFile(file)) return { kind: "file", file };
  const of = isPath ? null : readPackage(folder);
  if (of !== null && Object.hasOwn(of.scripts, name)) return { kind: "script", name, of };
  if (isFile(file)) {
    if (extension === ".sh") return { kind: "shell", file };
    if (dataKind(extension) !== undefined) return cannotRun(file, extension);
    return { kind: "file", file };
  }
  const found = await findModuleFile(name, folder);
  if (found !== null) return { kind: "file", file: found };
  const command = isPath ? null : findCommand(name, isRun, folder);
  if (command !== null) return { kind: "command", file: command };
  const what = isPath || CODE.test(extension) ? "module" : "script or file";
  return {
    kind: "missing",
    message: `there is no ${what} ${JSON.stringify(name)} in ${folder}${buildHint(file, folder)}`,
  };
}

/** A program in a folder that is not there, such as `dist/`, is what the project builds. */
function buildHint(file: string, folder: string): string {
  if (existsSync(dirname(file)) || !Object.hasOwn(readPackage(folder)?.scripts ?? {}, "build")) return "";
  return ". If the project builds it: npm run build";
}

function cannotRun(file: string, extension: string): Entry {
  return { kind: "missing", message: `${file} cannot be run: ${extension} files are data` };
}

/** The file of a name without an extension, of a folder, of TypeScript that is named by its JavaScript. */
async function findModuleFile(name: string, folder: string): Promise<string | null> {
  // Loaded only here: most programs are named as they are.
  const { resolvedURL } = await import("../loader/resolve/resolve.ts");
  const { pathOf } = await import("../loader/resolve/module-url.ts");
  const importer = pathToFileURL(join(folder, "[entry]")).href;
  const specifier = isAbsolute(name) || name.startsWith(".") ? name : `./${name}`;
  const url = resolvedURL(specifier, importer, "import");
  return url === null ? null : pathOf(url);
}

function findCommand(name: string, isRun: boolean, folder: string): string | null {
  const folders = binFolders(folder);
  if (isRun) folders.push(...(process.env["PATH"] ?? "").split(delimiter));
  const endings = process.platform === "win32" ? [".cmd", ".exe", ""] : [""];
  for (const each of folders) {
    for (const ending of endings) {
      const path = join(each, name + ending);
      if (each !== "" && isCommand(path)) return path;
    }
  }
  return null;
}

/** As for a shell, a folder that this user may not enter has no commands. */
function isCommand(path: string): boolean {
  try {
    return isFile(path);
  } catch {
    return false;
  }
}

/** `node_modules/.bin` of the folder and of those above it, the nearest first. */
export function binFolders(folder: string): string[] {
  const folders: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    const bin = join(at, "node_modules", ".bin");
    if (existsSync(bin)) folders.push(bin);
    if (dirname(at) === at) return folders;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
