/** Adds the variables of `.env` files to the environment of this process. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expand, parseEnvFile } from "./env-file.ts";

/** Which files are read, in place of those of the mode. */
export interface EnvironmentFiles {
  /** Values of `--env-file`, each with one path or several with commas between them. The last file counts. */
  readonly files?: readonly string[] | undefined;
  /** False: the files of the mode are not read. Files that are named are. */
  readonly automatic?: boolean;
}

/**
 * Reads the files and sets what the environment does not have: its own variables take precedence.
 *
 * @param folder the working directory
 * @param warn called for a file that cannot be read
 */
export function loadEnvironment(
  folder: string,
  { files, automatic = true }: EnvironmentFiles,
  warn: (message: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): void {
  const names = files === undefined ? (automatic ? modeFiles(env) : []) : named(files);
  for (const name of names) {
    const text = read(resolve(folder, name), files !== undefined, warn);
    if (text !== null) addVariables(text, env);
  }
}

/** The files of the mode, from the first that counts to the last. Bun's modes are three: any other is development. */
function modeFiles(env: NodeJS.ProcessEnv): string[] {
  const name = env["BUN_ENV"] ?? env["NODE_ENV"];
  const mode = name === "production" || name === "test" ? name : "development";
  // Tests are to give the same result on every machine.
  const local = mode === "test" ? [] : [".env.local"];
  return [`.env.${mode}.local`, ...local, `.env.${mode}`, ".env"];
}

function named(files: readonly string[]): string[] {
  return files
    .flatMap((list) => list.split(","))
    .filter((name) => name !== "")
    .reverse();
}

function read(path: string, isNamed: boolean, warn: (message: string) => void): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as { code?: string };
    // `.env` is also the usual name for the directory of a virtual environment of Python.
    const isAbsent = code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR";
    if (isNamed || !isAbsent) warn(`the environment file ${path} is not read: ${(error as Error).message}`);
    return null;
  }
}

/** A file's own values are expanded, one after the other, before the next file is read. */
function addVariables(text: string, env: NodeJS.ProcessEnv): void {
  const added: string[] = [];
  for (const [name, value] of parseEnvFile(text)) {
    if (env[name] !== undefined) continue;
    added.push(name);
    env[name] = value;
  }
  for (const name of added) {
    if (env[name]!.includes("$")) env[name] = expand(env[name]!, (other) => env[other]);
  }
}
