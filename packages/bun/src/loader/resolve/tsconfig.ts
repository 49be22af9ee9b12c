import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import type { TsConfigJsonResolved } from "get-tsconfig";
import type { ParseError } from "jsonc-parser";
import { sourceError } from "../source/source-error.ts";
import { isFile } from "./stat-of.ts";

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

/** By folder. A change of a tsconfig takes effect with the next process, or with the next run of `--hot`. */
const nearest = new Map<string, TsConfig | null>();

export function forgetTsConfigs(): void {
  nearest.clear();
}

/** Threads that start later have the data of the thread that starts them: workers, and the thread of the hooks. */
const KEY = "mantou.tsconfig";

/** From now on this file counts for all folders. */
export function setTsConfig(path: string): void {
  setEnvironmentData(KEY, path);
}

/** The configuration for the files of a folder: that of the folder, or of the nearest one above. */
export function tsconfigOf(folder: string): TsConfig | null {
  if (isLoading) return null;
  const named = getEnvironmentData(KEY) as string | undefined;
  return named === undefined ? nearestOf(folder) : namedConfig(named);
}

function namedConfig(path: string): TsConfig | null {
  let config = nearest.get(path);
  if (config === undefined) {
    config = read(path);
    nearest.set(path, config);
  }
  return config;
}

function nearestOf(folder: string): TsConfig | null {
  let config = nearest.get(folder);
  if (config !== undefined) return config;
  const parent = dirname(folder);
  config = readFrom(folder) ?? (parent === folder ? null : nearestOf(parent));
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
    if (isFile(path)) return read(path);
  }
  return null;
}

let isLoading = false;

/** Loads a package at its first use. Hooks in this thread are asked for the package's modules, too: no configuration counts for them. */
function load<T>(name: string): T {
  isLoading = true;
  try {
    return require(name) as T;
  } finally {
    isLoading = false;
  }
}

/** @throws a `SyntaxError` that shows the place, if it is one of the program's */
function read(path: string): TsConfig {
  const text = readFileSync(path, "utf8");
  const isDependency = path.includes(`${sep}node_modules${sep}`);
  if (!isDependency) check(path, text);
  const { parseTsconfig, createPathsMatcher } = load<typeof import("get-tsconfig")>("get-tsconfig");
  try {
    const config = parseTsconfig(path);
    return {
      path,
      compilerOptions: config.compilerOptions ?? {},
      matchPaths: createPathsMatcher({ path, config }),
    };
  } catch (error) {
    // What it extends may be in a package that only development has: then it counts alone. That of a dependency is not the author's to mend.
    if (!isDependency) console.error(`${path}: ${(error as Error).message}`);
    const config = ownParts(text);
    return {
      path,
      compilerOptions: config.compilerOptions ?? {},
      matchPaths: createPathsMatcher({ path, config }),
    };
  }
}

function check(path: string, text: string): void {
  if (text.trim() === "") return;
  try {
    JSON.parse(text);
    return;
  } catch {
    // It may have comments.
  }
  const { parse, printParseErrorCode } = load<typeof import("jsonc-parser")>("jsonc-parser");
  const errors: ParseError[] = [];
  parse(text.replace(/^\ufeff/, " "), errors, { allowTrailingComma: true, allowEmptyContent: true });
  const [first] = errors;
  if (first === undefined) return;
  const message = printParseErrorCode(first.error)
    .replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace("symbol", "character");
  throw sourceError(message, path, text, first.offset);
}

function ownParts(text: string): TsConfigJsonResolved {
  const { parse } = load<typeof import("jsonc-parser")>("jsonc-parser");
  const { extends: _, ...own } = (parse(text) ?? {}) as TsConfigJsonResolved & { extends?: unknown };
  return own;
}
