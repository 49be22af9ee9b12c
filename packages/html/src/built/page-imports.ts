import { relative } from "node:path";
import { typeOfName } from "@mantou/serve/hosting";
import type { Plugin } from "vite";
import { findRoot, type Root } from "../root.ts";
import { buildPages } from "./build.ts";
import { IMMUTABLE } from "./built-file.ts";
import { type Files, slashed } from "./files.ts";
import type { Manifest } from "./manifest-page.ts";

const PAGE = "?mantou-page";
/** The module of the manifests, and its file beside the program. */
const MANIFESTS = { id: "mantou:manifests", file: "mantou-pages.js" } as const;

/** The paths of modules that are not part of the bundle. */
export const MANIFEST_PATHS: Readonly<Record<string, string>> = { [MANIFESTS.id]: `./${MANIFESTS.file}` };

/**
 * The pages that programs import. Imports become manifests, in a file of their own: the pages are built when all of them are known, together,
 * so that what they share is there once.
 */
export class PageImports {
  readonly #pages: string[] = [];

  plugin(): Plugin {
    const pages = this.#pages;
    return {
      name: "mantou:page-imports",
      enforce: "pre",
      async resolveId(source, importer) {
        if (source === MANIFESTS.id) return { id: source, external: true };
        if (importer === undefined || !source.endsWith(".html")) return null;
        const found = await this.resolve(source, importer, { skipSelf: true });
        if (found === null || found.external)
          throw new Error(`There is no page ${source}, which ${importer} imports`);
        return found.id + PAGE;
      },
      load(id) {
        if (!id.endsWith(PAGE)) return null;
        const page = id.slice(0, -PAGE.length);
        if (!pages.includes(page)) pages.push(page);
        return `export { page${pages.indexOf(page)} as default } from ${JSON.stringify(MANIFESTS.id)};`;
      },
    };
  }

  /** Builds the pages, and adds their files and the manifests. */
  async addTo(files: Files): Promise<void> {
    if (this.#pages.length === 0) return;
    const lines: string[] = [];
    const roots = new Map<string, { root: Root; pages: string[] }>();
    for (const page of this.#pages) {
      const root = findRoot(page);
      const same = roots.get(root.folder);
      if (same === undefined) roots.set(root.folder, { root, pages: [page] });
      else same.pages.push(page);
    }
    for (const { root, pages } of roots.values()) {
      const output = await buildPages(root, pages);
      const shared = `files${lines.length}`;
      const assets = [...output.files].map(([name, { bytes, isHashed }]) => {
        const path = root.base.slice(1) + name;
        files.set(path, bytes);
        return entry(path, /\.(js|css)$/.exec(path)?.[1] ?? "file", isHashed ? IMMUTABLE : "no-cache");
      });
      lines.push(`const ${shared} = ${JSON.stringify(assets, null, 1)};`);
      for (const page of pages) {
        const path = slashed(relative(process.cwd(), page)).replace(/^(?:\.\.\/)+/, "");
        files.set(path, output.pages.get(page)!);
        const own = JSON.stringify(entry(path, "html", "no-cache"));
        lines.push(
          `export const page${this.#pages.indexOf(page)} = { index: ${JSON.stringify(`./${path}`)}, files: [${own}, ...${shared}] };`,
        );
      }
    }
    files.set(MANIFESTS.file, `${lines.join("\n")}\n`);
  }
}

function entry(path: string, loader: string, cacheControl: string): Manifest["files"][number] {
  return {
    path: `./${path}`,
    loader,
    isEntry: loader === "html",
    headers: { etag: "", "content-type": typeOfName(path), "cache-control": cacheControl },
  };
}
