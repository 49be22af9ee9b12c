import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

const run = promisify(execFile);
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Programs as their authors wrote them for bun-types. A line with `@ts-expect-error` is an error for both. */
const PROGRAMS = new URL("programs/", import.meta.url);
const names = readdirSync(PROGRAMS).map((file) => file.replace(".txt", ""));

const folder = mkdtempSync(path("../../node_modules/.program-types-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  [["bun-types", "node"]],
  [["bun-types"]],
  [["@mantou/bun/types", "node"]],
  [["@mantou/bun/types"]],
])("programs compile with the types %j", { timeout: 120_000 }, async (types) => {
  const project = join(folder, types.join("-").replaceAll("/", "-"));
  mkdirSync(join(project, "node_modules/@mantou"), { recursive: true });
  symlinkSync(path("../.."), join(project, "node_modules/@mantou/bun"));
  for (const name of names)
    writeFileSync(join(project, `${name}.ts`), readFileSync(new URL(`${name}.txt`, PROGRAMS)));
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    target: "esnext",
    lib: ["esnext"],
    module: "nodenext",
    types,
  };
  const files = names.map((name) => `${name}.ts`);
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const tsc = path("../../../../node_modules/typescript/bin/tsc");
  const failure = await run(process.execPath, [tsc, "-p", project]).then(
    () => "",
    ({ stdout }: { stdout: string }) => stdout,
  );
  expect(failure).toBe("");
});
