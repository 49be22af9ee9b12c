import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Program } from "@mantou/testing/program";
import type { Page, Response } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { shownHTML, shownStyles, watch } from "./support/page.ts";
import { copyProgram, deploy } from "./support/project.ts";
import { asksBun, browserFor, bun, MANTOU, start } from "./support/start.ts";

const browser = browserFor("the full-stack program in a browser");
const run = promisify(execFile);

async function open(address: string): Promise<Page> {
  const page = await browser.get().newPage({ reducedMotion: "reduce" });
  await page.goto(address);
  await page.getByRole("heading", { name: "Scallion twists" }).waitFor();
  await page.getByText("Live in").waitFor();
  return page;
}

const counter = (page: Page) => page.getByLabel("Count").textContent();

describe.skipIf(!browser.isThere)("the full-stack program in development", () => {
  let dir: string;
  let program: Program;
  let address: string;

  beforeAll(async () => {
    dir = copyProgram();
    ({ program, address } = await start(dir, [MANTOU, "src/server.ts"]));
  });

  const edit = (name: string, from: string | RegExp, to: string): void => {
    const path = join(dir, name);
    const text = readFileSync(path, "utf8");
    const edited = text.replace(from, to);
    expect(edited, `${from} in ${name}`).not.toBe(text);
    writeFileSync(path, edited);
  };

  it("is live in two pages: what one creates, renames, moves and removes, the other shows", async () => {
    const [first, second] = [await open(address), await open(address)];
    const seen = [watch(first), watch(second)];
    for (const page of [first, second]) await page.getByText("Live in 2 pages").waitFor();
    await first.getByLabel("Kind of bun").fill("Custard buns");
    await first.getByRole("button", { name: "More" }).click();
    await first.getByRole("button", { name: "Add batch" }).click();
    const shown = second.getByRole("listitem", { name: "Custard buns" });
    expect(await shown.textContent()).toContain("×7");
    await shown.getByRole("button", { name: "Rename" }).click();
    await second.getByLabel("New name").fill("Salted custard buns");
    await second.getByLabel("New name").press("Enter");
    const renamed = first.getByRole("listitem", { name: "Salted custard buns" });
    await renamed.getByRole("button", { name: "Steam" }).click();
    const steaming = second.getByRole("region", { name: "Steaming" });
    await steaming.getByRole("listitem", { name: "Salted custard buns" }).waitFor();
    await first.getByText("61 buns in 4 batches").waitFor();
    await renamed.getByRole("button", { name: "Remove" }).click();
    await shown.waitFor({ state: "detached" });
    // What the server refuses, its user reads.
    await second.getByRole("button", { name: "Add batch" }).click();
    expect(await second.getByRole("alert").textContent()).toBe("A name has 1 to 60 characters");
    expect(seen.flatMap(({ navigations }) => navigations)).toEqual([]);
    await second.close();
    await first.getByText("Live in 1 page").waitFor();
    await first.close();
  });

  it("shows each edit of a component and of the style sheet without navigation, and the counter keeps its value", async () => {
    const page = await open(address);
    const { complaints, navigations } = watch(page);
    const more = page.getByRole("button", { name: "More" });
    for (let i = 0; i < 3; i++) await more.click();
    expect(await counter(page)).toBe("9");
    const loaded = await page.evaluate("performance.timeOrigin");

    // A class that no file had before: Tailwind makes its rule.
    edit("page/AddForm.tsx", /Add batch/, '<b className="tracking-[7px]">Put in</b>');
    await page.getByRole("button", { name: "Put in" }).waitFor();
    await page.waitForFunction("getComputedStyle(document.querySelector('form b')).letterSpacing === '7px'");
    expect(await counter(page)).toBe("9");

    edit("page/style.css", "letter-spacing: -0.02em", "letter-spacing: 3px");
    await page.waitForFunction("getComputedStyle(document.querySelector('.brand')).letterSpacing === '3px'");
    expect(await counter(page)).toBe("9");

    edit("page/AddForm.tsx", "return (", "return ((");
    await page.waitForSelector("vite-error-overlay", { state: "attached" });
    expect(
      await page.evaluate("document.querySelector('vite-error-overlay').shadowRoot.textContent"),
    ).toContain("AddForm.tsx");
    await program.prints(/AddForm\.tsx/);
    edit("page/AddForm.tsx", "return ((", "return (");
    edit("page/AddForm.tsx", "Put in", "Steam it");
    await page.getByRole("button", { name: "Steam it" }).waitFor();
    await page.waitForSelector("vite-error-overlay", { state: "detached" });

    expect(await counter(page)).toBe("9");
    expect(await page.evaluate("performance.timeOrigin")).toBe(loaded);
    expect(navigations).toEqual([]);
    // The syntax error is the only one.
    expect(complaints.filter((text) => !text.includes("AddForm.tsx"))).toEqual([]);
    await page.close();
  });

  it("prints the console of its pages in the terminal", async () => {
    const page = await open(address);
    await page.evaluate("console.log('said in the page', 5)");
    await program.prints(/said in the page 5/);
    await program.prints(/live: 3 batches/);
    await page.close();
  });
});

