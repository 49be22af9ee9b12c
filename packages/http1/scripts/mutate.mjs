// Takes out each check of the parser once, in a copy of this package, and runs the conformance tests on it: they must
// fail. Lists the checks that no test misses. `pnpm --filter @mantou/http1 run mutate [CODE…]`: all, or those of these rows.

import { spawnSync } from "node:child_process";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "..");
// As deep as the package itself, so that its relative imports hold.
const copy = join(root, "../../.mutants/http1");
const only = process.argv.slice(2);
const print = (line) => process.stdout.write(`${line}\n`);

/** Rows that stand behind `??` in case nothing else is found: something always is. */
const UNREACHABLE = new Set([
  "parse-request.ts REQUEST_LINE_INVALID behind ??",
  "parse-response.ts STATUS_LINE_INVALID behind ??",
  "head-reader.ts VERSION_INVALID behind ??",
  "head-reader.ts BARE_LF behind ??",
]);

/** A check is a `throw`, or an error that is returned or handed on: without it nothing happens, or null is handed on. */
const CHECK = /(throw |\?\? )?new ProtocolError\(([^()]*(?:\([^()]*\)[^()]*)?)\)/g;

const mutants = [];
for (const file of await readdir(join(root, "src"))) {
  if (!file.endsWith(".ts") || file === "errors.ts") continue;
  const text = await readFile(join(root, "src", file), "utf8");
  for (const { 0: whole, 1: before = "", 2: row, index } of text.matchAll(CHECK)) {
    const codes = row.match(/[A-Z][A-Z0-9_]+(?=")/g) ?? [];
    const name = `${file} ${codes.join(" or ")}${before === "?? " ? " behind ??" : ""}`;
    if (UNREACHABLE.has(name) || (only.length > 0 && !codes.some((code) => only.includes(code)))) continue;
    const replacement = before === "throw " ? "void 0" : `${before}null`;
    const line = text.slice(0, index).split("\n").length;
    const mutated = text.slice(0, index) + replacement + text.slice(index + whole.length);
    mutants.push({ file, name, line, text, mutated });
  }
}

/** Whether these tests pass on the copy as it is. A check may be what ends a loop: to come to no end is to fail, too. */
function pass(tests) {
  const vitest = join(root, "../../node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", tests, "--bail=1", "--pool=threads"];
  return (
    spawnSync(process.execPath, args, { cwd: copy, timeout: 60_000, killSignal: "SIGKILL" }).status === 0
  );
}

try {
  await cp(root, copy, {
    recursive: true,
    filter: (path) => !["node_modules", "dist", ".turbo"].includes(basename(path)),
  });
  if (!pass("test/conformance")) throw new Error("The conformance tests fail without any change");
  const survivors = [];
  for (const { file, name, line, text, mutated } of mutants) {
    const path = join(copy, "src", file);
    await writeFile(path, mutated);
    // The first has a line for each check, and takes a second; the rest is asked only if it misses nothing.
    const survived = pass("test/conformance/checks.test.ts") && pass("test/conformance");
    await writeFile(path, text);
    if (survived) survivors.push(`src/${file}:${line} ${name}`);
    print(`${survived ? "SURVIVES" : "found   "} src/${file}:${line} ${name}`);
  }
  print(`${mutants.length} checks taken out, ${survivors.length} not missed by any test`);
  for (const survivor of survivors) print(`  ${survivor}`);
  process.exitCode = survivors.length === 0 ? 0 : 1;
} finally {
  await rm(join(copy, ".."), { recursive: true, force: true });
}
