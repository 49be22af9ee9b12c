import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd } from "./processes.ts";

/** The Node.js lines that servers can be measured on, besides the one that runs the harness. */
export const nodeRuntimes = ["node20", "node22", "node24", "node26"] as const;

export type NodeRuntime = (typeof nodeRuntimes)[number];

const bunVersion = "1.4.5";

/**
 * Git-ignored, at the root of the repository. Runtimes are fetched when a run first needs them, so that installing the
 * workspace downloads none of them.
 */
const cache = fileURLToPath(new URL("../../.cache/", import.meta.url));

/** Seconds a download may take. */
const fetchLimit = 600;

export interface Runtime {
  readonly binary: string;
  /** As the binary itself says it. */
  readonly version: string;
}

/**
 * The Node.js to run servers on: this very one, unless another line is asked for.
 *
 * @throws Error when it cannot be fetched.
 */
export async function nodeRuntime(name: NodeRuntime | undefined): Promise<Runtime> {
  const major = process.versions.node.split(".")[0];
  if (name === undefined || name === `node${major}`) {
    return { binary: process.execPath, version: process.versions.node };
  }
  const packaged = `node-${process.platform}-${process.arch}`;
  const wanted = `${packaged}@${name.slice("node".length)}`;
  return fetched(name, wanted, (modules) => join(modules, packaged, "bin", "node"));
}

/** @throws Error when it cannot be fetched. */
export async function bunRuntime(): Promise<Runtime> {
  // The package `bun` links its binary in an install script. Scripts stay off; npm has already chosen the platform's
  // binary among the optional dependencies by then.
  return fetched(`bun-${bunVersion}`, `bun@${bunVersion}`, (modules) => {
    const builds = join(modules, "@oven");
    const build = existsSync(builds)
      ? readdirSync(builds).find((name) => name.startsWith("bun-"))
      : undefined;
    return join(builds, build ?? "none", "bin", "bun");
  });
}

async function fetched(
  folder: string,
  wanted: string,
  locate: (modules: string) => string,
): Promise<Runtime> {
  const modules = join(cache, folder, "node_modules");
  const present = await tryVersion(locate(modules));
  if (present !== undefined) return { binary: locate(modules), version: present };
  await install(folder, wanted);
  const version = await tryVersion(locate(modules));
  if (version === undefined) throw new Error(`${wanted} has no binary that runs on this machine`);
  return { binary: locate(modules), version };
}

/**
 * A package that is measured and that nobody else needs, of one exact version.
 *
 * @returns its folder
 * @throws Error when it cannot be fetched.
 */
export async function fetchedPackage(name: string, version: string): Promise<string> {
  const folder = `${name}-${version}`;
  const path = join(cache, folder, "node_modules", name);
  // npm writes it in one step, so it is whole if it is there.
  if (!existsSync(path)) await install(folder, `${name}@${version}`);
  return path;
}

async function install(folder: string, wanted: string): Promise<void> {
  const prefix = join(cache, folder);
  console.error(`fetching ${wanted} into .cache/${folder} …`);
  mkdirSync(prefix, { recursive: true });
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", prefix];
  await runToEnd(["npm", "install", ...options, wanted], fetchLimit);
}

/** Asks the binary itself, since a download that was cut off leaves a file that does not run. */
async function tryVersion(binary: string): Promise<string | undefined> {
  if (!existsSync(binary)) return undefined;
  try {
    const version = await runToEnd([binary, "--version"], 10);
    return version.trim().replace(/^v/, "");
  } catch {
    return undefined;
  }
}