describe.skipIf(!browser.isThere)("the full-stack program in production", () => {
  let address: string;
  let shown: string;
  let styles: unknown;

  beforeAll(async () => {
    const dir = copyProgram();
    await run(process.execPath, [MANTOU, "build", "src/server.ts", "--outdir", "dist"], { cwd: dir });
    const deployed = deploy(join(dir, "dist"));
    for (const from of ["app/server.js", "node_modules/@mantou/html/dist/index.js"])
      await expect(resolveVite(join(deployed, from))).rejects.toThrow("Cannot find module 'vite'");
    ({ address } = await start(deployed, [MANTOU, "app/server.js"], { env: { NODE_ENV: "production" } }));
  });

  it("is the same page without Vite: hashed, compressed, and loaded once", async () => {
    const context = await browser.get().newContext({ reducedMotion: "reduce" });
    const page = await context.newPage();
    const { complaints } = watch(page);
    const files: Promise<string>[] = [];
    page.on("response", (response) => {
      const path = new URL(response.url()).pathname;
      if (/\.(?:js|css)$/.test(path)) files.push(inWords(response, path.replace(/-[\w-]{8}\./, "-HASH.")));
    });
    await page.goto(address);
    await page.getByText("Live in 1 page").waitFor();
    expect((await Promise.all(files)).sort()).toEqual(
      ["css", "js"].map(
        (type) => `/_mantou/assets/index-HASH.${type} 200 br public, max-age=31536000, immutable`,
      ),
    );
    [shown, styles] = [await shownHTML(page), await shownStyles(page)];

    // A page is asked for again, and has not changed.
    const again = await page.goto(address);
    await page.getByText("Live in 1 page").waitFor();
    expect(again?.status()).toBe(200);
    const sizes = (await page.evaluate(
      "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/_mantou/')).map(({ transferSize }) => transferSize)",
    )) as number[];
    expect(sizes.length).toBeGreaterThanOrEqual(2);
    expect(sizes.filter((size) => size > 0)).toEqual([]);
    const [, etag] = await etagOf(address);
    expect((await fetch(address, { headers: { "If-None-Match": etag } })).status).toBe(304);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.skipIf(!asksBun)("has the DOM and the styles that the same program has on Bun", async () => {
    const onBun = await start(copyProgram(), ["src/server.ts"], {
      binary: bun!,
      env: { NODE_ENV: "production" },
    });
    const page = await open(onBun.address);
    await page.getByText("Live in 1 page").waitFor();
    expect(await shownHTML(page)).toBe(shown);
    expect(await shownStyles(page)).toEqual(styles);
    await page.close();
  });
});

async function inWords(response: Response, path: string): Promise<string> {
  const { "content-encoding": coding, "cache-control": cache } = await response.allHeaders();
  return `${path} ${response.status()} ${coding} ${cache}`;
}

/** In a process without the `NODE_PATH` of the package manager. */
function resolveVite(from: string): Promise<unknown> {
  const code = "require('node:module').createRequire(process.argv[1]).resolve('vite')";
  return run(process.execPath, ["-e", code, from], { env: { ...process.env, NODE_PATH: "" } });
}

async function etagOf(address: string): Promise<readonly [number, string]> {
  const response = await fetch(address);
  await response.arrayBuffer();
  return [response.status, response.headers.get("etag") ?? ""];
}
