import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";

/** A package's README, and its examples in TypeScript. */
export interface Readme {
  readonly text: string;
  readonly examples: readonly string[];
}

/** @param root of the package */
export function readReadme(root: URL): Readme {
  const text = readFileSync(new URL("README.md", root), "utf8");
  return { text, examples: [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!) };
}

/** The type libraries for the check of an example, by the name of the platform. */
export type Libraries = Readonly<Record<string, readonly string[]>>;

/** Tests that the README's examples run, in their order, log no error, and are well typed. */
export function testExamples(
  root: URL,
  { examples }: Readme,
  libraries: Libraries = { "Node.js": ["es2023"] },
): void {
  // Inside the package, so that the examples import its built files by its own name.
  const directory = mkdtempSync(fileURLToPath(new URL("test/.readme-", root)));
  const files = examples.map((code, index) => {
    const file = join(directory, `example-${index + 1}.ts`);
    // Without an export it might be no module.
    writeFileSync(file, `${code}\nexport const finished = true;\n`);
    return file;
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  describe("the README's examples", () => {
    it("are there, and each asserts something", () => {
      expect(examples.length).toBeGreaterThanOrEqual(3);
      for (const code of examples) expect(code).toMatch(/\bassert\b.*\(/);
    });

    it.each(
      files.map((file) => [basename(file), file] as const),
    )("%s runs, and its assertions hold", async (_, file) => {
      const error = vi.spyOn(console, "error");
      const ran = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { finished?: boolean };
      expect(ran.finished).toBe(true);
      expect(error).not.toHaveBeenCalled();
      error.mockRestore();
    });

    it.each(Object.entries(libraries))("are well typed with the types of %s", (_, lib) => {
      const config = join(directory, "tsconfig.json");
      // Our declarations are checked, too, unless Node.js's own types conflict with the others.
      const compilerOptions = { lib, skipLibCheck: lib.length > 1 };
      writeFileSync(
        config,
        JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"] }),
      );
      const require = createRequire(import.meta.url);
      const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
      try {
        execFileSync(process.execPath, [tsc, "-p", config], { encoding: "utf8" });
      } catch (error) {
        expect.fail((error as { stdout: string }).stdout);
      }
    });
  });
}
