import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseData } from "../loader/data/parse-data.ts";

/** The parts of a package.json that the command reads. */
export interface Package {
  readonly path: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly scripts: Readonly<Record<string, string>>;
}

/** The nearest package.json of the folder and those above it, or null. */
export function readPackage(folder: string): Package | null {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, "package.json");
    let text: string | undefined;
    try {
      text = readFileSync(path, "utf8");
    } catch {
      if (dirname(at) === at) return null;
    }
    if (text !== undefined) return packageOf(path, parse(path, text));
  }
}

/** As in Bun, there may be comments and commas at the ends. A fault is reported, and files run without it. */
function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    try {
      return parseData(path, text, "jsonc");
    } catch (error) {
      process.stderr.write(`mantou: ${(error as Error).stack}\n`);
      return null;
    }
  }
}

function packageOf(path: string, content: unknown): Package {
  const { name, version, scripts } = (content ?? {}) as Readonly<Record<string, unknown>>;
  const entries = Object.entries((scripts ?? {}) as object).filter(([, text]) => typeof text === "string");
  return {
    path,
    name: typeof name === "string" ? name : undefined,
    version: typeof version === "string" ? version : undefined,
    scripts: Object.fromEntries(entries) as Record<string, string>,
  };
}
