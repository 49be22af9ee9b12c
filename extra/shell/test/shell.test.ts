import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findBun } from "@mantou/testing/bun";
import { expect, it } from "vitest";

const run = promisify(execFile);
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const bun = findBun();
const MAIN = path("../../../packages/bun/dist/cli/main.js");
const due = await readFile(path("../program/prints.txt"), "utf8");

/** What the program prints. Bun stands in `PATH`. */
async function prints(program: string, ...args: readonly string[]): Promise<string> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const PATH = `${dirname(program)}${delimiter}${env["PATH"]}`;
  const { stdout } = await run(program, [...args, "main.ts"], {
    cwd: path("../program"),
    env: { ...env, PATH },
  });
  return stdout;
}

it.skipIf(bun === null)("prints on Bun what stands in prints.txt", async () => {
  expect(await prints(bun!)).toBe(due);
});

it("prints the same under mantou, over dax", async () => {
  expect(await prints(process.execPath, MAIN)).toBe(due);
});

it("names the command that installs the package, where it is not", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "mantou-shell-"));
  writeFileSync(join(cwd, "main.ts"), "await Bun.$`echo`.catch((error) => console.log(error.message));");
  const { stdout } = await run(process.execPath, [MAIN, "main.ts"], { cwd });
  rmSync(cwd, { recursive: true });
  expect(stdout).toBe("Bun.$ needs the package dax. Install it: npm install dax\n");
});

it("writes to files of descriptors, and reads direct streams, of which Bun makes nothing", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "mantou-shell-"));
  const program = `
    import { openSync } from "node:fs";
    const { $ } = Bun;
    const fd = openSync("open.txt", "w");
    await $\`echo first > \${Bun.file(fd)}; seq 100000 >> \${Bun.file(fd)}\`;
    await $\`tail -n 1 open.txt; head -n 1 open.txt\`;
    await $\`echo out > \${Bun.stdout}\`;
    await $\`sh -c 'echo err >&2' 2> \${Bun.stderr}\`;
    const direct = (text) => new ReadableStream({ type: "direct", async pull(c) { c.write(text); await Bun.sleep(1); c.write("end\\n"); } });
    await $\`cat < \${direct("stream ")}\`;
    await $\`cat < \${new Response(direct("body "))}\`;
  `;
  symlinkSync(path("../node_modules"), join(cwd, "node_modules"));
  writeFileSync(join(cwd, "main.ts"), program);
  const { stdout, stderr } = await run(process.execPath, [MAIN, "main.ts"], { cwd });
  rmSync(cwd, { recursive: true });
  expect([stdout, stderr]).toEqual(["100000\nfirst\nout\nstream end\nbody end\n", "err\n"]);
});
