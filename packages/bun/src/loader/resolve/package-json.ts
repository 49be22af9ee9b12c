import { readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import type { PathConditionsMap } from "resolve-pkg-maps";
import { parseData } from "../data/parse-data.ts";
import { statOf } from "./stat-of.ts";

/** What finding modules reads of a `package.json`. */
export interface PackageJson {
  readonly folder: string;
  readonly name?: string;
  readonly type?: string;
  readonly main?: string;
  readonly module?: string;
  readonly exports?: PathConditionsMap | string;
  readonly imports?: Readonly<Record<string, PathConditionsMap | string>>;
  /** It has comments or trailing commas, which Node.js refuses. */
  readonly isCommented: boolean;
}

/** By folder. A change of a package.json takes effect with the next process, or with the next run of `--hot`. */
const packages = new Map<string, PackageJson | null>();

export function forgetPackages(): void {
  packages.clear();
}

/** The `package.json` of a folder; null if there is none, or one that is no JSON object. */
export function packageIn(folder: string): PackageJson | null {
  let found = packages.get(folder);
  if (found === undefined) {
    found = read(folder);
    packages.set(folder, found);
  }
  return found;
}

/** The package that a folder belongs to: its own `package.json`, or the nearest one above. A `node_modules` belongs to none. */
export function packageOf(folder: string): PackageJson | null {
  for (let at = folder; !at.endsWith(`${sep}node_modules`); at = dirname(at)) {
    const found = packageIn(at);
    if (found !== null || dirname(at) === at) return found;
  }
  return null;
}

function read(folder: string): PackageJson | null {
  const path = join(folder, "package.json");
  if (statOf(path) === undefined) return null;
  try {
    const text = readFileSync(path, "utf8");
    const json = parsePackage(path, text);
    return typeof json === "object" && json !== null ? { ...json, folder, isCommented: !isJSON(text) } : null;
  } catch {
    return null;
  }
}

function isJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The value of a package.json, which may have comments and trailing commas, as in Bun; null if its text is wrong. */
export function parsePackage(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    try {
      return parseData(path, text, "json");
    } catch {
      return null;
    }
  }
}
