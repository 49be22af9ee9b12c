import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { TsConfigJsonResolved } from "get-tsconfig";

const require = createRequire(import.meta.url);

/** The `tsconfig.json` or `jsconfig.json` of a folder. */
export interface TsConfig {
  readonly path: string;
  /** With what it `extends`. */
  readonly compilerOptions: NonNullable<TsConfigJsonResolved["compilerOptions"]>;
  /** The paths, without extensions, to try for a specifier in this order, by `paths` and `baseUrl`; null if it has neither. */
  readonly matchPaths: ((specifier: string) => string[]) | null;
}

/** In a folder with both files the first one counts. */
const NAMES = ["tsconfig.json", "jsconfig.json"] as const;

/** By folder. A change of a tsconfig takes effect with the next process. */
const nearest = new Map<string, TsConfig | null>();

/** The configuration for the files of a folder: that of the folder, or of the nearest one above. */
export function tsconfigOf(folder: string): TsConfig | null {
  let config = nearest.get(folder);
  if (config !== undefined) return config;
  const parent = dirname(folder);
  config = readFrom(folder) ?? (parent === folder ? null : tsconfigOf(parent));
  nearest.set(folder, config);
  return config;
}

/** The configuration that stands in a folder itself. */
export function tsconfigIn(folder: string): TsConfig | null {
  const config = tsconfigOf(folder);
  return config !== null && dirname(config.path) === folder ? config : null;
}

function readFrom(folder: string): TsConfig | null {
  for (const name of NAMES) {
    const path = join(folder, name);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return read(path);
  }
  return null;
}

/** As Bun does, a configuration that cannot be read is reported, and the program runs without it. */
function read(path: string): TsConfig {
  // Loaded at the first use.
  const { parseTsconfig, createPathsMatcher } = require("get-tsconfig") as typeof import("get-tsconfig");
  try {
    const config = parseTsconfig(path);
    return {
      path,
      compilerOptions: config.compilerOptions ?? {},
      matchPaths: createPathsMatcher({ path, config }),
    };
  } catch (error) {
    console.error(`${path}: ${(error as Error).message}`);
    return { path, compilerOptions: {}, matchPaths: null };
  }
}
