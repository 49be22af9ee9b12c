// biome-ignore-all lint/suspicious/noTemplateCurlyInString: files of the environment write references so

import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findBun } from "@mantou/testing/bun";
import { cpuTimer } from "@mantou/testing/cpu-time";
import { tempDir } from "@mantou/testing/temp-dir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expand, parseEnvFile } from "../../src/config/env-file.ts";
import { loadEnvironment } from "../../src/config/environment.ts";

const root = tempDir();
/** As for the small programs: Bun's processes cost much, and find nothing in a change of ours. */
const asksBun = ["MANTOU_BUN", "MANTOU_REQUIRE_BUN", "MANTOU_FULL"].some((name) => process.env[name]);
const bun = asksBun ? findBun() : null;

const NAMES = ["A", "B", "C", "N", "A_1", "x"];
const PIECES = [..."'\"`# \\$}{é=:\t_1a", "$A", "${B}", "${N:-d}", "${N:-$A}", "${N:-${B}x}", "b c"];
const MORE_PIECES = ["\\n", "\\r", "\\\\", "$$", "${A", "\\}", ":-", "${A-x}"];
const text = fc.string({ unit: fc.constantFrom(...PIECES, ...MORE_PIECES), maxLength: 6 });
const line = fc
  .record({
    start: fc.constantFrom("", "", "", "export ", "  ", "#"),
    name: fc.constantFrom(...NAMES),
    separator: fc.constantFrom("=", "=", "=", " = ", ": ", ":", "=\t"),
    open: fc.constantFrom("", "", "'", '"', "`"),
    value: text,
    closes: fc.boolean(),
    end: fc.constantFrom("", "", " # c", " x"),
  })
  .map(
    ({ start, name, separator, open, value, closes, end }) =>
      `${start}${name}${separator}${open}${value}${closes ? open : ""}${end}`,
  );
const file = fc
  .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom("\n", "\n", "\r\n", "\r"))
  .map(([lines, end]) => lines.join(end));

function ours(source: string): object {
  const dir = mkdtempSync(join(root, "env-"));
  writeFileSync(join(dir, ".env"), source);
  const env: NodeJS.ProcessEnv = {};
  loadEnvironment(dir, {}, () => {}, env);
  return chosen(env);
}

function chosen(env: NodeJS.ProcessEnv): object {
  return Object.fromEntries(NAMES.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]));
}

function theirs(source: string): object {
  const dir = mkdtempSync(join(root, "env-"));
  writeFileSync(join(dir, ".env"), source);
  const output = execFileSync(bun!, ["-p", "JSON.stringify(process.env)"], { cwd: dir, env: {} });
  return chosen(JSON.parse(String(output)) as NodeJS.ProcessEnv);
}

describe("a file of the environment", () => {
  it.skipIf(bun === null)("is read as Bun reads it, whatever stands in it", { timeout: 300_000 }, () => {
    fc.assert(
      fc.property(file, (source) => {
        expect(ours(source)).toEqual(theirs(source));
      }),
      { numRuns: process.env["MANTOU_FULL"] === undefined ? 100 : 1000 },
    );
  });

  it("is read in time that follows its length", () => {
    for (const piece of ["A=${N:-", "A='", "A", "$A", "export ", " \n", "${", "\\"]) {
      const spent = cpuTimer();
      ours(`B=${piece.repeat(20_000)}`);
      expect(spent(), piece).toBeLessThan(3000);
    }
  });

  it("gives its values as they stand, the last of a name", () => {
    expect([...parseEnvFile("\uFEFFA=1\r\nB='$A'\nA=\"2\" # x\n")]).toEqual([
      ["A", "2"],
      ["B", "$A"],
    ]);
  });
});

describe("the files that are named", () => {
  it("may stand in a list with commas; the last counts, and a missing one is reported", () => {
    const dir = mkdtempSync(join(root, "env-"));
    writeFileSync(join(dir, "f"), "A=f\nB=f");
    writeFileSync(join(dir, "g"), "B=g\nC=$A");
    const warnings: string[] = [];
    const env: NodeJS.ProcessEnv = {};
    loadEnvironment(dir, { files: ["f,none", "g"] }, (warning) => warnings.push(warning), env);
    // The last file is read first, when A is not there yet.
    expect(env).toEqual({ A: "f", B: "g", C: "" });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(join(dir, "none"));
  });
});

describe("the expansion", () => {
  it.each([
    ["$A-${A}", "1-1"],
    ["\\$A \\\\$A", "$A \\$A"],
    ["${N:-a{b}c}", "a{bc}"],
    ["${N:-${A}2}3", "123"],
    ["$N|${N}|${}", "||"],
    ["${A $A", "${A $A"],
    ["${A-x} $A", "${A-x} 1"],
    ["$ $", "$ $"],
  ])("of %s is %s", (value, expanded) => {
    expect(expand(value, (name) => (name === "A" ? "1" : undefined))).toBe(expanded);
  });
});
