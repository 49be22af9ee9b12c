/** Finds the program of a command, and tells what is wrong with it, as Bun does: before anything runs. */
import { Buffer } from "node:buffer";
import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from "node:fs";
import { constants as system } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { which } from "../base/which.ts";

/** A program and its arguments, as Node.js starts them. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** The name that the caller gave. */
  readonly name: string;
}

const MAIN = fileURLToPath(new URL("../cli/main.js", import.meta.url));

/**
 * @param given the command's words
 * @param cwd the folder of the process
 * @param path the variable PATH of its environment
 * @throws Error `ENOENT` or `EACCES`
 */
export function findCommand(given: readonly string[], cwd: string, path: string | undefined): Command {
  const [name = "", ...args] = given;
  const runsHere = commandOfThis(name, args);
  if (runsHere !== null) {
    checkFolder(cwd, name);
    return { ...runsHere, name };
  }
  if (name.includes("/") || (process.platform === "win32" && name.includes("\\"))) {
    const file = isAbsolute(name) ? name : resolve(cwd, name);
    checkFolder(cwd, name);
    const code = faultOf(file);
    if (code !== null) throw startError(code, name);
    return { file, args, name };
  }
  const file = which(name, { cwd, PATH: path ?? process.env["PATH"] ?? "" });
  if (file === null) {
    const error = Object.assign(new Error(`Executable not found in $PATH: ${JSON.stringify(name)}`), {
      code: "ENOENT",
    });
    throw Object.assign(error, name === "" ? {} : { path: name }, { errno: -system.errno.ENOENT });
  }
  checkFolder(cwd, name);
  return { file, args, name };
}

/**
 * Bun's programs start Bun by its name, and by the path of their own process. Here this is `mantou`, on the Node.js that runs the program.
 * @returns null for other programs
 */
function commandOfThis(name: string, args: readonly string[]): Omit<Command, "name"> | null {
  const isBunx = name === "bunx";
  if (!isBunx && name !== "bun" && name !== process.execPath) return null;
  // A program may name the file of `mantou`, too. As a program of itself it would wait for itself.
  const rest = isMain(args[0]) ? args.slice(1) : args;
  return { file: process.execPath, args: [MAIN, ...(isBunx ? ["x"] : []), ...rest] };
}

function isMain(path: string | undefined): boolean {
  if (path === undefined) return false;
  try {
    return realpathSync(path) === MAIN;
  } catch {
    return false;
  }
}

function checkFolder(cwd: string, name: string): void {
  const stats = statSync(cwd, { throwIfNoEntry: false });
  if (stats === undefined) throw startError("ENOENT", name);
  if (!stats.isDirectory()) throw startError("ENOTDIR", name);
}

/** Why a file cannot be run. */
function faultOf(file: string): "ENOENT" | "ENOTDIR" | "EACCES" | null {
  try {
    if (!statSync(file).isFile()) return "EACCES";
    accessSync(file, constants.X_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? code : "EACCES";
  }
}

const MEANING: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  ENOTDIR: "not a directory",
  EACCES: "permission denied",
  EAGAIN: "resource temporarily unavailable",
  EMFILE: "too many open files",
  ENFILE: "file table overflow",
  E2BIG: "argument list too long",
  EBADF: "bad file descriptor",
  EINVAL: "invalid argument",
  EPERM: "operation not permitted",
};

/**
 * Why the system has not started a command that `findCommand` has found. For these codes Node.js tells the reason only later, by an event, when the
 * caller of `spawn` has gone on: here it is found again.
 */
export function faultOfStart({ file }: Command, cwd: string): string {
  try {
    accessSync(cwd, constants.X_OK);
    const interpreter = /^#![ \t]*([^ \t\n]+)/.exec(readHead(file))?.[1];
    return (interpreter === undefined ? null : faultOf(resolve(cwd, interpreter))) ?? "EAGAIN";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "EAGAIN";
  }
}

/** The first line of a script is no longer. */
const MAX_HEAD = 256;

function readHead(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const head = Buffer.alloc(MAX_HEAD);
    return head.toString("latin1", 0, readSync(descriptor, head));
  } finally {
    closeSync(descriptor);
  }
}

/** The error of a process that cannot be started. */
export function startError(code: string, name: string): Error {
  const error = new Error(`${code}: ${MEANING[code] ?? "the process did not start"}, posix_spawn '${name}'`);
  const number = (system.errno as Readonly<Record<string, number>>)[code];
  return Object.assign(error, { code, path: name, syscall: "posix_spawn", errno: -(number ?? 0) });
}
