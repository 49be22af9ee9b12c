import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Lang } from "../data/formats.ts";
import { type Compiled, compile } from "../transform/compile.ts";
import type { CompilerOptions } from "../transform/transform-options.ts";
import { draftOf, entryOf, removeOldest } from "./cache-limits.ts";
import { forbidsCache, GIVEN_CACHE, privateFolder, temporaryFolder } from "./private-folder.ts";

/** Another version of this package or of its dependencies makes other entries, and so does another build. */
const VERSION: string =
  readFileSync(new URL("../../../package.json", import.meta.url), "utf8") +
  statSync(new URL(import.meta.url)).mtimeMs +
  // Compiled code imports our modules.
  import.meta.url;

/**
 * Compiles a file, or takes its JavaScript from an earlier start: then the transformer need not be loaded. Faults of the cache are never errors.
 *
 * @throws a `SyntaxError` that shows the place
 */
export function compileCached(path: string, text: string, lang: Lang, options: CompilerOptions): Compiled {
  const folder = cacheFolder(path);
  if (folder === null) return compile(path, text, lang, options);
  const hash = createHash("sha256");
  for (const part of [VERSION, process.versions.node, basename(path), lang, JSON.stringify(options)])
    hash.update(`${part.length}:${part}`);
  const entry = entryOf(folder, hash.update(text).digest("hex"));
  const known = readEntry(entry);
  if (known !== null) return known;
  const compiled = compile(path, text, lang, options);
  writeEntry(folder, entry, compiled);
  return compiled;
}

const FORMATS = ["module", "commonjs"] as const;

function readEntry(entry: string): Compiled | null {
  let text: string;
  try {
    text = readFileSync(entry, "utf8");
  } catch {
    return null;
  }
  const end = text.indexOf("\n");
  const format = FORMATS.find((each) => each === text.slice(0, end));
  return format === undefined ? null : { format, source: text.slice(end + 1) };
}

let hasWritten = false;

/** A reader sees the whole entry or none: it gets its name when it is complete. */
function writeEntry(folder: string, entry: string, { format, source }: Compiled): void {
  const draft = draftOf(entry);
  try {
    if (!hasWritten) removeOldest(folder);
    hasWritten = true;
    writeFileSync(draft, `${format}\n${source}`, { flag: "wx", mode: 0o600 });
    renameSync(draft, entry);
  } catch {
    rmSync(draft, { force: true });
  }
}

/** By the folder of the compiled file. */
const folders = new Map<string, string | null>();
let temporary: string | null | undefined;

function cacheFolder(path: string): string | null {
  if (GIVEN_CACHE !== undefined) return forbidsCache() ? null : privateFolder(GIVEN_CACHE);
  const from = dirname(path);
  let folder = folders.get(from);
  if (folder === undefined) {
    const modules = nearestModules(from);
    folder = modules === null ? null : privateFolder(join(modules, ".cache", "mantou"));
    folder ??= temporary ??= temporaryFolder("mantou");
    folders.set(from, folder);
  }
  return folder;
}

/** The folder `node_modules` of the project that the file belongs to. */
function nearestModules(from: string): string | null {
  const at = from.indexOf("/node_modules/");
  if (at >= 0) return from.slice(0, at + "/node_modules".length);
  for (let folder = from; ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (statSync(modules, { throwIfNoEntry: false })?.isDirectory() === true) return modules;
    if (dirname(folder) === folder) return null;
  }
}
