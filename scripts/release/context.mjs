// What all parts of the checks share: the packed packages, a registry that has them, lines of Node.js, and a list of what failed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeRuntime } from "../../bench/dist/runtimes.js";
import { packAll, run } from "./pack.mjs";
import { startRegistry } from "./registry.mjs";

/** The oldest and the newest supported line of Node.js. */
const LINES = ["20", "26"];

/** Programs of others that some parts run, in versions that are known to work. */
const TOOLS = [
  "@yarnpkg/cli-dist@4.18.1",
  "esbuild@0.28.2",
  "rollup@4.68.8",
  "@rollup/plugin-node-resolve@16.0.3",
  "vite@8.3.8",
];

/** Runs `parts` in a temporary folder, which is removed behind them, and sets the exit code. */
export async function runParts(name, parts) {
  const folder = mkdtempSync(join(tmpdir(), "mantou-release-"));
  const counts = { passed: 0, failed: 0 };
  let registry;
  try {
    const packed = await packAll(join(folder, "tarballs"));
    const { stdout: upstream } = await run("npm", ["config", "get", "registry"]);
    registry = startRegistry(packed, upstream.trim());
    let tools;
    const context = {
      packed,
      folder,
      registry: registry.url.href,
      lines: await Promise.all(LINES.map(lineOf)),
      tools: () => (tools ??= installTools(join(folder, "tools"))),
      check: (what, test) => check(counts, what, test),
    };
    for (const part of parts) await part(context);
  } finally {
    await registry?.stop(true);
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${name}: ${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

async function lineOf(line) {
  return { line, binary: (await nodeRuntime(`node${line}`)).binary };
}

/** @returns the folder that has them installed */
async function installTools(folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...TOOLS], { cwd: folder });
  return folder;
}

/** Runs one check, and prints its name and its fault. @returns whether it passed */
async function check(counts, what, test) {
  try {
    await test();
    counts.passed++;
    console.log(`  ok      ${what}`);
    return true;
  } catch (error) {
    counts.failed++;
    console.log(`  FAILED  ${what}\n${error.message.replaceAll(/^/gm, "          ")}`);
    return false;
  }
}
