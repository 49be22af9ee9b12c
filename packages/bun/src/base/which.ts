import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { wrongType } from "./argument-error.ts";
import { asText } from "./as-text.ts";

/** The options of `which`. */
export interface WhichOptions {
  /** The folders to look in; the default is that of the environment. */
  PATH?: string;
  /** The folder of relative paths. */
  cwd?: string;
}

/** The path of a program, as a shell would find it; null if there is none. */
export function which(command: string, given?: WhichOptions | null): string | null {
  if (command === undefined) throw wrongType("which() takes the name of a command");
  const name = asText(command);
  if (name === "") return null;
  const options = given ?? {};
  const cwd = options.cwd ?? process.cwd();
  if (isAbsolute(name)) return executable(name);
  if (name.includes("/") || (process.platform === "win32" && name.includes("\\")))
    return executable(`${resolve(cwd)}/${name}`);
  // As in Bun, a PATH that is no text has no folders.
  const { PATH = process.env["PATH"] } = options as { PATH?: unknown };
  for (const folder of typeof PATH === "string" ? PATH.split(delimiter) : []) {
    const found = folder === "" ? null : executable(resolve(cwd, join(folder, name)));
    if (found !== null) return found;
  }
  return null;
}

/** The path with the extension of a program, if it is one. */
function executable(path: string): string | null {
  const extensions = process.platform === "win32" ? ["", ".exe", ".cmd", ".bat", ".com"] : [""];
  // The path is looked at as it is: a folder before ".." must be there.
  for (const extension of extensions) if (isExecutable(path + extension)) return resolve(path + extension);
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
