import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "@mantou/testing/temp-dir";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { watch } from "./support/page.ts";
import { linkPackages } from "./support/project.ts";
import { asksBun, browserFor, bun, MANTOU, start } from "./support/start.ts";

const browser = browserFor("the template of bun init");

/** What `bun init` writes. Nothing is installed: its registry is not there. */
function init(dir: string): Promise<void> {
  const env = { ...process.env, BUN_CONFIG_REGISTRY: "http://127.0.0.1:9/", NO_COLOR: "1" };
  return new Promise((resolve) => {
    execFile(bun!, ["init", "--yes", "--react=tailwind"], { cwd: dir, env }, () => resolve());
  });
}

describe.skipIf(!browser.isThere || !asksBun)("a project of `bun init --react=tailwind`", () => {
  let dir: string;

  beforeAll(async () => {
    dir = tempDir();
    await init(dir);
    rmSync(join(dir, "node_modules"), { recursive: true, force: true });
    linkPackages(dir);
  });

  async function open(address: string): Promise<Page> {
    const page = await browser.get().newPage({ reducedMotion: "reduce" });
    await page.goto(address);
    await page.getByRole("heading", { name: "Bun + React" }).waitFor();
    await page.getByRole("button", { name: "Send" }).click();
    await page.waitForFunction("document.querySelector('textarea').value.includes('Hello, world!')");
    // A class of Tailwind.
    const weight = "getComputedStyle(document.querySelector('h1')).fontWeight";
    expect(await page.evaluate(weight)).toBe("700");
    return page;
  }

  it("runs unchanged: an edit arrives without navigation, and what the page holds stays", async () => {
    const { program, address } = await start(dir, [MANTOU, "--hot", "src/index.ts"]);
    const page = await open(address);
    const { complaints, navigations } = watch(page);
    await page.locator("select").selectOption("PUT");
    const path = join(dir, "src/App.tsx");
    writeFileSync(path, readFileSync(path, "utf8").replace("Bun + React", "Edited"));
    await page.getByRole("heading", { name: "Edited" }).waitFor();
    expect(await page.locator("select").inputValue()).toBe("PUT");
    expect([...complaints, ...navigations]).toEqual([]);
    await page.evaluate("console.log('from the template')");
    await program.prints("from the template");
    writeFileSync(path, readFileSync(path, "utf8").replace("Edited", "Bun + React"));
    await page.close();
  });

  it("runs unchanged in production", async () => {
    const { address } = await start(dir, [MANTOU, "src/index.ts"], { env: { NODE_ENV: "production" } });
    const page = await open(address);
    await page.close();
  });
});
