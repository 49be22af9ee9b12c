import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "@mantou/testing/bun";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it, vi } from "vitest";
import { build } from "../../src/cli/build.ts";
import { MAIN } from "../support/command.ts";

/** Bun, if one is named or demanded. */
const asksBun = ["MANTOU_BUN", "MANTOU_REQUIRE_BUN", "MANTOU_FULL"].some((name) => process.env[name]);

const dir = tempDir();
fill(dir, {
  "package.json": '{ "type": "module" }',
  "src/server.ts": `
    import { serve } from "bun";
    import { Database } from "bun:sqlite";
    import home from "../pages/index.html";
    import { greeting } from "./greeting.ts";
    import settings, { name } from "./settings.toml";
    import source from "../pages/index.html" with { type: "text" };
    import notes from "./notes.txt";
    import picture from "./picture.bin";
    import list from "./list.json";
    import raw from "./list.json" with { type: "text" };
    import { twice } from "esm-package";
    import old from "cjs-package";
    const db = new Database(":memory:");
    const server = serve({
      port: 0,
      development: false,
      routes: {
        "/": home,
        "/data": async () => {
          const { default: late } = await import("./late.yaml");
          const { default: text } = await import("./late.yaml", { with: { type: "text" } });
          const bytes = await Bun.file(picture).bytes();
          return Response.json([settings, name, source.length, notes, bytes.length, list, raw.length, twice(4), old.three, late, text]);
        },
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
    await show("/data");
    await server.stop(true);`,
  "src/settings.toml": 'name = "mantou"\n[oven]\nheat = 100',
  "src/notes.txt": "some notes",
  "src/picture.bin": new Uint8Array([0, 255, 128]),
  "src/list.json": "[1, 2]",
  "src/late.yaml": "late: true",
  "node_modules/esm-package/package.json":
    '{ "type": "module", "exports": { "bun": "./bun.js", "default": "./node.js" } }',
  "node_modules/esm-package/bun.js": "export const twice = (n) => 2 * n;",
  "node_modules/esm-package/node.js": "throw new Error('the condition is bun');",
  "node_modules/cjs-package/package.json": '{ "main": "main.js" }',
  "node_modules/cjs-package/main.js": 'exports.three = require("./three.js") + __dirname.length * 0;',
  "node_modules/cjs-package/three.js": "module.exports = 3;",
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
      /^dist\/_mantou\/assets\/index-[\w-]{8}\.css\ndist\/late-[\w-]{8}\.js\ndist\/late-[\w-]{8}\.js\ndist\/mantou-pages\.js\ndist\/pages\/index\.html\ndist\/picture-[\w-]{8}\.bin\ndist\/server\.js\n$/,
    );
    const deployed = tempDir();
    cpSync(join(dir, "dist"), join(deployed, "app"), { recursive: true });
    mkdirSync(join(deployed, "node_modules/@mantou"), { recursive: true });
    symlinkSync(fileURLToPath(new URL("../..", import.meta.url)), join(deployed, "node_modules/@mantou/bun"));
    fill(deployed, { "package.json": '{ "type": "module" }' });
    const elsewhere = tempDir();
    // Without the runtime, plain Node.js says what to install.
    const bare = await run(elsewhere, join(dir, "dist/server.js"));
    expect([bare.code, bare.stderr]).toEqual([1, expect.stringContaining("npm install @mantou/bun")]);
    // Nothing but the runtime's members that the program uses is read when it starts.
    expect(readFileSync(join(dir, "dist/server.js"), "utf8")).not.toContain(".RedisClient");
    expect((await run(elsewhere, MAIN, join(dir, "dist/server.js"))).stdout).toContain("<h1>Home</h1>");
    for (const args of [[MAIN], []]) {
      const { code, stdout, stderr } = await run(elsewhere, ...args, join(deployed, "app/server.js"));
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout.split("\n")).toEqual([
        '200 no-cache <!doctype html><link rel="stylesheet" crossorigin href="/_mantou/assets/index-HASH.css"><title>Home</title><h1>Home</h1>',
        "200 public, max-age=31536000, immutable h1{color:red}",
        '200 null ["hello","string",{"one":1}]',
        '200 null [{"name":"mantou","oven":{"heat":100}},"mantou",85,"some notes",3,[1,2],6,8,3,{"late":true},"late: true"]',
        "",
      ]);
    }
  });

  it("minifies, maps and leaves packages as imports if that is asked for", async () => {
    fill(dir, {
      "small.ts": `
        import { twice } from "esm-package";
        const mode: string = process.env.NODE_ENV ?? "none";
        console.log(twice(2), mode, import.meta.dir === import.meta.dirname);
        if (mode === "fails") throw new Error("of small.ts");`,
      "small/deep/package.json": '{ "name": "kept" }',
    });
    const buildSmall = async (...options: string[]): Promise<string> => {
      const built = await run(dir, MAIN, "build", "small.ts", "--outdir", "small/deep", ...options);
      expect(built.stderr).toBe("");
      return readFileSync(join(dir, "small/deep/small.js"), "utf8");
    };
    const plain = await buildSmall("--external", "esm-package", "--sourcemap=inline");
    expect(plain).toMatch(/from ?"esm-package"[\s\S]*var mode = [\s\S]*sourceMappingURL=data:/);
    const asked = await buildSmall("--production", "--packages=external", "--sourcemap");
    expect(asked).toMatch(/from ?"esm-package"/);
    expect(asked).not.toContain("mode =");
    expect(asked).toContain("//# sourceMappingURL=small.js.map");
    const map = JSON.parse(readFileSync(join(dir, "small/deep/small.js.map"), "utf8"));
    expect(map.sources).toEqual(["../../small.ts"]);
    expect((await run(dir, MAIN, "small/deep/small.js")).stdout).toBe("4 production true\n");
    expect(readFileSync(join(dir, "small/deep/package.json"), "utf8")).toBe('{ "name": "kept" }');
  });

  it("says to Node.js that a program is a module, where the package is of another type", async () => {
    fill(dir, {
      "old/package.json": '{ "type": "commonjs" }',
      "old/main.ts": "console.log(Bun.version satisfies string);",
    });
    const old = join(dir, "old");
    const { stdout, stderr } = await run(old, MAIN, "build", "main.ts", "--outdir", "dist");
    expect([stdout, stderr]).toEqual(["dist/main.js\ndist/package.json\n", ""]);
    mkdirSync(join(old, "node_modules/@mantou"), { recursive: true });
    symlinkSync(fileURLToPath(new URL("../..", import.meta.url)), join(old, "node_modules/@mantou/bun"));
    expect(await run(old, "dist/main.js")).toMatchObject({ code: 0, stderr: "" });
  });

  it.skipIf(!asksBun)("and mantou serves what `bun build --target=bun` has made", async () => {
    const options = ["build", "--target=bun", "--production", "--outdir=by-bun", "src/server.ts"];
    await new Promise<void>((resolve, reject) => {
      execFile(findBun()!, options, { cwd: dir }, (error) => (error === null ? resolve() : reject(error)));
    });
    // Bun's program looks for imported files in the working directory.
    const { code, stdout, stderr } = await run(join(dir, "by-bun"), MAIN, "server.js");
    expect([code, stderr]).toEqual([0, ""]);
    const [page, ...rest] = stdout.trim().split("\n");
    const [api, data] = rest.slice(-2);
    expect(page).toMatch(/^200 no-cache <!doctype html>.*<h1>Home<\/h1>/);
    expect(rest.find((line) => line.includes("color:red"))).toMatch(
      /^200 public, max-age=31536000, immutable h1/,
    );
    expect(api).toBe('200 null ["hello","string",{"one":1}]');
    expect(data).toMatch(/^200 null \[\{"name":"mantou",/);
  });

  it("builds pages alone as a static site, and with the plugins of bunfig.toml", async () => {
    fill(dir, {
      "pages/plain.html": '<!doctype html><script type="module" src="./plain.ts"></script>',
      "pages/plain.ts": 'import text from "./plain.custom"; document.title = text satisfies string;',
      "pages/plain.custom": "by the plugin",
      "bunfig.toml": '[serve.static]\nplugins = ["./plugin.ts"]',
      "plugin.ts": `
        import { file, type BunPlugin } from "bun";
        export default {
          name: "custom",
          setup: (build) => void build.onLoad({ filter: /custom$/ }, async ({ path }) => ({ contents: await file(path).text(), loader: "text" })),
        } satisfies BunPlugin;`,
    });
    const built = await run(dir, MAIN, "build", "./pages/plain.html", "--outdir=site");
    expect([built.code, built.stderr]).toEqual([0, ""]);
    const names = readdirSync(join(dir, "site"), { recursive: true }).map(String).sort();
    expect(names).toEqual(["assets", expect.stringMatching(/^assets\/plain-[\w-]{8}\.js$/), "plain.html"]);
    expect(readFileSync(join(dir, "site", names[1]!), "utf8")).toContain("by the plugin");
    fill(dir, { "plugin.ts": "export default 5;" });
    const wrong = await run(dir, MAIN, "build", "./pages/plain.html", "--outdir=site");
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("./plugin.ts is no plugin")]);
    rmSync(join(dir, "bunfig.toml"));
  });

  it("says what is wrong with its options and with the sources", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    for (const args of [
      ["src/server.ts"],
      ["--outdir", "x"],
      ["src/server.ts", "--outdir", "x", "--compile"],
      ["src/server.ts", "--outdir", "x", "--target=browser"],
      ["src/server.ts", "--outdir", "x", "--sourcemap=x"],
      ["src/server.ts", "--outdir", "x", "--env=PUBLIC_"],
    ]) {
      expect(await build(args)).toBe(2);
      expect(String(said.mock.lastCall?.[0])).toMatch(/^mantou: /);
    }
    said.mockRestore();
    fill(dir, { "src/wrong.ts": "export const a: = 5;" });
    const { code, stderr } = await run(dir, MAIN, "build", "src/wrong.ts", "--outdir", "x");
    expect(code).toBe(1);
    expect(stderr).toContain("wrong.ts");
  });
});
