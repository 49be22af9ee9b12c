import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { typeOfName } from "@mantou/serve/hosting";
import type { InlineConfig, Plugin } from "vite";
import { readManifest } from "../packages.ts";
import { findRoot } from "../root.ts";
import type { VitePlugin } from "../settings.ts";
import { loadVite } from "../vite-peer.ts";
import { buildPages } from "./build.ts";
import { IMMUTABLE } from "./built-file.ts";
import type { Manifest } from "./manifest-page.ts";

/** What is built, and how. */
export interface ProgramBuild {
  /** Paths of modules and of pages. */
  readonly entries: readonly string[];
  /** Where it is written. */
  readonly folder: string;
  /** For modules only: they know the runtime. */
  readonly plugins: readonly VitePlugin[];
  /** Code in front of each file of a program. */
  readonly banner: string;
  /** Names that are replaced by expressions, in modules only. */
  readonly define: Readonly<Record<string, string>>;
  /** Whether packages of `node_modules` become part of programs. */
  readonly bundlesPackages: boolean;
  /** Specifiers that stay imports. Those that begin with one of these and a slash do, too. */
  readonly external: readonly string[];
  /** Programs are minified. Pages always are, unless their configuration says otherwise. */
  readonly minify: boolean;
  /** `hidden`: without a comment that names the map. */
  readonly sourcemap: boolean | "inline" | "hidden";
}

/** Files by their path in the folder, as they are written. */
type Files = Map<string, string | Uint8Array>;

const PAGE = "?mantou-page";

/** The package.json of a folder whose `.js` files are ES modules. */
const MODULES = '{ "type": "module" }\n';

/**
 * Builds programs and their pages for production. In a program, an import of a page becomes its manifest, and the page's files are written beside
 * the program, which serves them without Vite. A page that is an entry becomes a static site.
 *
 * @returns the paths of all files that were written, in the folder
 * @throws Error without Vite, or what Vite says about the sources
 */
export async function buildProgram(build: ProgramBuild): Promise<string[]> {
  const files: Files = new Map();
  const paths = build.entries.map((entry) => resolve(entry));
  const pages = paths.filter((path) => path.endsWith(".html"));
  const modules = paths.filter((path) => !path.endsWith(".html"));
  if (pages.length > 0) await addSite(pages, files);
  if (modules.length > 0) {
    await addModules(modules, build, files);
    if (!isOfModules(build.folder)) files.set("package.json", MODULES);
  }
  for (const [name, content] of files) {
    const path = join(build.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return [...files.keys()].sort();
}

/** Its files are found from the root of a host, in place of a server's prefix. */
async function addSite(pages: readonly string[], files: Files): Promise<void> {
  const root = { ...findRoot(pages[0]!), base: "/" };
  const { pages: html, files: assets } = await buildPages(root, pages);
  for (const [page, text] of html) files.set(slashed(relative(root.folder, page)), text);
  for (const [name, { bytes }] of assets) files.set(name, bytes);
}

async function addModules(modules: readonly string[], build: ProgramBuild, files: Files): Promise<void> {
  const cwd = process.cwd();
  const vite = await loadVite(cwd);
  const config: InlineConfig = {
    root: cwd,
    // The project's configuration is that of its pages.
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    plugins: [pageImports(files), ...(build.plugins as readonly Plugin[])],
    resolve: { tsconfigPaths: true },
    define: { ...build.define },
    ssr: {
      ...(build.bundlesPackages ? { noExternal: true } : { external: true }),
      resolve: { conditions: ["bun", "node", "import", "module"] },
    },
    build: {
      ssr: true,
      emitAssets: true,
      write: false,
      // Source maps name their sources from there.
      outDir: build.folder,
      minify: build.minify,
      sourcemap: build.sourcemap,
      target: "node20",
      rolldownOptions: {
        input: [...modules],
        // The pages are built in a plugin.
        checks: { bundlerTimings: false },
        external: [/^@mantou\//, ...build.external.flatMap((name) => [name, startsWith(`${name}/`)])],
        output: {
          format: "es",
          banner: build.banner,
          entryFileNames: "[name].js",
          chunkFileNames: ({ name }) => `${name.replace(/\..*/, "")}-[hash].js`,
        },
      },
    },
  };
  const output = await vite.build(config);
  for (const result of Array.isArray(output) ? output : [output]) {
    if (!("output" in result)) continue;
    for (const file of result.output)
      files.set(file.fileName, file.type === "chunk" ? file.code : file.source);
  }
}

/** Replaces imports of pages by manifests, whose files are added. */
function pageImports(files: Files): Plugin {
  return {
    name: "mantou:page-imports",
    enforce: "pre",
    async resolveId(source, importer) {
      if (importer === undefined || !source.endsWith(".html")) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      if (found === null || found.external)
        throw new Error(`There is no page ${source}, which ${importer} imports`);
      return found.id + PAGE;
    },
    async load(id) {
      if (!id.endsWith(PAGE)) return null;
      return `export default ${JSON.stringify(await addPage(id.slice(0, -PAGE.length), files))};`;
    },
  };
}

async function addPage(page: string, files: Files): Promise<Manifest> {
  const root = findRoot(page);
  const { pages, files: assets } = await buildPages(root, [page]);
  const index = slashed(relative(process.cwd(), page)).replace(/^(?:\.\.\/)+/, "");
  const manifest: Manifest = { index: `./${index}`, files: [] };
  const add = (path: string, content: string | Uint8Array, cacheControl: string): void => {
    files.set(path, content);
    const isPage = path === index;
    manifest.files.push({
      path: `./${path}`,
      loader: isPage ? "html" : (/\.(js|css)$/.exec(path)?.[1] ?? "file"),
      isEntry: isPage,
      headers: { etag: "", "content-type": typeOfName(path), "cache-control": cacheControl },
    });
  };
  add(index, pages.get(page)!, "no-cache");
  for (const [name, { bytes, isHashed }] of assets)
    add(root.base.slice(1) + name, bytes, isHashed ? IMMUTABLE : "no-cache");
  return manifest;
}

/**
 * Whether plain Node.js takes the `.js` files of a folder for ES modules without a look into them. `npm init` writes `"type": "commonjs"`, for which
 * they would be errors of syntax. A package.json that is in the folder stays as it is.
 */
function isOfModules(folder: string): boolean {
  if (existsSync(join(folder, "package.json"))) return true;
  for (let at = dirname(folder); ; at = dirname(at)) {
    const manifest = readManifest(at);
    if (manifest !== null) return manifest["type"] === "module";
    if (dirname(at) === at) return false;
  }
}

function startsWith(text: string): RegExp {
  return new RegExp(`^${text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`);
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}
