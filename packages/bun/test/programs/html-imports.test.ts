import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const REGISTER = fileURLToPath(new URL("../../dist/register.js", import.meta.url));

const files = {
  "package.json": '{ "type": "module" }',
  "main.ts": `
    import { serve } from "bun";
    // Part of Bun: nothing is installed here.
    import { WebSocketServer } from "ws";
    import home from "./pages/home.html";
    import * as namespace from "./pages/home.html";
    import source from "./pages/home.html" with { type: "text" };

    const { default: again } = await import("./pages/home.html");
    console.log(String(home), JSON.stringify(home), home.index.replace(import.meta.dir, "$DIR"));
    console.log(again === home, String(require("./pages/second.html")), Object.keys(namespace).sort().join(), source.includes("./home.ts"), typeof WebSocketServer, typeof require("ws"));

    // What \`bun build --target=bun\` puts in place of an import.
    const file = (path: string, loader: string, type: string) =>
      ({ path, loader, isEntry: true, headers: { etag: "x", "content-type": type } });
    const manifest = {
      index: "./built/about.html",
      files: [file("./built/about.html", "html", "text/html;charset=utf-8"), file("./built/a-1.js", "js", "text/javascript;charset=utf-8")],
    };
    const server = serve({
      port: 0,
      routes: { "/": home, "/form": { GET: home, POST: () => new Response("posted") }, "/app/*": home, "/about": manifest as any },
      fetch: () => new Response("else", { status: 404 }),
    });
    for (const path of ["/", "/form", "/app/a/b", "/about", "/built/a-1.js", "/else"]) {
      const response = await fetch(new URL(path, server.url));
      const text = await response.text();
      const loads = [...text.matchAll(/ src="([^"]+)"/g)].length > 0;
      console.log(path, response.status, response.headers.get("content-type")?.replace("UTF", "utf"), /<h1>.*<\\/h1>/.exec(text)?.[0], loads);
    }
    const seen = new Set<string>();
    const load = async (path: string): Promise<string> => {
      if (seen.has(path)) return "";
      seen.add(path);
      const text = await (await fetch(new URL(path, server.url))).text();
      const imports = [...text.matchAll(/(?: src=|from )"(\\/[^"]+)"/g)].map(([, next]) => next!).filter((next) => !next.includes("@vite"));
      return [text, ...(await Promise.all(imports.map(load)))].join("\\n");
    };
    const code = await load("/");
    console.log(["from a plugin", "of a namespace", "as TypeScript"].map((part) => code.includes(part)).join());
    console.log(["Lanzhou", "a note", "kind = 5", "wheat"].map((part) => code.includes(part)).join());
    console.log(await (await fetch(new URL("/form", server.url), { method: "POST" })).text());
    process.exit(0);`,
  "pages/home.html":
    '<!doctype html><html><head><script src="./home.ts"></script></head><body><h1>Home</h1></body></html>',
  "pages/home.ts": `
    import { town } from "./data.toml";
    import note from "./note.txt";
    import raw from "./raw.toml" with { type: "text" };
    import flours from "./flours.yaml";
    import custom from "./a.custom";
    import { typed } from "./b.typed";
    import virtual from "virtual:thing";
    console.log(town, note, raw, flours, custom, typed, virtual);`,
  "pages/a.custom": "from a plugin",
  "pages/b.typed": "as TypeScript",
  "bunfig.toml": '[serve.static]\nplugins = ["./plugin.ts"]',
  "plugin.ts": `
    import type { BunPlugin } from "bun";
    const plugin: BunPlugin = {
      name: "custom",
      setup(build) {
        build.onLoad({ filter: /\\.custom$/ }, async ({ path }) => ({
          contents: \`export default \${JSON.stringify((await Bun.file(path).text()).trim())};\`,
          loader: "js",
        }));
        build.onLoad({ filter: /\\.typed$/ }, async ({ path }) => ({
          contents: \`export const typed: string = \${JSON.stringify(await Bun.file(path).text())};\`,
          loader: "ts",
        }));
        build.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path: path.slice(8), namespace: "virtual" }));
        build.onLoad({ filter: /.*/, namespace: "virtual" }, ({ path }) => ({ contents: \`"of a namespace: \${path}"\`, loader: "json" }));
      },
    };
    export default plugin;`,
  "pages/data.toml": 'town = "Lanzhou"',
  "pages/raw.toml": "kind = 5",
  "pages/note.txt": "a note",
  "pages/flours.yaml": "- wheat",
  "pages/second.html": "<h1>Second</h1>",
  "built/about.html": "<h1>About</h1>",
  "built/a-1.js": "1",
};

const prints = `[object HTMLBundle] {} $DIR/pages/home.html
true [object HTMLBundle] __esModule,default true function function
/ 200 text/html;charset=utf-8 <h1>Home</h1> true
/form 200 text/html;charset=utf-8 <h1>Home</h1> true
/app/a/b 200 text/html;charset=utf-8 <h1>Home</h1> true
/about 200 text/html;charset=utf-8 <h1>About</h1> false
/built/a-1.js 200 text/javascript;charset=utf-8 undefined false
/else 404 text/plain;charset=utf-8 undefined false
true,true,true
true,true,true,true
posted`;

describe("an HTML import", () => {
  // In production, so that Bun does not print what it bundles.
  itRunsAsOnBun([{ name: "is a page for routes", files, env: { NODE_ENV: "production" }, prints }]);

  it.each([
    {},
    { MANTOU_TRANSPORT: "stream" },
  ])("is one with node --import @mantou/bun/register, in development, with %j", async (given) => {
    const dir = tempDir();
    fill(dir, files);
    const args = ["--import", REGISTER, "main.ts"];
    const { NODE_ENV: _, ...env } = process.env;
    const printed = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { cwd: dir, env: { ...env, ...given } }, (error, stdout, stderr) =>
        resolve(error === null ? stdout.trim() : stderr),
      );
    });
    // Vite says so if its first scan takes long.
    const withoutVite = printed.replace(/^.* \[optimizer\] scanning dependencies\.\.\.\n/m, "");
    expect(withoutVite.replaceAll(dir, "$DIR")).toBe(prints);
  });
});
