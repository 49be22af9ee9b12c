import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { MAIN } from "../support/command.ts";

const dir = tempDir();
fill(dir, {
  "package.json": '{ "type": "module" }',
  "src/server.ts": `
    import { serve } from "bun";
    import { Database } from "bun:sqlite";
    import home from "../pages/index.html";
    import { greeting } from "./greeting.ts";
    const db = new Database(":memory:");
    const server = serve({
      port: 0,
      development: false,
      routes: {
        "/": home,
        "/api": () => Response.json([greeting satisfies string, typeof Bun.version, db.query("SELECT 1 AS one").get()]),
      },
      fetch: () => home,
    });
    const show = async (path: string) => {
      const response = await fetch(new URL(path, server.url));
      const text = await response.text();
      console.log(response.status, response.headers.get("cache-control"), text.replaceAll(/-[\\w-]{8}(?=\\.)/g, "-HASH").replaceAll("\\n", ""));
      return [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
    };
    for (const asset of await show("/any/where")) await show(asset);
    await show("/api");
    await server.stop(true);`,
  "src/greeting.ts": 'export const greeting: string = "hello";',
  "pages/index.html": '<!doctype html><title>Home</title><link rel="stylesheet" href="./a.css"><h1>Home</h1>',
  "pages/a.css": "h1 { color: red; }",
});

function run(cwd: string, ...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NODE_PATH: "", NODE_NO_WARNINGS: "1" };
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe("mantou build", () => {
  it("builds a program with its pages, which mantou and plain Node.js serve from any folder", async () => {
    // The example of a project: Vite is found from there, and from the result nothing but the runtime.
    mkdirSync(join(dir, "node_modules"));
    symlinkSync(
      fileURLToPath(new URL("../../../html/node_modules/vite", import.meta.url)),
      join(dir, "node_modules/vite"),
    );
    const built = await run(
      dir,
      MAIN,
      "build",
      "--target=bun",
      "--production",
      "src/server.ts",
      "--outdir",
      "dist",
    );
    expect(built.stderr).toBe("");
    expect(built.stdout).toMatch(
      /^dist\/_mantou\/assets\/index-[\w-]{8}\.css\ndist\/pages\/index\.html\ndist\/server\.js\n$/,
    );
    const deployed = tempDir();
    cpSync(join(dir, "dist"), join(deployed, "app"), { recursive: true });
    mkdirSync(join(deployed, "node_modules/@mantou"), { recursive: true });
    symlinkSync(fileURLToPath(new URL("../..", import.meta.url)), join(deployed, "node_modules/@mantou/bun"));
    fill(deployed, { "package.json": '{ "type": "module" }' });
    const elsewhere = tempDir();
    for (const args of [[MAIN], []]) {
      const { code, stdout, stderr } = await run(elsewhere, ...args, join(deployed, "app/server.js"));
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout.split("\n")).toEqual([
        '200 no-cache <!doctype html><link rel="stylesheet" crossorigin href="/_mantou/assets/index-HASH.css"><title>Home</title><h1>Home</h1>',
        "200 public, max-age=31536000, immutable h1{color:red}",
        '200 null ["hello","string",{"one":1}]',
        "",
      ]);
    }
  });

  it("builds pages alone as a static site, with its files at the root of a host", async () => {
    const built = await run(dir, MAIN, "build", "./pages/index.html", "--outdir=site");
    expect([built.code, built.stderr]).toEqual([0, ""]);
    expect(readdirSync(join(dir, "site"), { recursive: true }).sort()).toEqual([
      "assets",
      expect.stringMatching(/^assets\/index-[\w-]{8}\.css$/),
      "pages",
      "pages/index.html",
    ]);
  });

  it("says what is wrong with its options and with the sources", async () => {
    for (const args of [
      ["src/server.ts"],
      ["--outdir", "x"],
      ["src/server.ts", "--outdir", "x", "--compile"],
    ]) {
      const { code, stderr } = await run(dir, MAIN, "build", ...args);
      expect([code, stderr.startsWith("mantou: ")]).toEqual([2, true]);
    }
    fill(dir, { "src/wrong.ts": "export const a: = 5;" });
    const { code, stderr } = await run(dir, MAIN, "build", "src/wrong.ts", "--outdir", "x");
    expect(code).toBe(1);
    expect(stderr).toContain("wrong.ts");
  });
});
