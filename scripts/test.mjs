// `pnpm test`: all checks, the fast ones first, then the tests, and lists of the slowest files and of what failed.
// With `--quick`: build, types, lint, and the packages' tests without the slow ones of vitest.shared.ts.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const quick = process.argv.includes("--quick");

const env = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  // Turbo caches passes, and a pass on one line of Node.js does not hold for another.
  MANTOU_NODE: process.version,
  // TypeScript's compiler is a program in Go. With fewer collections serve's types take 5.0 s of CPU and 600 MB in place of 6.4 s and 530 MB.
  GOGC: process.env["GOGC"] ?? "400",
  ...(quick ? { MANTOU_QUICK: "1" } : {}),
};

/** Tests that failed, from vitest's output: a log of which only the end is kept names them, too. */
const failed = new Set();
const failedLine = /^(?:(\S+):test:)?\s*FAIL\s.*?(test\/\S.*)$/;
/** Milliseconds by file, from vitest's output, also from turbo's cache. */
const files = new Map();
const fileLine = /^(?:(\S+):test:)?\s*[✓❯].*? (test\/\S+) \(\d+ tests?.*?\) (\d+)ms/;

/** What runs now. */
let running = null;
/** Turbo exits with 0 if it is interrupted. */
let interrupted = false;
// ^C reaches it, too, as part of the terminal's group. A signal to this process alone does not.
process.on("SIGINT", () => (interrupted = true));
for (const signal of ["SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}

const started = performance.now();
let passed = await turbo(["build", "types", "//#lint:files", "--output-logs=new-only"]);
if (passed && !quick) passed = await turbo(["//#check:packages", "--output-logs=new-only"]);
// Two packages at a time: vitest leaves one core of a machine of two to others.
if (passed) passed = await turbo(["test", ...(quick ? ["--filter=./packages/*"] : []), "--concurrency=2"]);
if (process.env["MANTOU_FULL"] !== "1") {
  const skipped = [
    "whole benchmarks",
    "packed packages",
    "topics and the chat in a browser",
    "the second mode of attack",
  ];
  // As packages/bun/test/support/program-cases.ts has it.
  if (!["MANTOU_FULL", "MANTOU_BUN", "MANTOU_REQUIRE_BUN"].some((name) => process.env[name]))
    skipped.unshift("most of the small programs of packages/bun");
  console.log(`\nSkipped, and run by \`MANTOU_FULL=1 pnpm test\`: ${skipped.join(", ")}.`);
}
// What only these checks need is not part of the default install.
if (process.env["MANTOU_REQUIRE_EXTRA"] !== "1") {
  console.log("\nSkipped: the whole programs of extra/, which `pnpm test:extra` installs and runs.");
} else if (passed) passed = await run(process.execPath, ["scripts/test-extra.mjs"]);

const slowest = [...files].sort((a, b) => b[1] - a[1]).slice(0, 10);
if (slowest.length > 0) console.log("\nThe slowest files, in seconds:");
for (const [file, milliseconds] of slowest) {
  console.log(`${(milliseconds / 1000).toFixed(1).padStart(7)}  ${file}`);
}
if (failed.size > 0) console.log("\nWhat failed:");
for (const test of failed) console.log(`  ${test}`);
const seconds = Math.round((performance.now() - started) / 1000);
const cpu = cpuSeconds();
console.log(
  `\n${passed ? "Everything passed" : "FAILED"}, after ${seconds} s${cpu === null ? "" : ` and ${cpu} s of CPU time`}.`,
);
process.exitCode = passed ? 0 : 1;

function turbo(tasks) {
  return run("turbo", ["run", ...tasks]);
}

/** Passes the output on as it comes. @returns whether it passed */
function run(program, args) {
  if (interrupted) return Promise.resolve(false);
  const child = spawn(program, args, { cwd: root, env, stdio: ["inherit", "pipe", "pipe"] });
  running = child;
  for (const name of ["stdout", "stderr"]) {
    let rest = "";
    child[name].setEncoding("utf8").on("data", (text) => {
      process[name].write(text);
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) note(line);
    });
  }
  return new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0 && !interrupted));
  });
}

/** CPU seconds of this process and of all that have ended under it, as Linux counts them; null elsewhere. */
function cpuSeconds() {
  try {
    // Behind the name, which may have spaces: the state is the 3rd field, utime, stime, cutime and cstime are the 14th to 17th (proc(5)).
    const fields = readFileSync("/proc/self/stat", "latin1").split(") ")[1].split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return Math.round(ticks / 100);
  } catch {
    return null;
  }
}

function note(line) {
  const text = line.replaceAll(/\u001b\[[\d;]*m/g, "");
  const failure = failedLine.exec(text);
  if (failure !== null) failed.add(nameOf(failure));
  const match = fileLine.exec(text);
  if (match === null) return;
  // A file may run in several of a package's projects.
  const file = nameOf(match);
  files.set(file, (files.get(file) ?? 0) + Number(match[3]));
}

/** The package, where turbo names it, and what follows. */
function nameOf([, name, rest]) {
  return `${name ?? ""} ${rest}`.trim();
}
