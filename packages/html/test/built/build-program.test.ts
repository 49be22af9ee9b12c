import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { buildProgram, type Manifest, type ProgramBuild } from "../../src/index.ts";
import { project } from "../support/projects.ts";

const PLAIN: Omit<ProgramBuild, "entries" | "folder"> = {
  plugins: [],
  banner: "",
  define: {},
  bundlesPackages: true,
  external: [],
  minify: false,
  sourcemap: false,
};
/** Names of files without their hashes. */
const plainNames = (names: readonly string[]): string[] =>
  names.map((name) => name.replace(/-[\w-]{8}\./, "-HASH."));

describe("a program that imports several pages", () => {
  it("has what they share once, and no sources of pages in public/", async () => {
    const dir = project({
      "public/members.html":
        '<!doctype html><img src="/bun.txt"><script src="../src/members.ts"></script><!-- a source -->',
      "public/bun.txt": "a file as it is",
      "src/members.ts": 'import "./main.ts";',
      "server.js":
        'import home from "./pages/index.html"; import about from "./pages/about.html"; import members from "./public/members.html";\n' +
        "export const pages = [home, about, members];",
    });
    const folder = join(tempDir(), "dist");
    const names = await buildProgram({ ...PLAIN, entries: [join(dir, "server.js")], folder });
    expect(names.filter((name) => name.includes("bun.txt"))).toEqual([]);
    const scripts = names.filter((name) => name.includes("/assets/") && name.endsWith(".js"));
    const withWord = scripts.filter((name) => readFileSync(join(folder, name), "utf8").includes("first"));
    expect(withWord).toHaveLength(1);
    const { pages } = (await import(pathToFileURL(join(folder, "server.js")).href)) as { pages: Manifest[] };
    expect(pages).toHaveLength(3);
    for (const { index, files } of pages) {
      expect(files.filter(({ loader }) => loader === "html").map(({ path }) => path)).toEqual([index]);
      expect(files.map(({ path }) => path)).toContain(`./${withWord[0]}`);
      for (const { path } of files) expect(existsSync(resolve(folder, path)), path).toBe(true);
    }
    const members = readFileSync(join(folder, pages[2]!.index), "utf8");
    expect(members).toMatch(/<script type="module" crossorigin src="\/_mantou\/[^"]+\.js">/);
  });
});

describe("pages alone", () => {
  const files = {
    "src/site/index.html":
      '<!doctype html><link rel="icon" href="/icon.txt"><link rel="stylesheet" href="./a.css"><script type="module" src="./a.ts"></script>',
    "src/site/blog/post.html":
      '<!doctype html><link rel="stylesheet" href="../a.css"><script type="module" src="./b.ts"></script>',
    "src/site/a.css": "h1 { background: url(./picture.png) }",
    "src/site/picture.png": "x".repeat(5000),
    "src/site/a.ts": 'import("./late").then(({ late }) => console.log(late));',
    "src/site/blog/b.ts": 'import("../late").then(({ late }) => console.log(late));',
    "src/site/late.ts": 'export const late: string = "late";',
    "public/icon.txt": "an icon",
  };

  it("become a site that can stand in any folder of a host: pages by their common folder, and relative URLs", async () => {
    const dir = project({ "vite.config.js": "export default {};", ...files });
    const folder = join(tempDir(), "dist");
    const entries = ["src/site/index.html", "src/site/blog/post.html"].map((name) => join(dir, name));
    const names = await buildProgram({ ...PLAIN, entries, folder });
    expect(plainNames(names).filter((name) => !name.startsWith("assets/"))).toEqual([
      "blog/post.html",
      "icon.txt",
      "index.html",
    ]);
    const text = (name: string): string => readFileSync(join(folder, name), "utf8");
    const urls = (html: string): string[] =>
      [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
    for (const [name, begin] of [
      ["index.html", "./"],
      ["blog/post.html", "../"],
    ] as const) {
      expect(urls(text(name)).length).toBeGreaterThanOrEqual(2);
      for (const url of urls(text(name))) {
        expect(url.startsWith(begin), url).toBe(true);
        expect(existsSync(join(folder, name, "..", url)), url).toBe(true);
      }
    }
    const style = names.find((name) => name.endsWith(".css"))!;
    expect(text(style)).toMatch(/url\((?:\.\/)?picture-[\w-]{8}\.png\)/);
    const script = text(names.find((name) => /post-.*\.js$/.test(name))!);
    expect(script).not.toMatch(/["'`]\/(?:assets|late)/);
  });

  it("one of them is at the root", async () => {
    const dir = project(files);
    const folder = join(tempDir(), "dist");
    const entries = [join(dir, "src/site/blog/post.html")];
    expect(await buildProgram({ ...PLAIN, entries, folder })).toContain("post.html");
  });
});
