import { readFileSync } from "node:fs";
import { BROWSER_ARGS, findBrowser } from "@mantou/testing/browser";
import { Program } from "@mantou/testing/program";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install } from "./support/installed.ts";
import { project } from "./support/projects.ts";

const executablePath = findBrowser("what pages load in a browser");
const server = readFileSync(new URL("support/server.js", import.meta.url), "utf8");
const programs: Program[] = [];

/**
 * Larger than what Vite puts into the code that names it. Each differs: equal pictures are one file in production, and of one file for 1x and 2x a
 * browser takes either.
 */
const picture = (name: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"><!-- ${name} ${"x".repeat(5000)} --><rect width="30" height="30" fill="tomato"/></svg>`;

const files = {
  "server.js": server,
  "pages/index.html": `<!doctype html><html><head><title>All</title>
    <link rel="icon" href="../src/img/icon.svg">
    <link rel="stylesheet" href="../src/all.css">
    <script>window.order = ["inline"];</script>
    <script type="module" src="../src/first.ts"></script>
    <script src="../src/all.tsx"></script></head>
    <body><img id="in-page" src="../src/img/page.svg" srcset="../src/img/page.svg 1x, ../src/img/page2.svg 2x">
    <p id="styled">styled</p><a href="./about.html">a link stays</a></body></html>`,
  "src/first.ts": "(window as any).order.push('first');",
  "src/all.css":
    '@import "./colors.css"; #styled { background-image: url("./img/background.svg"); color: var(--own); }',
  "src/colors.css": ":root { --own: rgb(9, 8, 7) }",
  "src/card.module.css": ".card { border-top-width: 7px; border-top-style: solid }",
  "src/data.json": '{ "town": "Lanzhou" }',
  "src/shared.ts": "export enum Kind { Steamed = 'steamed' }",
  "src/late.ts":
    'import { Kind } from "./shared"; import "./late.css"; export const late: string = "late " + Kind.Steamed;',
  "src/late.css": "#styled { letter-spacing: 3px }",
  "src/worker.ts":
    'import { Kind } from "./shared"; onmessage = ({ data }) => postMessage(Kind.Steamed + " " + data * 2);',
  "src/all.tsx": `
    import styles from "./card.module.css";
    import { town } from "./data.json";
    import image from "./img/image.svg";
    (window as any).order.push("all");
    const size = async (image: string | HTMLImageElement): Promise<number> => {
      const element = typeof image === "string" ? Object.assign(new Image(), { src: image }) : image;
      await element.decode();
      return element.naturalWidth;
    };
    const ask = (worker: Worker, data: number): Promise<unknown> =>
      new Promise((resolve, reject) => {
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = reject;
        worker.postMessage(data);
      });
    const element = document.querySelector("#styled")!;
    element.className = styles.card;
    const { late } = await import("./late");
    const { color, borderTopWidth, letterSpacing, backgroundImage } = getComputedStyle(element);
    const shown = {
      order: (window as any).order, town, late, color, borderTopWidth, letterSpacing,
      inPage: await size(document.querySelector("#in-page") as HTMLImageElement),
      image: await size(image),
      byURL: await size(new URL("./img/by-url.svg", import.meta.url).href),
      background: await size(/url\\("(.*)"\\)/.exec(backgroundImage)![1]!),
      worker: await ask(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }), 21),
      mode: import.meta.env.MODE,
      link: document.querySelector("a")!.getAttribute("href"),
    };
    document.body.dataset["shown"] = JSON.stringify(shown);`,
  ...Object.fromEntries(
    ["icon", "page", "page2", "background", "image", "by-url"].map((name) => [
      `src/img/${name}.svg`,
      picture(name),
    ]),
  ),
};

describe.skipIf(executablePath === null)("what a page loads", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: [...BROWSER_ARGS] });
  });

  afterAll(async () => {
    await browser?.close();
    for (const program of programs) program.kill();
  });

  it.each(["development", "production"])("is there in %s, at any path", async (mode) => {
    const dir = project(files);
    install(dir);
    const program = new Program({ args: ["server.js", mode], cwd: dir });
    programs.push(program);
    const address = await program.listening();
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("response", (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`${address}app/any/where`);
    const body = await page.waitForSelector("body[data-shown]", { state: "attached" });
    expect(JSON.parse((await body.getAttribute("data-shown"))!)).toEqual({
      order: ["inline", "first", "all"],
      town: "Lanzhou",
      late: "late steamed",
      color: "rgb(9, 8, 7)",
      borderTopWidth: "7px",
      letterSpacing: "3px",
      inPage: 30,
      image: 30,
      byURL: 30,
      background: 30,
      worker: "steamed 42",
      mode,
      link: "./about.html",
    });
    expect(complaints).toEqual([]);
    await page.close();
  });
});
