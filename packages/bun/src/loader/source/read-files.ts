/** Which files a program is made of. Under `--hot` and `--watch` it runs again when one of them changes. */
import { readdirSync, type Stats, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, sep } from "node:path";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";

/** A file that the program has read, or that it has looked for. */
export interface ReadFile {
  readonly path: string;
  /** The file is not there. Its path may lack an extension. */
  readonly isMissing: boolean;
  /** What `stampOf` was when the file was read. */
  readonly stamp: string;
}

type Report = (file: ReadFile) => void;

let report: Report | null = null;

/** From now on this thread reports the files that modules are made of. */
export function reportReads(to: Report): void {
  report = to;
}

export function reportsReads(): boolean {
  return report !== null;
}

/** Call it before the file is read. As in Bun, dependencies do not count. */
export function noteRead(path: string): void {
  note(path, false);
}

/** A module that is looked for in vain: its file may be created later. */
export function noteMissing(path: string): void {
  note(path, true);
}

function note(path: string, isMissing: boolean): void {
  if (report === null || path.includes(`${sep}node_modules${sep}`)) return;
  report({ path, isMissing, stamp: stampOf(path, isMissing) });
}

/** Reports the files of a thread of hooks, too, also those that it has reported just before this process ends. */
export function forwardReads(port: MessagePort): void {
  port.on("message", (file: ReadFile) => report?.(file));
  port.unref();
  process.on("exit", () => {
    for (let next = receive(port); next !== null; next = receive(port)) report?.(next);
  });
}

function receive(port: MessagePort): ReadFile | null {
  return (receiveMessageOnPort(port) as { message: ReadFile } | undefined)?.message ?? null;
}

/** Two stamps of a path differ if the file has changed between them. */
export function stampOf(path: string, isMissing: boolean): string {
  if (isMissing) {
    const { folder, name } = placeOf(path);
    return `${folder} ${namesIn(folder).filter((each) => isFor(name, each))}`;
  }
  const stats = statOf(path);
  return stats === null ? "" : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
}

/** The folder whose changes are to be watched for a file. */
export function watchedFolder({ path, isMissing }: Pick<ReadFile, "path" | "isMissing">): string {
  return isMissing ? placeOf(path).folder : nearestFolder(dirname(path));
}

/** The nearest folder that is there, and the name of what is missing in it; without a name for a folder without a module. */
function placeOf(path: string): { readonly folder: string; readonly name: string | null } {
  if (isFolder(path)) return { folder: path, name: null };
  let at = path;
  while (!isFolder(dirname(at)) && dirname(at) !== at) at = dirname(at);
  return { folder: dirname(at), name: basename(at) };
}

/** Whether a file with this name may be the module: with any extension, as that of TypeScript stands behind that of JavaScript. */
function isFor(name: string | null, found: string): boolean {
  if (name === null) return /^(?:index\.|package\.json$)/.test(found);
  const stem = /^\.?[^.]*/.exec(name)![0];
  return found === name || found === stem || found.startsWith(`${stem}.`);
}

function nearestFolder(path: string): string {
  let at = path;
  while (!isFolder(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/** The file or folder of a specifier that no module has. */
export function missingPath(specifier: string, importer: string): string {
  const folder = dirname(importer);
  if (isAbsolute(specifier)) return specifier;
  if (/^\.{1,2}(?:[\\/]|$)/.test(specifier)) return join(folder, specifier);
  // A package: it may be installed.
  for (let at = folder; ; at = dirname(at)) {
    const modules = join(at, "node_modules");
    if (isFolder(modules) || dirname(at) === at) return join(modules, specifier);
  }
}
