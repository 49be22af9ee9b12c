// `pnpm soak --minutes N [package…]`: runs every property of every package with fresh seeds until the time is over. It prints a failure with
// its seed and goes on; at the end it prints the number of inputs. Exit code 1 after a failure, 2 for a wrong command line.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../", import.meta.url));
const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));
const all = [...readdirSync(join(root, "packages")).map((name) => `packages/${name}`), "attack"];

const { minutes, folders } = readCommand();
const scratch = mkdtempSync(join(tmpdir(), "mantou-soak-"));
const log = join(scratch, "runs");
writeFileSync(log, "");

const end = performance.now() + minutes * 60_000;
let failures = 0;
let passes = 0;
while (performance.now() < end) {
  const seed = Math.floor(Math.random() * 0x7fff_ffff);
  for (const { folder, files } of folders) {
    if (performance.now() >= end) break;
    const before = readLog().length;
    const output = await run(folder, files, seed);
    const failed = readLog()
      .slice(before)
      .flatMap(({ failure }) => failure ?? []);
    if (output === null && failed.length === 0) continue;
    failures++;
    console.log(output ?? failed.join("\n"));
    console.log(`FAILED in ${folder}: FC_SEED=${seed} MANTOU_FULL=1 pnpm --dir ${folder} exec vitest run\n`);
  }
  passes++;
}

const properties = readLog();
const tried = properties.reduce((sum, property) => sum + property.tried, 0);
console.log(
  `soak: ${tried.toLocaleString("en")} inputs to ${properties.length.toLocaleString("en")} properties, ${passes} passes; ${failures} failed`,
);
rmSync(scratch, { recursive: true });
process.exitCode = failures === 0 && tried > 0 ? 0 : 1;

/** The notes of vitest.setup.ts: a line for each property. */
function readLog() {
  return readFileSync(log, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Folders with the test files that have a property. */
function readCommand() {
  try {
    const { values, positionals } = parseArgs({
      options: { minutes: { type: "string", default: "10" } },
      allowPositionals: true,
    });
    const minutes = Number(values.minutes);
    if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error("--minutes is a number above 0, at most 1440");
    const wanted =
      positionals.length === 0
        ? all
        : positionals.map(
            (name) => all.find((folder) => folder === name || folder === `packages/${name}`) ?? name,
          );
    const unknown = wanted.find((folder) => !all.includes(folder));
    if (unknown !== undefined) throw new Error(`there is no package ${unknown}; there are ${all.join(", ")}`);
    const folders = wanted
      .map((folder) => ({ folder, files: propertyFiles(folder) }))
      .filter(({ files }) => files.length > 0);
    if (folders.length === 0) throw new Error("those packages have no property");
    return { minutes, folders };
  } catch (error) {
    console.error(`${error.message}\npnpm soak [--minutes N] [package…]`);
    process.exit(2);
  }
}

function propertyFiles(folder) {
  const names = readdirSync(join(root, folder), { recursive: true }).filter(
    (name) => name.startsWith("test/") && name.endsWith(".test.ts"),
  );
  return names.filter((name) => readFileSync(join(root, folder, name), "utf8").includes("fc.assert("));
}

/** @returns the output, if a property failed; null if all passed or the time was over */
function run(folder, files, seed) {
  const child = spawn(process.execPath, [vitest, "run", ...files], {
    cwd: join(root, folder),
    env: { ...process.env, FC_SEED: String(seed), MANTOU_FULL: "1", MANTOU_SOAK_LOG: log, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const timer = setTimeout(() => child.kill(), Math.max(end - performance.now(), 0));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(code === 0 || performance.now() >= end ? null : output);
    });
  });
}
