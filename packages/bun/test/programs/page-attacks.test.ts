import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Program } from "@mantou/testing/program";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { expect, it } from "vitest";

const REGISTER = fileURLToPath(new URL("../../dist/register.js", import.meta.url));
const SECRET = "the secret of another folder";

const files = {
  "package.json": '{ "type": "module" }',
  "main.ts": `
    import home from "./home.html";
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", development: true, routes: { "/": home } });
    console.log(\`Listening on \${server.url.href}\`);`,
  "home.html": '<script type="module" src="./home.ts"></script>',
  "home.ts": `
    import note from "./note.txt";
    import raw from "./list.json" with { type: "text" };
    import own from "./own.secret";
    import made from "made:one";
    console.log(note, raw, own, made);`,
  "note.txt": "a note",
  "list.json": "[1]",
  "own.secret": "one's own",
  ".env": `TOKEN="${SECRET}"`,
  "bunfig.toml": '[serve.static]\nplugins = ["./plugin.ts"]',
  "plugin.ts": `
    import type { BunPlugin } from "bun";
    export default {
      name: "reads",
      setup(build) {
        build.onLoad({ filter: /secret/ }, async ({ path }) => ({ contents: await Bun.file(path).text(), loader: "text" }));
        build.onResolve({ filter: /^made:/ }, ({ path }) => ({ path, namespace: "made" }));
        build.onLoad({ filter: /.*/, namespace: "made" }, async ({ path }) => ({
          contents: path.startsWith("/") ? await Bun.file(path).text() : "made",
          loader: "text",
        }));
      },
    } satisfies BunPlugin;`,
};

it("a page's data come from the project alone, whatever a browser asks for", async () => {
  const [dir, outside] = [tempDir(), tempDir()];
  fill(dir, files);
  fill(outside, { "a.secret": SECRET, "a.txt": SECRET, "a.json": JSON.stringify(SECRET) });
  symlinkSync(join(outside, "a.txt"), join(dir, "link.txt"));
  const program = new Program({ args: ["--import", REGISTER, "main.ts"], cwd: dir });
  try {
    const address = await program.listening();
    const get = async (path: string): Promise<string> => (await fetch(address + path)).text();
    const html = await get("");
    const base = html.includes("/_mantou/~") ? /_mantou\/~\w+\//.exec(html)![0] : "_mantou/";
    // What the page imports is there.
    const code = await get(`${base}home.ts`);
    const urls = [...code.matchAll(/from "\/([^"]+)"/g)].map(([, url]) => url!);
    const loaded = await Promise.all(urls.map(get));
    for (const text of ["a note", "[1]", "one's own", "made"]) expect(loaded.join()).toContain(text);

    for (const path of [
      join(outside, "a.txt"),
      join(outside, "a.json"),
      join(outside, "a.secret"),
      join(dir, ".env"),
      join(dir, "link.txt"),
    ])
      for (const url of [
        `@id/__x00__mantou-data-text:${path}.js`,
        `@id/__x00__mantou-data-:${path}.js`,
        `@id/__x00__mantou-data-file:${path}.js`,
        `@id/__x00__bun-file:${path}.js`,
        `@id/__x00__bun-made:${path}.js`,
        `@fs${path}?mantou-type=text`,
        `@fs${path}?mantou-type=json`,
        `@fs${path}?import&mantou-type=text`,
        `@fs${path}`,
        `@id/${path}?mantou-type=text`,
      ]) {
        const text = await get(base + url);
        expect(text.includes(SECRET), `${url}: ${text.slice(0, 200)}`).toBe(false);
      }
    expect(await get(`${base}home.ts`)).toBe(code);
  } finally {
    program.kill();
  }
});
