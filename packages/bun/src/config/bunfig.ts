/** What `bunfig.toml` says to a program that runs. What it says to Bun's other commands is ignored. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { locatedError } from "../loader/located-error.ts";
import { parseTOML } from "../loader/parse-data.ts";

export interface Bunfig {
  readonly preload: readonly string[];
  /** Names and the expressions that replace them. */
  readonly define: Readonly<Record<string, string>>;
  /** Whether `.env` files are read. */
  readonly env: boolean;
}

const EMPTY: Bunfig = { preload: [], define: {}, env: true };

/**
 * @param named path of a file that must exist, in place of `bunfig.toml` in the folder
 * @throws SyntaxError that names file, line and column, also for a value of another type; the system's error for a named file that cannot be read
 */
export function readBunfig(folder: string, named: string | undefined): Bunfig {
  const path = resolve(folder, named ?? "bunfig.toml");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (named === undefined) return EMPTY;
    throw error;
  }
  const values = parseTOML(path, text);
  const refuse = (name: string, wanted: string): never => {
    throw wrongType(path, text, name, wanted);
  };
  const { preload = [], define = {}, env = true } = values;
  const modules = typeof preload === "string" ? [preload] : preload;
  if (!Array.isArray(modules) || modules.some((name) => typeof name !== "string"))
    return refuse("preload", "a string or an array of strings");
  if (!isTable(define)) return refuse("define", "a table");
  if (typeof env !== "boolean" && !isTable(env)) return refuse("env", "true, false or a table");
  return {
    preload: modules as string[],
    // As in Bun, only strings count.
    define: Object.fromEntries(Object.entries(define).filter(isText)),
    env: isTable(env) ? env["file"] !== false : env,
  };
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}

/** The parser gives no places of values: the name of a key at the start of a line has one. */
function wrongType(path: string, text: string, name: string, wanted: string): SyntaxError {
  const lines = text.split(/\r\n?|\n/);
  const index = Math.max(
    0,
    lines.findIndex((line) => line.replace(/^[\s["']+/, "").startsWith(name)),
  );
  const column = (lines[index]!.search(/\S/) || 0) + 1;
  return locatedError(path, text, { line: index + 1, column }, `${name} must be ${wanted}`);
}
