/** Plugins of Vite for imports of files that are no code: programs that are built, and pages, read them as `mantou` does. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import type { MayLoad } from "@mantou/html";
import type { Import } from "es-module-lexer";
import type { Plugin } from "vite";
import { dataModule, kindOf } from "../data/data-module.ts";
import { dataKind, type Kind, statedKind } from "../data/formats.ts";
import { withAttributes } from "../syntax/import-attributes.ts";
import { Rewriter } from "../syntax/rewriter.ts";
import { scanImports } from "../syntax/scan-imports.ts";

/** Stands behind a specifier, with the type that its import states. */
const TYPE = "?mantou-type=";
/** The id of a module of data: no other plugin takes it for what it is in Vite. Behind the path stands `.js`. */
const DATA = /^\0mantou-data-(\w*):(.+)\.js$/;
const CODE = /\.(?:[mc]?[jt]s|[jt]sx)$/;
const STATES_TYPE = /\b(?:with|assert)\s*:?\s*\{/;
/** What Vite does as Bun does, or not at all: URLs of files, style sheets, other pages. */
const OF_VITE: ReadonlySet<Kind> = new Set<Kind>(["path", "css", "html", "sqlite", "markdown", "xml"]);

/**
 * Data and texts become values. In a program, files are copied and become paths.
 * @param mayLoad whether the page may have a file: a browser can ask for the module of any
 * @throws Error for a database in a program, which cannot be built
 */
export function dataImports(target: "program" | "page", mayLoad: MayLoad = () => true): Plugin {
  return {
    name: "mantou:data-imports",
    enforce: "pre",
    async resolveId(source, importer) {
      if (DATA.test(source)) return source;
      const [path = "", type = ""] = source.split(TYPE);
      // Another query is Vite's: `?raw`, `?url`.
      if (importer === undefined || path.includes("?") || (type === "" && !isData(path))) return null;
      const found = await this.resolve(path, importer, { skipSelf: true });
      if (found === null || found.external) return found;
      // A page has a query of its own.
      const file = found.id.replace(/\?.*$/, "");
      const kind = kindOf(file, type || undefined, false);
      if (kind === null) return found;
      if (target === "page" && (OF_VITE.has(kind) || (kind === "json" && type === "")))
        return type === "file" ? `${file}?url` : found;
      return `\0mantou-data-${type}:${file}.js`;
    },
    load(id) {
      const [, type = "", path] = DATA.exec(id) ?? [];
      if (path === undefined) return null;
      if (!mayLoad(path))
        throw new Error(`${path} is not for pages: server.fs of Vite's configuration says so`);
      this.addWatchFile(path);
      const kind = kindOf(path, type || undefined, false);
      if (kind === "sqlite")
        throw new Error(`An import of a database cannot be built: open ${path} by its path`);
      if (kind !== "path") return dataModule(path, type || undefined)!.source;
      const bytes = readFileSync(path);
      const fileName = hashedName(path, bytes);
      this.emitFile({ type: "asset", fileName, source: bytes });
      return `import { join } from "node:path"; export default join(import.meta.dirname, ${JSON.stringify(fileName)});`;
    },
  };
}

/** Puts what an import says about its type into its specifier: bundlers do not tell plugins. */
export function typedImports(): Plugin {
  return {
    name: "mantou:typed-imports",
    transform(given, id) {
      if (id.includes("/node_modules/") || !CODE.test(id.replace(/\?.*$/, "")) || !STATES_TYPE.test(given))
        return null;
      const code = withAttributes(given);
      const rewriter = new Rewriter(code);
      for (const each of scanImports(code)) {
        const type = typeOf(each, code);
        if (type === undefined) continue;
        // Static specifiers are without their quotes, dynamic ones with them.
        const [from, to] = each.type === "dynamic" ? [each.start, each.end] : [each.start - 1, each.end + 1];
        const end = each.type === "dynamic" ? each.importEnd - 1 : each.importEnd;
        rewriter.replace(from, to, JSON.stringify(each.specifier + TYPE + type));
        // Lines stay where they are, so the map of what was there before fits.
        rewriter.replace(to, end, code.slice(to, end).replace(/[^\n]/g, " "));
      }
      const edited = rewriter.finish();
      return edited === code ? null : { code: edited, map: null };
    },
  };
}

/** The type that an import states, if it changes what is read. */
function typeOf(each: Import, code: string): string | undefined {
  if (each.type === "import-meta" || each.specifier === undefined || each.attributesStart < 0)
    return undefined;
  const type =
    each.type === "dynamic"
      ? /\btype\s*:\s*["'](\w+)["']/.exec(code.slice(each.attributesStart, each.importEnd))?.[1]
      : each.attributes?.find(([key]) => key === "type")?.[1];
  const stated = statedKind(type);
  return stated === undefined || stated === dataKind(extname(each.specifier).toLowerCase())
    ? undefined
    : type;
}

function isData(path: string): boolean {
  const extension = extname(path);
  return extension !== "" && extension !== ".html" && extension !== ".node" && !CODE.test(extension);
}

function hashedName(path: string, bytes: Uint8Array): string {
  const extension = extname(path);
  const hash = createHash("sha256").update(bytes).digest("base64url").slice(0, 8);
  return `${basename(path, extension)}-${hash}${extension}`;
}
