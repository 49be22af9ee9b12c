// An empty project of a user, and the package managers that install something in it.
import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packages, readManifest, run } from "./pack.mjs";

/** Milliseconds for an installation, and for a program. */
const INSTALL = 300_000;
const PROGRAM = 60_000;

/**
 * What each manager is started with. The files name the registry of the scope; `yarn` is the path of Yarn's program.
 * @type {Record<string, (registry: string, yarn: string) => Manager>}
 */
export const MANAGERS = {
  npm: (registry) => ({
    files: { ".npmrc": `@mantou:registry=${registry}\n` },
    add: ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"],
    node: (binary) => [binary],
  }),
  pnpm: (registry) => ({
    files: { ".npmrc": `@mantou:registry=${registry}\n`, "pnpm-workspace.yaml": "pmOnFail: ignore\n" },
    add: ["pnpm", "add", "--reporter=append-only"],
    node: (binary) => [binary],
  }),
  "yarn-pnp": (registry, yarn) => ({
    files: yarnFiles(registry, "pnp"),
    add: [process.execPath, yarn, "add"],
    node: (binary) => [binary, yarn, "node"],
  }),
  "yarn-modules": (registry, yarn) => ({
    files: yarnFiles(registry, "node-modules"),
    add: [process.execPath, yarn, "add"],
    node: (binary) => [binary],
  }),
};

/**
 * The bindings of oxc-transform for other platforms. A registry's copy need not have them: npm and pnpm go on without an optional dependency, and Yarn does
 * not. An empty folder takes their place.
 */
function otherPlatforms() {
  const folder = realpathSync(join(packages, "bun/node_modules/oxc-transform"));
  const others = Object.keys(readManifest(folder).optionalDependencies).filter(
    // Those for this platform are installed beside it.
    (name) => !existsSync(join(dirname(folder), name)),
  );
  return Object.fromEntries(others.map((name) => [name, "link:./absent"]));
}

/** Yarn's global cache would have a version's bytes of an earlier run. */
function yarnFiles(registry, linker) {
  const settings = {
    nodeLinker: linker,
    enableGlobalCache: false,
    enableTelemetry: false,
    enableImmutableInstalls: false,
    npmMinimalAgeGate: 0,
    unsafeHttpWhitelist: ["127.0.0.1"],
    npmScopes: { mantou: { npmRegistryServer: registry.replace(/\/$/, "") } },
  };
  // YAML has JSON in it. An empty lock file makes the folder a project of its own.
  return {
    ".yarnrc.yml": `${JSON.stringify(settings)}\n`,
    "yarn.lock": "",
    "package.json": `${JSON.stringify({ private: true, resolutions: otherPlatforms() })}\n`,
    "absent/.keep": "",
  };
}

/** A folder with a manifest and nothing installed. */
export class Project {
  #manager;

  /**
   * @param {string} parent folder in which it is made
   * @param {Manager} manager that installs its packages
   */
  constructor(parent, manager) {
    this.folder = mkdtempSync(join(parent, "project-"));
    this.#manager = manager;
    this.write({ "package.json": '{ "private": true }\n', ...manager.files });
  }

  /** Writes files by their paths. */
  write(files) {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  /** Installs packages by their names, as a user does. @throws Error with what the manager has printed */
  async add(...names) {
    await this.command([...this.#manager.add, ...names], { timeout: INSTALL });
  }

  /** Runs `node …args` on a line of Node.js. @returns what it prints */
  node(binary, ...args) {
    return this.command([...this.#manager.node(binary), ...args], { timeout: PROGRAM });
  }

  /** Runs a command in the folder. @returns what it prints */
  command(words, options) {
    return command(this.folder, words, options);
  }
}

/**
 * Runs a command.
 * @returns what it prints
 * @throws Error with the command, and what it has printed, if it fails or takes more than `timeout` milliseconds
 */
export async function command(folder, [program, ...args], { timeout = PROGRAM, env = {} } = {}) {
  // Those that run these checks may have options of their own.
  const { NODE_OPTIONS: _, NODE_PATH: __, NODE_ENV: ___, ...own } = process.env;
  try {
    const { stdout } = await run(program, args, {
      cwd: folder,
      env: { ...own, NO_COLOR: "1", NODE_NO_WARNINGS: "1", ...env },
      timeout,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const printed = `${error.stdout ?? ""}${error.stderr ?? ""}`.trim();
    throw new Error(`${[program, ...args].join(" ")}\n${printed || error.message}`);
  }
}

/**
 * @typedef {object} Manager
 * @property {Record<string, string>} files that a project of it has
 * @property {string[]} add the command that installs the packages behind it
 * @property {(binary: string) => string[]} node the command that runs Node.js
 */
