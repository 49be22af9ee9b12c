/** What `bunfig.toml` says to a program or a script that runs. What it says to Bun's other commands is ignored. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { loaderFault } from "../loader/data/extension-loaders.ts";
import { parseTOML } from "../loader/data/parse-data.ts";
import { offsetOf, sourceError } from "../loader/source/source-error.ts";
import type { JSXSettings } from "../loader/transform/jsx-settings.ts";
import { NO_STATIC_SETTINGS, SOURCE_MAPS, type StaticSettings } from "./page-settings.ts";

export interface Bunfig {
  readonly preload: readonly string[];
  /** Names and the expressions that replace them. */
  readonly define: Readonly<Record<string, string>>;
  /** Loaders by extension. */
  readonly loader: Readonly<Record<string, string>>;
  readonly jsx: JSXSettings;
  /** Whether `.env` files are read. */
  readonly env: boolean;
  /** Whether memory counts for more than time. */
  readonly smol: boolean;
  /** 0 for any depth. */
  readonly consoleDepth: number | undefined;
  /** The port of servers that set none. */
  readonly port: number | undefined;
  readonly run: RunSettings;
  /** For HTML pages. */
  readonly static: StaticSettings;
}

/** For the scripts of package.json. */
export interface RunSettings {
  readonly isSilent: boolean;
  readonly replacesNode: boolean;
  readonly shell: "bun" | "system";
  readonly endsOrphans: boolean;
}

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
    // As in Bun.
    if (named === undefined) return new BunfigReader(path, "", {}).read();
    throw error;
  }
  return new BunfigReader(path, text, parseTOML(path, text)).read();
}

const RUNTIMES = { react: "react", "react-jsx": "react-jsx", "react-jsxDEV": "react-jsxdev" } as const;
const LEVELS = ["debug", "error", "warn"];

type Table = Readonly<Record<string, unknown>>;

/** The values of a file, checked where Bun checks them. */
class BunfigReader {
  readonly #path: string;
  readonly #text: string;
  readonly #values: Table;

  constructor(path: string, text: string, values: Table) {
    this.#path = path;
    this.#text = text;
    this.#values = values;
  }

  read(): Bunfig {
    const { telemetry, smol = false, logLevel, env = true } = this.#values;
    // What they are for is not there: nothing is reported to others, and no message has a level.
    this.#check("telemetry", telemetry === undefined || typeof telemetry === "boolean", "true or false");
    this.#check("logLevel", logLevel === undefined || LEVELS.includes(logLevel as string), listOf(LEVELS));
    this.#check("smol", typeof smol === "boolean", "true or false");
    this.#check("env", typeof env === "boolean" || isTable(env), "true, false or a table");
    return {
      preload: this.#list("preload", this.#values),
      define: this.#texts("define"),
      loader: this.#loaders(),
      jsx: this.#jsx(),
      env: isTable(env) ? env["file"] !== false : env === true,
      smol: smol === true,
      consoleDepth: this.#number("console", "depth"),
      port: this.#number("serve", "port"),
      run: this.#run(),
      static: this.#static(),
    };
  }

  #static(): StaticSettings {
    const { serve } = this.#values;
    const table = isTable(serve) ? serve["static"] : undefined;
    if (!isTable(table)) return NO_STATIC_SETTINGS;
    const { env = "disable", sourcemap } = table;
    const inlined = env === true ? "inline" : env === false ? "disable" : env;
    const isKnown = inlined === "inline" || inlined === "disable" || /\*/.test(String(inlined));
    this.#check(
      "env",
      typeof inlined === "string" && isKnown,
      '"inline", "disable", or the beginning of names and *',
    );
    const isMap = typeof sourcemap !== "string" || Object.hasOwn(SOURCE_MAPS, sourcemap);
    this.#check("sourcemap", isMap, listOf(Object.keys(SOURCE_MAPS)));
    return {
      plugins: this.#list("plugins", table),
      env: inlined as StaticSettings["env"],
      sourcemap:
        typeof sourcemap === "string"
          ? SOURCE_MAPS[sourcemap as keyof typeof SOURCE_MAPS]
          : typeof sourcemap === "boolean"
            ? sourcemap
            : undefined,
    };
  }

  /** One name, or several. */
  #list(name: string, { [name]: value = [] }: Table): readonly string[] {
    const names: unknown = typeof value === "string" ? [value] : value;
    const isList = Array.isArray(names) && names.every((each) => typeof each === "string");
    this.#check(name, isList, "a string or an array of strings");
    return names as string[];
  }

  /** As in Bun, only strings count. */
  #texts(name: string): Record<string, string> {
    const { [name]: table = {} } = this.#values;
    this.#check(name, isTable(table), "a table");
    return Object.fromEntries(Object.entries(table as Table).filter(isText));
  }

  #loaders(): Record<string, string> {
    const { loader = {} } = this.#values;
    this.#check("loader", isTable(loader), "a table");
    for (const [extension, name] of Object.entries(loader as Table)) {
      this.#check(extension, typeof name === "string", "the name of a loader");
      const fault = loaderFault(extension, name as string);
      if (fault !== null) throw this.#error(extension, fault);
    }
    return loader as Record<string, string>;
  }

  #jsx(): JSXSettings {
    const { jsx, jsxFactory, jsxFragment, jsxImportSource } = this.#values;
    // As in Bun, a value that is no string is none.
    const isKnown = typeof jsx !== "string" || Object.hasOwn(RUNTIMES, jsx);
    this.#check("jsx", isKnown, listOf(Object.keys(RUNTIMES)));
    return {
      ...(typeof jsx === "string" && { jsx: RUNTIMES[jsx as keyof typeof RUNTIMES] }),
      ...(typeof jsxFactory === "string" && { jsxFactory }),
      ...(typeof jsxFragment === "string" && { jsxFragmentFactory: jsxFragment }),
      ...(typeof jsxImportSource === "string" && { jsxImportSource }),
    };
  }

  #number(tableName: string, name: string): number | undefined {
    const table = this.#values[tableName];
    const value = isTable(table) ? table[name] : undefined;
    if (value === undefined || typeof value === "number") return value;
    throw this.#error(name, `${tableName}.${name} must be a number`);
  }

  /** As in Bun, values of other types are ignored. */
  #run(): RunSettings {
    const { run } = this.#values;
    const { silent, bun, shell, noOrphans } = isTable(run) ? run : {};
    return {
      isSilent: silent === true,
      replacesNode: bun === true,
      shell: shell === "bun" ? "bun" : "system",
      endsOrphans: noOrphans === true,
    };
  }

  #check(name: string, isRight: boolean, wanted: string): void {
    if (!isRight) throw this.#error(name, `${name} must be ${wanted}`);
  }

  /** The parser gives no places of values: the name of a key at the start of a line has one. */
  #error(name: string, reason: string): SyntaxError {
    const lines = this.#text.split(/\r\n?|\n/);
    const found = lines.findIndex((line) => line.replace(/^[\s["']+/, "").startsWith(name));
    const index = Math.max(0, found);
    const column = (lines[index]!.search(/\S/) || 0) + 1;
    return sourceError(reason, this.#path, this.#text, offsetOf(this.#text, index + 1, column));
  }
}

function listOf(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(" or ");
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}
