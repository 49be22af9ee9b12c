import { BROWSER_ARGS, findBrowser } from "@mantou/testing/browser";
import { findBun } from "@mantou/testing/bun";
import { Program } from "@mantou/testing/program";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

export const MANTOU = "node_modules/@mantou/bun/dist/cli/main.js";
export const bun: string | null = findBun();
/** Bun does not depend on the line of Node.js: a matrix asks it once. */
export const asksBun: boolean = bun !== null && process.env["MANTOU_WITHOUT_BUN"] !== "1";

export interface Started {
  readonly program: Program;
  readonly address: string;
}

const programs: Program[] = [];

/**
 * Starts a program that prints the URL of its server.
 * @param binary that of Node.js by default
 */
export async function start(
  cwd: string,
  args: readonly string[],
  { binary, env }: { readonly binary?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Started> {
  const program = new Program({
    ...(binary !== undefined && { binary }),
    args,
    cwd,
    env: { PORT: "0", ...env },
  });
  programs.push(program);
  const [, port] = await program.prints(/http:\/\/[^/\s]+:(\d+)/);
  return { program, address: `http://127.0.0.1:${port}/` };
}

/** A browser for the test file, if there is one. It ends with the file, and so do the programs. */
export function browserFor(what: string): { readonly isThere: boolean; readonly get: () => Browser } {
  const executablePath = findBrowser(what);
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (executablePath !== null) browser = await chromium.launch({ executablePath, args: [...BROWSER_ARGS] });
  });
  afterAll(async () => {
    for (const program of programs) program.kill();
    await browser?.close();
  });
  return { isThere: executablePath !== null, get: () => browser! };
}
