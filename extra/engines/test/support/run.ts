import { type ChildProcess, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findBun } from "@mantou/testing/bun";

export interface Runtime {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const MAIN = fileURLToPath(new URL("../../../../packages/bun/dist/cli/main.js", import.meta.url));
const bun = findBun();

/** Bun is asked once, by the first line of a matrix. */
export const RUNTIMES: readonly Runtime[] = [
  ...(bun === null || process.env["MANTOU_WITHOUT_BUN"] === "1"
    ? []
    : [{ name: "on Bun", command: [bun] as const }]),
  { name: "under mantou", command: [process.execPath, MAIN] },
];

export type Environment = Readonly<Record<string, string>>;

function environmentOf(env: Environment): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, USER: "postgres", TZ: "UTC", NO_COLOR: "1", NODE_NO_WARNINGS: "1", ...env };
}

/** What a program prints, and its exit code in the last line. */
export function prints({ command }: Runtime, file: string, cwd: string, env: Environment): Promise<string> {
  const [binary, ...args] = command;
  return new Promise((resolve) => {
    const options = { cwd, env: environmentOf(env), timeout: 60_000 };
    execFile(binary, [...args, file], options, (error, stdout, stderr) => {
      resolve(`${stdout}${stderr}exit ${error === null ? 0 : (error.code ?? error.signal)}\n`);
    });
  });
}

export function start({ command }: Runtime, file: string, cwd: string, env: Environment): ChildProcess {
  const [binary, ...args] = command;
  return spawn(binary, [...args, file], {
    cwd,
    env: environmentOf(env),
    stdio: ["ignore", "inherit", "inherit"],
  });
}
