import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const site = fileURLToPath(new URL("../", import.meta.url));

it("is built, and each of its links leads somewhere", async () => {
  const { stdout } = await run(process.execPath, ["build/main.mjs", "--pages"], {
    cwd: site,
    maxBuffer: 16 * 1024 * 1024,
  });
  console.log(stdout.trim().split("\n").at(-1));
  expect(stdout).toContain("site: 0 links lead nowhere");
  expect(readFileSync(`${site}dist/llms.txt`, "utf8")).toMatch(/^# Mantou\n(.|\n)*\/guide\/quick-start/);
});
