/** What happens in a process before its program: the environment, the hooks, the modules that come first. */
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { setLoaders } from "../loader/data/extension-loaders.ts";
import { dataKind } from "../loader/data/formats.ts";
import { registerModuleHooks } from "../loader/hooks/register-hooks.ts";
import { setTsConfig } from "../loader/resolve/tsconfig.ts";
import { setDefines } from "../loader/transform/define.ts";
import { type JSXSettings, setJSXSettings } from "../loader/transform/jsx-settings.ts";
import { keepEnvironment } from "../process/environment.ts";
import { type Bunfig, readBunfig } from "./bunfig.ts";
import { loadEnvironment } from "./environment.ts";
import { keepPageSettings } from "./page-settings.ts";

/** What the command line adds to the files. */
export interface Preparation {
  readonly config?: string | undefined;
  readonly envFiles?: readonly string[] | undefined;
  readonly readsEnvFiles?: boolean;
  readonly define?: Readonly<Record<string, string>>;
  readonly loader?: Readonly<Record<string, string>>;
  readonly jsx?: JSXSettings;
  readonly consoleDepth?: number | undefined;
  readonly smol?: boolean;
  /** The file that counts in place of each tsconfig.json. */
  readonly tsconfig?: string | undefined;
  readonly preload?: readonly string[];
  readonly entry?: string;
}

/**
 * Reads `bunfig.toml` and the `.env` files of the working directory.
 * @throws what is wrong with them
 */
export function prepareEnvironment({ config, envFiles, readsEnvFiles = true }: Preparation = {}): Bunfig {
  const folder = process.cwd();
  const bunfig = readBunfig(folder, config);
  loadEnvironment(folder, { files: envFiles, automatic: readsEnvFiles && bunfig.env }, warn);
  return bunfig;
}

/**
 * Does all of it, once for a process. The global `Bun` must be there.
 * @throws what is wrong with the files, and what the first modules throw
 */
export async function prepareProcess(given: Preparation = {}): Promise<void> {
  const bunfig = prepareEnvironment(given);
  keepPageSettings(bunfig.static);
  keepEnvironment();
  const { define = {}, loader = {} } = given;
  // As in Bun, those of the command line replace the whole table of bunfig.toml.
  setDefines(Object.keys(define).length > 0 ? define : bunfig.define);
  setLoaders({ ...entryLoader(given.entry), ...(Object.keys(loader).length > 0 ? loader : bunfig.loader) });
  setJSXSettings({ ...bunfig.jsx, ...given.jsx });
  if (given.tsconfig !== undefined) setTsConfig(resolve(given.tsconfig));
  applyToNode(given.consoleDepth ?? bunfig.consoleDepth, given.smol === true || bunfig.smol);
  setPort(bunfig.port);
  registerModuleHooks();
  // As in Bun, their names are those of modules in the working directory.
  const importer = pathToFileURL(join(process.cwd(), "bunfig.toml")).href;
  for (const name of [...bunfig.preload, ...(given.preload ?? [])]) {
    await import(await preloadURL(name, importer));
  }
}

/** Extensions that mean something besides those of data, and none. */
const MEANINGFUL = /^(?:\.[mc]?[jt]sx?|\.node|\.wasm|)$/;

/** As in Bun, a program of another extension is code. */
function entryLoader(entry = ""): Readonly<Record<string, string>> {
  const extension = extname(entry);
  return MEANINGFUL.test(extension) || dataKind(extension) !== undefined ? {} : { [extension]: "tsx" };
}

/** @param depth of objects on the console; 0 for any */
function applyToNode(depth: number | undefined, isSmall: boolean): void {
  if (depth !== undefined) inspect.defaultOptions.depth = depth === 0 ? Number.POSITIVE_INFINITY : depth;
  if (isSmall) setFlagsFromString("--optimize-for-size");
}

/** Variables of the environment come before bunfig.toml. */
function setPort(port: number | undefined): void {
  const { env } = process;
  if (port === undefined || env["BUN_PORT"] || env["PORT"] || env["NODE_PORT"]) return;
  env["BUN_PORT"] = String(Math.min(65_535, Math.max(0, Math.trunc(port))));
}

async function preloadURL(name: string, importer: string): Promise<string> {
  const { resolvedURL } = await import("../loader/resolve/resolve.ts");
  const url = resolvedURL(name, importer, "import");
  if (url === null)
    throw new Error(`The module ${JSON.stringify(name)}, which is to be loaded first, does not exist`);
  return url;
}

function warn(message: string): void {
  process.stderr.write(`mantou: ${message}\n`);
}
