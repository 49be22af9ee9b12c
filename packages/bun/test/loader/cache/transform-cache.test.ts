import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compileCached } from "../../../src/loader/cache/transform-cache.ts";
import type { CompilerOptions } from "../../../src/loader/transform/transform-options.ts";

const OPTIONS: CompilerOptions = {
  jsx: "automatic",
  jsxDev: false,
  legacyDecorators: false,
  decoratorMetadata: false,
  assignFields: false,
};
const TEXT = "export const a: number = 1;";

let project = "";
let path = "";
let cache = "";
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "mantou-project-"));
  mkdirSync(join(project, "node_modules"));
  path = join(project, "src", "a.ts");
  cache = join(project, "node_modules", ".cache", "mantou");
});
afterEach(() => rmSync(project, { recursive: true }));

it("takes a compiled file from the project's cache", () => {
  const { format, source } = compileCached(path, TEXT, "ts", OPTIONS);
  expect([format, source]).toEqual(["module", expect.stringContaining("export const a = 1;")]);
  const [entry = "", ...more] = readdirSync(cache);
  expect(more).toEqual([]);
  writeFileSync(join(cache, entry), "commonjs\nexports.a = 2;");
  expect(compileCached(path, TEXT, "ts", OPTIONS)).toEqual({ format: "commonjs", source: "exports.a = 2;" });
});

it.each(["", "exports.a = 2;", "wasm\nx"])("compiles anew in place of the damaged entry %j", (damaged) => {
  const compiled = compileCached(path, TEXT, "ts", OPTIONS);
  const [entry = ""] = readdirSync(cache);
  writeFileSync(join(cache, entry), damaged);
  expect(compileCached(path, TEXT, "ts", OPTIONS)).toEqual(compiled);
  expect(readFileSync(join(cache, entry), "utf8")).toBe(`module\n${compiled.source}`);
});

it("has another entry for another text, name, language and option", () => {
  compileCached(path, TEXT, "ts", OPTIONS);
  compileCached(path, `${TEXT} `, "ts", OPTIONS);
  compileCached(join(project, "b.ts"), TEXT, "ts", OPTIONS);
  compileCached(path, TEXT, "tsx", OPTIONS);
  compileCached(path, TEXT, "ts", { ...OPTIONS, define: { B: "1" } });
  expect(readdirSync(cache)).toHaveLength(5);
});

it("keeps nothing of a syntax error", () => {
  expect(() => compileCached(path, "const a: = 1;", "ts", OPTIONS)).toThrow(SyntaxError);
  expect(readdirSync(cache)).toEqual([]);
});

it("neither reads nor writes a folder in which other users can write", () => {
  compileCached(path, TEXT, "ts", OPTIONS);
  const [entry = ""] = readdirSync(cache);
  writeFileSync(join(cache, entry), "commonjs\nstolen");
  chmodSync(cache, 0o777);
  const other = join(project, "other", "a.ts");
  expect(compileCached(other, TEXT, "ts", OPTIONS).format).toBe("module");
  expect(readdirSync(cache)).toEqual([entry]);
});
