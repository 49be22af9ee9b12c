// `pnpm test:extra`: installs `extra/`, a workspace with a lock file of its own, and runs its checks. The default install leaves it out.
// `--matrix` runs them on each supported line of Node.js, and asks Bun once.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const extra = new URL("extra/", root);
const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));
const isMatrix = process.argv.includes("--matrix");

const started = performance.now();
process.exitCode = (await isGood()) ? 0 : 1;
console.log(`extra: ${process.exitCode === 0 ? "passed" : "FAILED"}, after ${seconds(started)} s`);

async function isGood() {
  if (!(await run("turbo", ["run", "build", "--output-logs=errors-only"], root))) return false;
  // A lock file that does not fit is an error, as in CI everywhere.
  const [pnpm, args] = pnpmCommand();
  if (!(await run(pnpm, [...args, "install", "--frozen-lockfile", "--reporter=append-only"], extra))) {
    console.error("extra/ could not be installed");
    return false;
  }
  const checks = readdirSync(extra, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map(({ name }) => new URL(`${name}/`, extra));
  for (const folder of checks) {
    if (!(await typesFit(folder))) return false;
    for (const { binary, env } of await lines()) {
      if (!(await run(binary, [vitest, "run"], folder, env))) return false;
    }
  }
  return true;
}

/** The compiler on a check and on each folder in it, with the types of Bun where its tsconfig.json names them. */
async function typesFit(folder) {
  const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
  const folders = [".", ...readdirSync(folder)].map((name) => new URL(`${name}/`, folder));
  for (const each of folders) {
    // Where a program needs a tsconfig.json that TypeScript 7 refuses, another one is beside it.
    const project = ["tsconfig.check.json", "tsconfig.json"].find((name) => existsSync(new URL(name, each)));
    if (project === undefined) continue;
    if (!(await run(process.execPath, [tsc, "--noEmit", "-p", project], each))) return false;
  }
  return true;
}

/** The lines of Node.js to run on. */
async function lines() {
  if (!isMatrix) return [{ binary: process.execPath, env: {} }];
  const { nodeRuntime, nodeRuntimes } = await import("../bench/dist/runtimes.js");
  const found = [];
  for (const line of nodeRuntimes) {
    const { binary, version } = await nodeRuntime(line);
    found.push({ binary, version, env: found.length === 0 ? {} : { MANTOU_WITHOUT_BUN: "1" } });
  }
  return found;
}

/** The pnpm that runs this script, or the one that npx brings. */
function pnpmCommand() {
  const running = process.env["npm_execpath"] ?? "";
  if (/pnpm[^/\\]*$/.test(running)) {
    return /\.[cm]?js$/.test(running) ? [process.execPath, [running]] : [running, []];
  }
  return ["npx", ["-y", "pnpm@12"]];
}

function run(program, args, folder, env = {}) {
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0));
  });
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}
