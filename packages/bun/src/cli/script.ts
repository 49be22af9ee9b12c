/** Runs scripts of package.json and commands, as package managers do. */
import { existsSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../global/runtime.ts";
import { type Ended, runChild } from "./child.ts";
import { binFolders } from "./entry.ts";
import type { Package } from "./package.ts";
import { shellWord } from "./shell-word.ts";

/** A folder with this command under the name `bun`; scripts call it so. */
const BUN_FOLDER = fileURLToPath(new URL("../../shims/bun", import.meta.url));
/** A folder with this command under the name `node`. */
const NODE_FOLDER = fileURLToPath(new URL("../../shims/node", import.meta.url));
const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));

export interface ScriptOptions {
  readonly isSilent: boolean;
  /** The command is found as `node`, too. */
  readonly replacesNode: boolean;
}

/**
 * Runs a script with those of `pre` and `post` around it. The first that fails is the last.
 */
export async function runScript(
  name: string,
  of: Package,
  args: readonly string[],
  options: ScriptOptions,
): Promise<Ended> {
  const folder = dirname(of.path);
  for (const each of [`pre${name}`, name, `post${name}`]) {
    const text = of.scripts[each];
    if (text === undefined) continue;
    const command = each === name ? [text, ...args.map((arg) => shellWord(arg))].join(" ") : text;
    if (!options.isSilent) process.stderr.write(`$ ${command}\n`);
    const variables = { npm_lifecycle_event: each, npm_lifecycle_script: text };
    const env = { ...environmentOf(folder, options, of), ...variables };
    const ended = await runChild(command, [], { cwd: folder, shell: shellPath(), env });
    const { code, signal } = ended;
    if (code === 0 && signal === null) continue;
    if (!options.isSilent) {
      const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
      process.stderr.write(`mantou: the script "${each}" ${how}\n`);
    }
    return ended;
  }
  return { code: 0, signal: null };
}

/** Runs a command in the working directory. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: ScriptOptions,
): Promise<Ended> {
  const env = environmentOf(process.cwd(), options, null);
  // Only a shell runs batch files: their arguments are words of its language.
  if (/\.cmd$/i.test(file)) {
    const words = args.map((arg) => shellWord(arg, "batch"));
    return runChild(shellWord(file), words, { shell: true, env });
  }
  return runChild(file, args, { env });
}

/** Runs a file with the shell. */
export async function runShellFile(
  file: string,
  args: readonly string[],
  options: ScriptOptions,
): Promise<Ended> {
  return runChild("sh", [file, ...args], { env: environmentOf(process.cwd(), options, null) });
}

/** Windows has its own shell; elsewhere scripts may be written for bash, if it is there. */
function shellPath(): string | true {
  if (process.platform === "win32") return true;
  return ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"].find((path) => existsSync(path)) ?? true;
}

function environmentOf(folder: string, options: ScriptOptions, of: Package | null): NodeJS.ProcessEnv {
  const node = options.replacesNode ? [NODE_FOLDER] : [];
  const path = [...node, BUN_FOLDER, ...binFolders(folder), process.env["PATH"] ?? ""].join(delimiter);
  const agent = `bun/${version} npm/? node/${process.version} ${process.platform} ${process.arch}`;
  return {
    ...process.env,
    PATH: path,
    // Also for shims: a script may change PATH, and another Node.js may come first in it.
    MANTOU_NODE: process.execPath,
    NODE: process.env["NODE"] ?? process.execPath,
    npm_command: "run-script",
    npm_execpath: MAIN,
    npm_node_execpath: process.execPath,
    npm_config_user_agent: process.env["npm_config_user_agent"] ?? agent,
    npm_config_local_prefix: folder,
    ...(of !== null && {
      npm_package_json: of.path,
      ...(of.name !== undefined && { npm_package_name: of.name }),
      ...(of.version !== undefined && { npm_package_version: of.version }),
    }),
  };
}
