import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BROWSER_ARGS, findBrowser } from "@mantou/testing/browser";
import { Program } from "@mantou/testing/program";
import { fill } from "@mantou/testing/temp-dir";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install } from "./support/installed.ts";
import { project } from "./support/projects.ts";

const executablePath = findBrowser("pages in a browser");

const server = readFileSync(new URL("support/server.js", import.meta.url), "utf8");
const programs: Program[] = [];

async function start(mode: string): Promise<{ dir: string; program: Program; address: string }> {
  const dir = project({
    "server.js": server,
    "src/main.ts": `
      import { word } from "./word";
      console.log("word is", word);
      document.body.dataset["word"] = word;
      document.body.dataset["loaded"] = String(performance.timeOrigin);
      if (import.meta.hot) import.meta.hot.accept("./word", (module) => {
        if (module) document.body.dataset["word"] = module["word"];
      });`,
  });
  install(dir);
  const program = new Program({ args: ["server.js", mode], cwd: dir });
  programs.push(program);
  return { dir, program, address: await program.listening() };
}

const color = (page: Page) => page.evaluate("getComputedStyle(document.querySelector('h1')).color");
const word = (page: Page, text: string) =>
  page.waitForSelector(`body[data-word="${text}"]`, { state: "attached" });

describe.skipIf(executablePath === null)("a page in a browser", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: [...BROWSER_ARGS] });
  });

  afterAll(async () => {
    await browser?.close();
    for (const program of programs) program.kill();
  });

  it("shows each edit of a module and of a style sheet without being loaded again, and errors until they are mended", async () => {
    const { dir, program, address } = await start("development");
    const page = await browser.newPage();
    const navigations: string[] = [];
    page.on("framenavigated", (frame) => navigations.push(frame.url()));
    const other = await browser.newPage();
    await Promise.all([page.goto(`${address}app/any/where`), other.goto(`${address}deep/down`)]);
    await Promise.all([word(page, "first"), word(other, "first")]);
    expect(await color(page)).toBe("rgb(1, 2, 3)");
    await program.prints(/\[console\.log\] word is first/);
    const loaded = await page.getAttribute("body", "data-loaded");

    fill(dir, { "src/word.ts": 'export const word: string = "second";' });
    await Promise.all([word(page, "second"), word(other, "second")]);
    fill(dir, { "src/style.css": "h1 { color: rgb(4, 5, 6); }" });
    await page.waitForFunction("getComputedStyle(document.querySelector('h1')).color === 'rgb(4, 5, 6)'");

    fill(dir, { "src/word.ts": "export const word: string = ;" });
    await page.waitForSelector("vite-error-overlay", { state: "attached" });
    const shown = await page.evaluate("document.querySelector('vite-error-overlay').shadowRoot.textContent");
    expect(shown).toContain("word.ts");
    await program.prints("word.ts");
    fill(dir, { "src/word.ts": 'export const word: string = "third";' });
    await word(page, "third");
    await page.waitForSelector("vite-error-overlay", { state: "detached" });
    expect(await page.getAttribute("body", "data-loaded")).toBe(loaded);
    expect(navigations).toEqual([`${address}app/any/where`]);

    // A change of the page itself loads it again.
    const html = readFileSync(join(dir, "pages/index.html"), "utf8");
    writeFileSync(join(dir, "pages/index.html"), html.replace("<h1>Home", "<h1>New home"));
    await page.getByRole("heading", { name: "New home" }).waitFor();
    expect(await page.getAttribute("body", "data-loaded")).not.toBe(loaded);
    await Promise.all([page.close(), other.close()]);
  });

  it("is in production what it is in development, compressed, and loads nothing twice", async () => {
    const { address } = await start("production");
    const context = await browser.newContext();
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(address);
    await word(page, "first");
    expect(await color(page)).toBe("rgb(1, 2, 3)");
    await page.goto(`${address}deep/down`);
    await word(page, "first");
    await page.goto(address);
    await word(page, "first");
    const loads = (await page.evaluate(
      "performance.getEntriesByType('resource').map(({ transferSize, name }) => [name, transferSize])",
    )) as [string, number][];
    const sizes = loads.filter(([name]) => name.includes("/_mantou/"));
    expect(sizes.length).toBeGreaterThanOrEqual(2);
    expect(
      sizes.map(([, size]) => size),
      "each file comes from the browser's cache",
    ).toEqual(sizes.map(() => 0));
    expect(complaints).toEqual([]);
    await context.close();
  });
});
