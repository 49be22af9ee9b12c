import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const packageRoot = fileURLToPath(new URL("..", import.meta.url));
const workspaceRoot = join(packageRoot, "../..");
const entry = join(packageRoot, "src/index.ts");

const readme = await readFile(join(packageRoot, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] as string);

describe("the examples of the README", () => {
  let directory = "";

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "mantou-readme-"));
    const fromSource = blocks.map((block) => block.replaceAll('"@mantou/pubsub"', JSON.stringify(entry)));
    await Promise.all(fromSource.map((block, i) => writeFile(join(directory, `example${i}.ts`), block)));
  });

  afterAll(() => rm(directory, { recursive: true }));

  test("are there, and each asserts something", () => {
    expect(blocks).toHaveLength(3);
    for (const block of blocks) expect(block).toMatch(/\bassert\b.*\(/);
  });

  test("compile under the project's options", async () => {
    const config = {
      extends: join(workspaceRoot, "tsconfig.base.json"),
      compilerOptions: {
        noEmit: true,
        allowImportingTsExtensions: true,
        rewriteRelativeImportExtensions: false,
        typeRoots: [join(workspaceRoot, "node_modules/@types")],
      },
      include: [join(directory, "*.ts")],
    };
    await writeFile(join(directory, "package.json"), '{ "type": "module" }');
    await writeFile(join(directory, "tsconfig.json"), JSON.stringify(config));
    const compiler = join(workspaceRoot, "node_modules/typescript/lib/tsc.js");
    const { stdout } = await run(process.execPath, [compiler, "-p", directory]).catch((error) => error);
    expect(stdout).toBe("");
  });

  test.each(blocks.map((_, i) => i))("example %i runs as it says", async (i) => {
    // It asserts with node:assert: a failure rejects the import.
    await expect(import(join(directory, `example${i}.ts`))).resolves.toBeDefined();
  });
});
