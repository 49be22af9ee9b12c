/** The members of the global `Bun`, which are also the exports of the module `"bun"`: servers and their libraries use these. */
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { type BunFile, Cookie, CookieMap, type FileData, file, serve } from "@mantou/serve";
import { escapeHTML } from "@mantou/serve/hosting";
import { CryptoHasher } from "./crypto-hasher.ts";
import { Glob } from "./glob.ts";
import { semver } from "./semver.ts";

// The exports below take precedence over the types of the same names.
export type * from "@mantou/serve";
export {
  Cookie,
  CookieMap,
  CryptoHasher,
  env,
  escapeHTML,
  file,
  fileURLToPath,
  Glob,
  gc,
  inspect,
  nanoseconds,
  pathToFileURL,
  semver,
  serve,
  sleep,
  version,
  write,
};

/** The version of Bun that this follows. */
const version = "1.4.5";

const env: NodeJS.ProcessEnv = process.env;

const started = process.hrtime.bigint();

/** Nanoseconds since this module was loaded. */
function nanoseconds(): number {
  return Number(process.hrtime.bigint() - started);
}

/** Resolves after that many milliseconds, or at a date. */
async function sleep(until: number | Date): Promise<void> {
  await wait(typeof until === "number" ? until : Math.max(0, until.getTime() - Date.now()));
}

/**
 * Collects garbage if `force` is set and Node.js runs with `--expose-gc`. Otherwise it does nothing: Node.js collects by itself.
 * @returns bytes of the heap in use
 */
function gc(force = false): number {
  if (force) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/**
 * Replaces a file, and makes the directories on its path.
 * @param target an argument of `file`, or its result
 * @returns bytes written
 * @throws TypeError (rejects) for a target or data of another kind; otherwise the operating system's errors
 */
async function write(target: BunFile | Parameters<typeof file>[0], data: FileData): Promise<number> {
  return (isFile(target) ? target : file(target)).write(data);
}

/** Whether it is a result of `file`. The platform's Blobs have no `write`. */
function isFile(target: object | string | number): target is BunFile {
  return target instanceof Blob && "write" in target;
}

/** The type of the global `Bun`. */
export interface BunGlobal {
  readonly Cookie: typeof Cookie;
  readonly CookieMap: typeof CookieMap;
  readonly CryptoHasher: typeof CryptoHasher;
  readonly Glob: typeof Glob;
  readonly argv: string[];
  readonly env: NodeJS.ProcessEnv;
  readonly escapeHTML: typeof escapeHTML;
  readonly file: typeof file;
  readonly fileURLToPath: typeof fileURLToPath;
  readonly gc: typeof gc;
  readonly inspect: typeof inspect;
  /** Path of the program. */
  readonly main: string;
  readonly nanoseconds: typeof nanoseconds;
  readonly pathToFileURL: typeof pathToFileURL;
  readonly semver: typeof semver;
  readonly serve: typeof serve;
  readonly sleep: typeof sleep;
  readonly version: string;
  readonly write: typeof write;
}

const Bun: BunGlobal = {
  Cookie,
  CookieMap,
  CryptoHasher,
  Glob,
  argv: process.argv,
  env,
  escapeHTML,
  file,
  fileURLToPath,
  gc,
  inspect,
  get main(): string {
    return process.argv[1] ?? "";
  },
  nanoseconds,
  pathToFileURL,
  semver,
  serve,
  sleep,
  version,
  write,
};

export default Bun;
