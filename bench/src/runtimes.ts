import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type CachedPackages, cache, folderName, packageFolder } from "./cache.ts";
import { runToEnd } from "./processes.ts";

/** The Node.js lines that servers can be measured on, besides the one that runs the harness. */
export const nodeRuntimes = ["node20", "node22", "node24", "node26"] as const;

export type NodeRuntime = (typeof nodeRuntimes)[number];

const bunVersion = "1.4.5";
const denoVersion = "2.9.6";

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

/** @throws Error when it cannot be fetched. */
export async function denoRuntime(): Promise<Runtime> {
  return fetched(`deno-${denoVersion}`, `deno@${denoVersion}`, (modules) => {
    const builds = join(modules, "@deno");
    const build = existsSync(builds) ? readdirSync(builds)[0] : undefined;
    return join(builds, build ?? "none", "deno");
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
 * A package that only a measurement needs, of one exact version.
 *
 * @returns its folder
 * @throws Error when it cannot be fetched.
 */
export async function fetchedPackage(name: string, version: string): Promise<string> {
  return fetchedPackages({ [name]: version });
}

/**
 * Packages that find each other by `require`.
 *
 * @returns the folder of the first
 * @throws Error when they cannot be fetched.
 */
export async function fetchedPackages(packages: CachedPackages): Promise<string> {
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const there = Object.keys(packages).every((name) => existsSync(packageFolder(packages, name)));
  if (!there) await install(folderName(packages), ...wanted);
  return packageFolder(packages);
}

async function install(folder: string, ...wanted: string[]): Promise<void> {
  const prefix = join(cache, folder);
  console.error(`fetching ${wanted.join(" ")} into .cache/${folder} …`);
  mkdirSync(prefix, { recursive: true });
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", prefix];
  await runToEnd(["npm", "install", ...options, ...wanted], fetchLimit);
}

/** Asks the binary itself, since a download that was cut off leaves a file that does not run. */
async function tryVersion(binary: string): Promise<string | undefined> {
  if (!existsSync(binary)) return undefined;
  try {
    const version = await runToEnd([binary, "--version"], 10);
    // "v26.10.0", "1.4.5", "deno 2.9.6 (stable, …)" and more lines.
    return /\d+\.\d+\.\d+\S*/.exec(version)?.[0];
  } catch {
    return undefined;
  }
}
