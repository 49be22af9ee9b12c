import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { InlineConfig, Plugin } from "vite";
import { readManifest } from "../packages.ts";
import { findRoot } from "../root.ts";
import type { VitePlugin } from "../settings.ts";
import { loadVite } from "../vite-peer.ts";
import { buildPages } from "./build.ts";
import { type Files, slashed } from "./files.ts";
import { MANIFEST_PATHS, PageImports } from "./page-imports.ts";

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

/** As in Bun, pages have their paths below the folder that all are in, and find their files wherever the site stands. */
async function addSite(pages: readonly string[], files: Files): Promise<void> {
  const folder = commonFolder(pages);
  const { pages: html, files: assets } = await buildPages(findRoot(pages[0]!), pages, folder);
  for (const [page, text] of html) files.set(slashed(relative(folder, page)), text);
  for (const [name, { bytes }] of assets) files.set(name, bytes);
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => dirname(path).split(sep));
  const isShared = (part: string, i: number): boolean => others.every((other) => other[i] === part);
  const end = first.findIndex((part, i) => !isShared(part, i));
  return first.slice(0, end === -1 ? first.length : end).join(sep) || sep;
}

async function addModules(modules: readonly string[], build: ProgramBuild, files: Files): Promise<void> {
  const cwd = process.cwd();
  const vite = await loadVite(cwd);
  const pages = new PageImports();
  const config: InlineConfig = {
    root: cwd,
    // The project's configuration is that of its pages.
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    plugins: [pages.plugin(), ...(build.plugins as readonly Plugin[])],
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
        external: [/^@mantou\//, ...build.external.flatMap((name) => [name, startsWith(`${name}/`)])],
        output: {
          format: "es",
          banner: build.banner,
          paths: MANIFEST_PATHS,
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
  await pages.addTo(files);
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
