/** The pages that the command line names, by paths and by patterns, and their paths on the server. */
import { statSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { Glob } from "../global/glob/glob.ts";

const PATTERN = /[*?[{]/;

/**
 * The files of paths and patterns, each once.
 * @throws Error that names a file that is missing, or a pattern without files
 */
export function findPages(names: readonly string[], folder: string): string[] {
  const found = new Set<string>();
  for (const name of names) {
    if (!PATTERN.test(name)) {
      const file = resolve(folder, name);
      if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
        throw new Error(`there is no page ${JSON.stringify(name)} in ${folder}`);
      found.add(file);
      continue;
    }
    const matches = [...new Glob(name.replace(/^\.\//, "")).scanSync({ cwd: folder })].sort();
    const own = matches.filter((path) => !path.split(/[\\/]/).includes("node_modules"));
    if (own.length === 0) throw new Error(`there is no page ${JSON.stringify(name)} in ${folder}`);
    for (const path of own) found.add(resolve(folder, path));
  }
  return [...found];
}

/**
 * Where each page is served. As in Bun, one page alone gets every path; several have the paths of their files below the folder that all are
 * in, without `.html` and `index`.
 */
export function routesOf(files: readonly string[]): Map<string, string> {
  if (files.length === 1) return new Map([["/*", files[0]!]]);
  const common = commonFolder(files);
  return new Map(
    files.map((file) => {
      const path = relative(common, file)
        .split(sep)
        .join("/")
        .replace(/\.html$/, "");
      return [`/${path.replace(/(?:^|\/)index$/, "")}`, file];
    }),
  );
}

function commonFolder(files: readonly string[]): string {
  const folders = files.map((file) => dirname(file).split(sep));
  const first = folders[0]!;
  const length = first.findIndex((part, i) => folders.some((each) => each[i] !== part));
  return (length === -1 ? first : first.slice(0, length)).join(sep) || sep;
}
