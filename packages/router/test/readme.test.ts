import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const here = dirname(fileURLToPath(import.meta.url));
const readme = readFileSync(join(here, "../README.md"), "utf8");
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);

// Inside the package, so that the examples import it, as built, by its own name.
const directory = mkdtempSync(join(here, ".readme-"));
const files = examples.map((code, index) => {
  const file = join(directory, `example-${index + 1}.ts`);
  writeFileSync(file, code);
  return file;
});

afterAll(() => rmSync(directory, { recursive: true }));

describe("the README's examples", () => {
  it("are there, and each asserts something", () => {
    expect(examples.length).toBeGreaterThanOrEqual(6);
    for (const code of examples) expect(code).toContain("assert.");
  });

  it.each(
    files.map((file) => [basename(file), file]),
  )("%s runs, and its assertions hold", async (_, file) => {
    await import(pathToFileURL(file).href);
  });

  it("are well typed", () => {
    const config = join(directory, "tsconfig.json");
    writeFileSync(config, JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }));
    const require = createRequire(import.meta.url);
    const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
    execFileSync(process.execPath, [tsc, "-p", config], { encoding: "utf8" });
  });
});
