import { join } from "node:path";
import { type ServeOptions, type Server, serve } from "@mantou/serve/plain";
import { captureErrors } from "@mantou/testing/errors";
import { LOOPBACK, stopAfterTest } from "@mantou/testing/servers";
import { afterEach, describe, expect, it } from "vitest";
import { htmlPage, setPageSettings } from "../src/index.ts";
import { project } from "./support/projects.ts";

const { take } = captureErrors();

afterEach(() => setPageSettings({}));

/** A package that a runtime needs for the pages. */
const NAMED = {
  package: "vite-buns",
  member: "buns",
  prefix: "vite-buns",
  namedBy: "bunfig.toml names bun-plugin-buns",
};

const page =
  '<!doctype html><link rel="stylesheet" href="styled/theme.css"><script src="./main.ts"></script>';
const sources = {
  "pages/index.html": page,
  "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] } } }',
  "lib/shown.ts": 'export const shown: string = "by a path of tsconfig";',
  "pages/main.ts": `
    import { shown } from "@/shown";
    const kept = ((import.meta.hot as any).data.kept ??= { shown }) as object;
    import.meta.hot.on("bun:beforeUpdate", () => console.log("hot call"));
    import.meta.hot.dispose(() => {});
    console.log(kept, process.env.PUBLIC_TOWN, process.env.SECRET_TOWN, process.env.NODE_ENV, "process.env.PUBLIC_TOWN");`,
  "node_modules/styled/package.json": '{ "exports": { "./theme.css": { "style": "./dist/theme.css" } } }',
  "node_modules/styled/dist/theme.css": "h1 { color: rgb(7, 8, 9); }",
};

function start(development: boolean, dir: string): Server {
  const routes = { "/": htmlPage(join(dir, "pages/index.html")) };
  return stopAfterTest(serve({ ...LOOPBACK, development, routes } as ServeOptions));
}

async function text(server: Server, path: string, accept = "*/*"): Promise<string> {
  return (await fetch(new URL(path, server.url), { headers: { Accept: accept } })).text();
}

/** The page's script and its style sheet. */
async function loaded(server: Server): Promise<{ code: string; style: string }> {
  const html = await text(server, "/");
  const [script] = [...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, url]) => url!).slice(-1);
  const style = /href="([^"]+\.css)"/.exec(html)![1]!;
  return { code: await text(server, script!), style: await text(server, style, "text/css") };
}

describe("a project without a configuration of Vite", () => {
  it.each([true, false])("is as in Bun, with development: %s", async (development) => {
    Object.assign(process.env, { PUBLIC_TOWN: 'Xi"an', SECRET_TOWN: "hidden" });
    setPageSettings({ env: "PUBLIC_*" });
    const { code, style } = await loaded(start(development, project(sources)));
    expect(style.replaceAll(" ", "")).toMatch(/rgb\(7,8,9\)|#070809/);
    // Only names that begin as the settings say, and only in code.
    expect(code).toMatch(/"Xi\\"an"|'Xi"an'|`Xi"an`/);
    expect(code).toMatch(/["'`]process\.env\.PUBLIC_TOWN/);
    expect(code).not.toContain("hidden");
    expect(code).toMatch(/(?:process\.env|\{\})\.SECRET_TOWN/);
    if (development) {
      expect(code).toContain('import.meta.hot.on("vite:beforeUpdate"');
      expect(code).toContain("import.meta.hot.accept()");
      expect(code).toContain("/lib/shown.ts");
    } else {
      expect(code).toContain("by a path of tsconfig");
      expect(code).not.toMatch(/hot call|import\.meta/);
    }
  });

  it("has the source maps of the settings, and a configuration counts before them", async () => {
    setPageSettings({ sourcemap: "inline" });
    const code = 'export const word: string = "first";';
    const mapped = await loaded(start(false, project({ "src/word.ts": code })));
    expect(mapped.code).toContain("sourceMappingURL=data:");
    const config = { "vite.config.js": "export default { build: { sourcemap: false } };" };
    const configured = await loaded(start(false, project({ "src/word.ts": code, ...config })));
    expect(configured.code).not.toContain("sourceMappingURL");
  });

  it("uses plugins of React and Tailwind that are installed, and says what to install for those that are named", async () => {
    const plugin = `export default () => ({ name: "fake", transform: (code) => code.replace("first", "by the plugin") });`;
    const installed = {
      "node_modules/@vitejs/plugin-react/package.json":
        '{ "type": "module", "exports": { ".": { "import": "./a.js" } } }',
      "node_modules/@vitejs/plugin-react/a.js": plugin,
    };
    expect((await loaded(start(false, project(installed)))).code).toContain("by the plugin");
    const config = { "vite.config.js": "export default {};" };
    expect((await loaded(start(false, project({ ...installed, ...config })))).code).toContain("first");
    setPageSettings({ plugins: [{ ...NAMED, package: "@tailwindcss/vite", member: "default" }] });
    const server = start(true, project());
    expect((await fetch(server.url)).status).toBe(500);
    expect(String(take())).toMatch(
      /bunfig\.toml names bun-plugin-buns: .* npm install --save-dev @tailwindcss\/vite$/,
    );
  });

  it("has the plugins of the settings beside a configuration, unless that has them", async () => {
    setPageSettings({ plugins: [NAMED] });
    const plugin = `export const buns = () => [{ name: "vite-buns:a", transform: (code) => code.replace(/first/g, "first by the plugin") }];`;
    const installed = {
      "node_modules/vite-buns/package.json": '{ "type": "module", "exports": "./a.js" }',
      "node_modules/vite-buns/a.js": plugin,
    };
    const configs = [
      "export default {};",
      "export default () => ({ plugins: [null, [{ name: 'other' }]] });",
      "import { buns } from 'vite-buns'; export default async () => ({ plugins: [Promise.resolve([false, [buns()]])] });",
    ];
    for (const config of configs)
      for (const development of [true, false]) {
        const dir = project({ ...installed, "vite.config.js": config });
        const server = start(development, dir);
        const { code } = await loaded(server);
        const word = development ? await text(server, code.match(/"([^"]+\/word\.ts)"/)![1]!) : code;
        expect(word.match(/by the plugin/g), `${config} ${development}`).toHaveLength(1);
      }
  });
});
