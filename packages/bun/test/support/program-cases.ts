import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { findBun } from "@mantou/testing/bun";
import { expect, it } from "vitest";
import { MAIN } from "./command.ts";

/** A small program, and what it prints on Bun and under `mantou`. */
export interface ProgramCase {
  readonly name: string;
  /** Texts by their path in the program's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Arguments of the command. The default is `["main.ts"]`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output, without the white space at its ends. The program's folder stands there as `$DIR`. */
  readonly prints: string;
  /** Exit code; the default is 0. */
  readonly code?: number;
  /** Standard error of `mantou` matches it. */
  readonly complains?: RegExp;
  /** What Bun prints, and why `mantou` differs. Without it both print the same. */
  readonly onBun?: { readonly prints: string; readonly code?: number; readonly why: string };
}

/**
 * Bun, if one is named or demanded: `MANTOU_BUN="$(node scripts/bun.mjs)" vitest run test/programs`. CI demands it. Otherwise `pnpm test`
 * takes what Bun prints from the cases: Bun's processes would find nothing in a change of ours.
 */
const asksBun = ["MANTOU_BUN", "MANTOU_REQUIRE_BUN", "MANTOU_FULL"].some((name) => process.env[name]);
// The short matrix runs behind `pnpm test`, which has asked Bun.
const bun = asksBun && process.env["MANTOU_WITHOUT_BUN"] !== "1" ? findBun() : null;

/**
 * A test for each case: `mantou` prints what the case says, and so does Bun, if it is asked. Without Bun the first of each list runs, and
 * every sixteenth behind it. Vitest counts the others as skipped: each costs half a second of CPU, which hundreds of them make minutes. CI
 * runs them all.
 */
export function itRunsAsOnBun(cases: readonly ProgramCase[]): void {
  const numbered = cases.map((each, i) => ({ name: each.name, each, isSkipped: !asksBun && i % 16 !== 0 }));
  it.for(numbered)("$name", async ({ each, isSkipped }, { skip }) => {
    if (isSkipped) skip();
    const { args = ["main.ts"], prints, code = 0, onBun } = each;
    const ours = await runIn(each, process.execPath, [MAIN, ...args]);
    expect({ prints: ours.prints, code: ours.code }, ours.complains).toEqual({ prints, code });
    if (each.complains !== undefined) expect(ours.complains).toMatch(each.complains);
    if (bun === null) return;
    const theirs = await runIn(each, bun, args);
    const due = { prints: onBun?.prints ?? prints, code: onBun?.code ?? code };
    expect({ prints: theirs.prints, code: theirs.code }, `on Bun: ${theirs.complains}`).toEqual(due);
  });
}

interface Ended {
  readonly prints: string;
  readonly complains: string;
  readonly code: number;
}

/** Runs it in a new folder with its files. */
function runIn({ files, env: given }: ProgramCase, program: string, args: readonly string[]): Promise<Ended> {
  const cwd = mkdtempSync(join(tmpdir(), "mantou-program-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const { NODE_OPTIONS: _, NODE_ENV: __, VITEST: ___, ...inherited } = process.env;
  // Programs that start `bun` find Bun beside itself.
  const PATH = `${dirname(program)}${delimiter}${process.env["PATH"]}`;
  const env = { ...inherited, PATH, NODE_NO_WARNINGS: "1", NO_COLOR: "1", ...given };
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, timeout: 60_000 }, (error, stdout, stderr) => {
      const clean = (text: string): string => text.replaceAll(cwd, "$DIR").trim();
      const code = error === null ? 0 : Number(error.code ?? -1);
      rmSync(cwd, { recursive: true, force: true });
      resolve({ prints: clean(stdout), complains: clean(stderr), code });
    });
  });
}
