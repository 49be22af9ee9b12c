import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocks } from "./blocks.ts";

const run = promisify(execFile);
const all = blocks();
const code = all.filter(({ kind }) => kind === "run" || kind === "compile");
// Inside the folder, so that the blocks find the packages.
const folder = fileURLToPath(new URL(".blocks/", import.meta.url));
const mantou = fileURLToPath(new URL("../../../packages/bun/dist/cli/main.js", import.meta.url));

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const block of code) writeFileSync(join(folder, `${block.name}.ts`), `${block.code}\nexport {};\n`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the blocks of the pages", () => {
  it("run, are compiled, or say why not", () => {
    expect(all.filter(({ kind }) => kind === "unmarked").map(({ name }) => name)).toEqual([]);
    const ignored = all.filter(({ kind }) => kind === "ignore");
    const followed = all.length - code.length - ignored.length;
    console.log(
      `${all.length} blocks: ${code.length} run or are compiled, ${followed} are followed by release:dry, ${ignored.length} are ignored`,
    );
    for (const { name, reason } of ignored) console.log(`  ${name}: ${reason}`);
    // Files of configuration and commands for tools that are not here. A block of TypeScript belongs to these only for a good reason.
    expect(ignored.length).toBeLessThanOrEqual(12);
  });

  it("are well typed", async () => {
    const compilerOptions = {
      lib: ["es2024", "esnext.disposable"],
      target: "es2024",
      types: ["node", "@mantou/bun/types"],
      noEmit: true,
      allowImportingTsExtensions: true,
      noPropertyAccessFromIndexSignature: false,
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["*.ts"] }),
    );
    const tsc = join(
      dirname(
        createRequire(new URL("../../../package.json", import.meta.url)).resolve("typescript/package.json"),
      ),
      "bin/tsc",
    );
    await run(process.execPath, [tsc, "-p", folder]).catch((error: { stdout: string }) =>
      expect.fail(error.stdout),
    );
  });

  it.concurrent.each(
    code.filter(({ kind }) => kind === "run").map(({ name }) => name),
  )("%s runs, and its assertions hold", async (name) => {
    const env = { ...process.env, NODE_NO_WARNINGS: "1" };
    const { stderr } = await run(process.execPath, [mantou, join(folder, `${name}.ts`)], {
      env,
      timeout: 60_000,
    });
    expect(stderr).toBe("");
  });
});
