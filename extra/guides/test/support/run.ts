import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Part, Run } from "./guide.ts";

const PACKAGE = new URL("../../../../packages/bun/", import.meta.url);

/** What runs a program, and the folder in which it is `bun`. */
export interface Runtime {
  readonly command: readonly [program: string, ...args: string[]];
  readonly folder: string;
}

export const MANTOU: Runtime = {
  command: [process.execPath, fileURLToPath(new URL("dist/cli/main.js", PACKAGE))],
  folder: fileURLToPath(new URL("shims/bun", PACKAGE)),
};

export function bunRuntime(path: string): Runtime {
  // Bun prints its path behind all symbolic links.
  return { command: [realpathSync(path)], folder: dirname(path) };
}

const LONGEST = 60_000;

/**
 * Runs code in a new folder.
 * @returns what it prints; names of the folder and of the program are replaced
 */
export async function run(
  { files, args = [], input = "", signal }: Run,
  blocks: readonly string[],
  site: string,
  { command, folder }: Runtime,
): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), "mantou-guide-"));
  try {
    for (const [name, parts] of Object.entries(files)) {
      mkdirSync(dirname(join(cwd, name)), { recursive: true });
      writeFileSync(join(cwd, name), textOf(parts, blocks, cwd, site));
    }
    symlinkSync(fileURLToPath(new URL("../../../node_modules", import.meta.url)), join(cwd, "node_modules"));
    const [program, ...first] = command;
    const env = { ...process.env, NO_COLOR: "1", NODE_NO_WARNINGS: "1", MANTOU_NODE: process.execPath };
    const child = spawn(program, [...first, "main.ts", ...args], {
      cwd,
      env: { ...env, PATH: `${folder}${delimiter}${process.env["PATH"]}` },
      timeout: LONGEST,
      killSignal: "SIGKILL",
    });
    let printed = "";
    let isSent = false;
    const onPrint = (chunk: Buffer): void => {
      printed += chunk.toString();
      if (isSent || signal === undefined || !printed.includes(signal.behind)) return;
      isSent = true;
      child.kill(signal.name);
    };
    child.stdout.on("data", onPrint);
    child.stderr.on("data", onPrint);
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const code = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status, ended) => resolve(String(status ?? ended)));
    });
    return `${printed}(${code})`.replaceAll(cwd, "<folder>").replaceAll(command[0], "<program>");
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function textOf(parts: readonly Part[], blocks: readonly string[], cwd: string, site: string): string {
  return parts
    .map((part) => (typeof part === "string" ? part : blocks[part]!))
    .join("\n")
    .replaceAll("/path/to/", `${cwd}/`)
    .replaceAll("https://bun.com", site);
}
