import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { InlineConfig, Plugin, PluginOption, ResolvedConfig, Rolldown } from "vite";
import { knowPage } from "../known-pages.ts";
import { sharedPlugins } from "../plugins/shared.ts";
import { fromRoot } from "../references.ts";
import type { Root } from "../root.ts";
import { loadVite, withNodeEnv } from "../vite-peer.ts";
import { slashed } from "./files.ts";

/** What a build has made of pages: files by their path below the base of the project. */
export interface BuildOutput {
  /** The HTML of each page, by the path of its source. */
  readonly pages: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly isHashed: boolean }>;
}

/**
 * Builds pages for production, in memory.
 * @param siteFolder of pages that are a site of their own, below which they have their paths. All URLs are relative
 * @throws Error without Vite, or what Vite says about the sources
 */
export async function buildPages(
  root: Root,
  pages: readonly string[],
  siteFolder?: string,
): Promise<BuildOutput> {
  for (const page of pages) knowPage(root, page);
  const vite = await loadVite(root.folder);
  const config = buildConfig(root, pages, await sharedPlugins(vite, root, "build"), siteFolder);
  const output = await withNodeEnv("production", () => vite.build(config));
  const results = (Array.isArray(output) ? output : [output]) as Rolldown.RolldownOutput[];
  const html = new Map<string, string>();
  const files = new Map<string, { bytes: Uint8Array; isHashed: boolean }>();
  const names = new Map(pages.map((page) => [nameOf(page, root), page]));
  for (const file of results.flatMap((result) => result.output)) {
    const content = file.type === "chunk" ? file.code : file.source;
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    const page = names.get(file.fileName);
    if (page !== undefined) html.set(page, Buffer.from(bytes).toString());
    else files.set(file.fileName, { bytes, isHashed: !isPublic(file) });
  }
  return { pages: html, files };
}

const PUBLIC = "mantou-public:";

function isPublic(file: Rolldown.OutputAsset | Rolldown.OutputChunk): boolean {
  return file.type === "asset" && file.originalFileNames.some((name) => name.startsWith(PUBLIC));
}

function nameOf(page: string, { folder }: Root): string {
  return slashed(relative(folder, page));
}

function buildConfig(
  root: Root,
  pages: readonly string[],
  shared: PluginOption[],
  siteFolder: string | undefined,
): InlineConfig {
  return {
    root: root.folder,
    ...(siteFolder === undefined ? { base: root.base } : relativeURLs(root, siteFolder)),
    appType: "custom",
    mode: "production",
    logLevel: "warn",
    clearScreen: false,
    plugins: [shared, referencesFromRoot(root, new Set(pages)), publicFiles()],
    build: {
      write: false,
      copyPublicDir: false,
      rolldownOptions: { input: [...pages] },
    },
  };
}

/** Vite takes the path of a page below the root for that in the site. */
function relativeURLs({ folder }: Root, siteFolder: string): InlineConfig {
  return {
    base: "./",
    experimental: {
      renderBuiltUrl(filename, { hostId, hostType }) {
        if (hostType !== "html") return { relative: true };
        const url = slashed(relative(relative(siteFolder, dirname(join(folder, hostId))), filename));
        return url.startsWith("../") ? url : `./${url}`;
      },
    },
  };
}

/** The page as it is in development, so that scripts without `type` are modules here, too. */
function referencesFromRoot(root: Root, pages: ReadonlySet<string>): Plugin {
  return {
    name: "mantou:references",
    transformIndexHtml: {
      order: "pre",
      handler: (html, { filename }) => (pages.has(filename) ? fromRoot(html, filename, root) : html),
    },
  };
}

/** The files of Vite's `publicDir` are part of the output: nothing is written. */
function publicFiles(): Plugin {
  let folder = "";
  return {
    name: "mantou:public-files",
    configResolved(config: ResolvedConfig) {
      folder = config.publicDir;
    },
    async generateBundle() {
      if (folder === "") return;
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const fileName = slashed(relative(folder, path));
        const source = await readFile(path);
        this.emitFile({ type: "asset", fileName, source, originalFileName: PUBLIC + fileName });
      }
    },
  };
}
