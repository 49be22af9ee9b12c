import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ChildResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a module in a process of its own, with `serve` of the built package in scope; `prefix` goes in front of the
 * command, for a shell's limits. Killed after a minute, when `code` is null.
 */
export function runChild(
  source: string,
  env: Readonly<Record<string, string>> = {},
  prefix = "",
): Promise<ChildResult> {
  const entry = new URL("../../dist/index.js", import.meta.url);
  const code = `import { serve } from ${JSON.stringify(entry.href)};\n${source}`;
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const command = `${prefix} exec "$0" --input-type=module -e "$1"`;
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout: 60_000 };
    execFile("/bin/sh", ["-c", command, process.execPath, code], options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      resolve({ code: status, stdout, stderr });
    });
  });
}
