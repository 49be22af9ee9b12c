import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { tempDir } from "./temp-dir.ts";

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

const COMMENT_EXAMPLE = /^ *\* @example\n *\* ```ts\n(.*?)^ *\* ```$/gms;

/** Lines from which a README is long: it has a table of contents. */
const LONG = 150;

/** Tests that a long README has a line of links to its sections, which are there and in this order. */
export function testContents({ text }: Readme): void {
  const prose = text.replaceAll(/^```.*?^```$/gms, "");
  const titles = [...prose.matchAll(/^## (.+)$/gm)].map(([, title]) => title!);
  it.skipIf(text.split("\n").length < LONG)("has a table of contents", () => {
    const links = (/^\*\*Contents\*\*: (.+)$/m.exec(text)?.[1] ?? "").split(" · ");
    const linked = titles
      .map((title) => `[${title}](#${anchor(title)})`)
      .filter((link) => links.includes(link));
    expect(links).toEqual(linked);
  });
}

/** The anchor that GitHub gives to a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

/** The examples in the comments of a package's sources: what stands in fences behind `@example`. */
function commentExamples(root: URL): string[] {
  const sources = fileURLToPath(new URL("src/", root));
  return readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => [...readFileSync(join(sources, name), "utf8").matchAll(COMMENT_EXAMPLE)])
    .map(([, code]) => code!.replaceAll(/^ *\* ?/gm, ""));
}

/** The type libraries for the check of an example, by the name of the platform. */
export type Libraries = Readonly<Record<string, readonly string[]>>;

/** Tests that the README has a table of contents if it is long, and that its examples run, in their order, log no error, and are well typed. */
export function testExamples(
  root: URL,
  readme: Readme,
  libraries: Libraries = { "Node.js": ["es2023"] },
): void {
  const { examples } = readme;
  testContents(readme);
  // Inside the package, so that the examples import its built files by its own name.
  const directory = mkdtempSync(fileURLToPath(new URL("test/.readme-", root)));
  // Not there: the path of a Unix socket may have no more than some hundred bytes.
  const temporary = tempDir();
  const files = examples.map((code, index) => {
    const file = join(directory, `example-${index + 1}.ts`);
    // Without an export it might be no module.
    writeFileSync(file, `${code}\nexport const finished = true;\n`);
    return file;
  });

  // These are compiled with them, and do not run.
  for (const [index, code] of commentExamples(root).entries()) {
    writeFileSync(join(directory, `comment-${index + 1}.ts`), `${code}\nexport {};\n`);
  }

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
      // Also behind an example that fails: its errors are not those of the next.
      onTestFinished(() => error.mockRestore());
      // What they make there, and do not remove, goes with it.
      vi.stubEnv("TMPDIR", temporary);
      onTestFinished(() => void vi.unstubAllEnvs());
      const ran = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { finished?: boolean };
      expect(ran.finished).toBe(true);
      expect(error).not.toHaveBeenCalled();
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
