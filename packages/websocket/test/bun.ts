import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CACHE = fileURLToPath(new URL("../../../.cache/", import.meta.url));

/**
 * Bun's binary: `MANTOU_BUN`, or what `node scripts/bun.mjs` has fetched; null if there is none, which `MANTOU_REQUIRE_BUN=1`
 * makes an error.
 *
 * @throws Error if it is required and missing, or if `MANTOU_BUN` names no file.
 */
export function findBun(): string | null {
  const named = process.env["MANTOU_BUN"] ?? "";
  if (named !== "") {
    if (!existsSync(named)) throw new Error(`MANTOU_BUN=${named}: there is no such file`);
    return named;
  }
  const found = folders(CACHE, "bun-")
    .flatMap((version) => folders(join(version, "node_modules", "@oven"), "bun-"))
    .map((build) => join(build, "bin", "bun"))
    .find((path) => existsSync(path));
  if (found === undefined && process.env["MANTOU_REQUIRE_BUN"] === "1") {
    throw new Error(
      "MANTOU_REQUIRE_BUN=1, but there is no Bun: set MANTOU_BUN, or let `node scripts/bun.mjs` fetch it",
    );
  }
  return found ?? null;
}

function folders(folder: string, prefix: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.startsWith(prefix)).map((name) => join(folder, name));
}

/** What the title of a suite says when it is skipped. */
export const NO_BUN = "skipped, there is no Bun: set MANTOU_BUN, or let `node scripts/bun.mjs` fetch it";

/** A script that runs in Bun, and speaks in lines of JSON. */
export interface BunScript {
  readonly child: ChildProcess;
  /** The next line that it writes. Rejects if it ends before. */
  line(): Promise<unknown>;
}

/** Starts `bun/<name>` of this folder. Kill `child` when done. */
export function startBun(binary: string, name: string, ...args: string[]): BunScript {
  const script = fileURLToPath(new URL(`./bun/${name}`, import.meta.url));
  const child = spawn(binary, ["run", script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} has ended`);
      return JSON.parse(value);
    },
  };
}
