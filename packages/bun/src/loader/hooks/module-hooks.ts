/** The two hooks for the modules of a Bun program, without what differs between the ways of Node.js to call them. */
import module from "node:module";
import { extname } from "node:path";
import { facadeSource, facadeURL, isCommonJSDependency, parseFacade } from "../commonjs/facade.ts";
import { loaderOf } from "../data/extension-loaders.ts";
import { isCode, statedKind } from "../data/formats.ts";
import { beginsReload, markedURL } from "../resolve/hot-mark.ts";
import { isOwn, isProgram, pathOf } from "../resolve/module-url.ts";
import { forgetPackages } from "../resolve/package-json.ts";
import { type ImportKind, kindOf, replacedURL, resolvedURL } from "../resolve/resolve.ts";
import type { ImportedNames } from "../syntax/import-names.ts";
import { forgetCompilerOptions } from "../transform/transform-options.ts";
import { type ImportAttributes, type LoadedModule, loadModule } from "./load.ts";

/** Files that are CommonJS or an ES module by their text, also `.mjs` and `.cjs`. */
const BY_TEXT: ReadonlySet<string> = new Set([".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"]);

/** What Node.js tells the hook that finds modules. */
export interface Asked {
  readonly parentURL?: string | undefined;
  readonly conditions?: Iterable<string>;
  readonly importAttributes?: ImportAttributes;
}

/**
 * The URL of a module by its specifier.
 * @returns null if Node.js finds it; `finishURL` takes what Node.js has found
 */
export function findURL(specifier: string, asked: Asked): string | null {
  return (
    replacedURL(specifier, asked.parentURL) ??
    resolvedURL(specifier, asked.parentURL, kindOf(asked.conditions))
  );
}

/** Call it with the URL of an entry. In another run the files `tsconfig.json` and `package.json` may be others. */
export function beginReload(url: string): void {
  if (!beginsReload(url)) return;
  forgetPackages();
  forgetCompilerOptions();
  // Node.js never asks for a module that was found in a run which an error ended.
  readEarly.clear();
}

/** The URL that Node.js is told: that of the module with the mark of its importer's reload, or of its facade. */
export function finishURL(url: string, names: ImportedNames | null, asked: Asked): string {
  const { parentURL, conditions, importAttributes } = asked;
  beginReload(url);
  const marked = markedURL(url, parentURL);
  if (kindOf(conditions) === "require") return marked;
  const type = importAttributes?.["type"];
  if (type !== undefined) return typedURL(marked, type);
  if (names?.includes("**") === true) return starURL(marked);
  // Dependencies are written for what Node.js makes of CommonJS.
  const isImported = names !== null || (parentURL === undefined ? isProgram(url) : isProgram(parentURL));
  const isEntry = parentURL !== undefined && isOwn(parentURL) && isProgram(url);
  if (!isImported && !isEntry) return marked;
  if (isCommonJS(marked)) return facadeURL({ url: marked, isCommonJS: true, names: names ?? [] });
  return names?.includes("*") === true ? facadeURL({ url: marked, isCommonJS: false, names }) : marked;
}

/** As in Bun, an import that states a type makes another module. Node.js 24 and 26 take dynamic imports of one URL for one, whatever their types are. */
function typedURL(url: string, type: string): string {
  const path = pathOf(url);
  if (path === null || statedKind(type) === undefined) return url;
  return `${url}${url.includes("?") ? "&" : "?"}type=${type}`;
}

/**
 * For `export *`, Node.js must know all names before the module runs. Where this hook runs in the program's own thread, the module runs at once, as in Bun;
 * elsewhere the names are those that Node.js finds in its text.
 */
function starURL(url: string): string {
  if (!("registerHooks" in module) || !isCommonJS(url)) return url;
  return facadeURL({ url, isCommonJS: true, names: ["**"] });
}

/** Modules that were read when they were found, until Node.js asks for them. */
const readEarly = new Map<string, LoadedModule>();

function isCommonJS(url: string): boolean {
  const ending = extname(pathOf(url) ?? "");
  const given = loaderOf(ending);
  if (given === undefined ? !BY_TEXT.has(ending) : !isCode(given)) return false;
  try {
    const loaded = readEarly.get(url) ?? loadModule(url);
    if (loaded === null) return isCommonJSDependency(url);
    readEarly.set(url, loaded);
    return loaded.format === "commonjs";
  } catch {
    // It is reported when Node.js asks for the module.
    return false;
  }
}

/** The text of a module; null for what Node.js reads by itself. */
export function readModule(
  url: string,
  attributes: ImportAttributes | undefined,
  kind: ImportKind,
): LoadedModule | null {
  const facade = parseFacade(url);
  if (facade !== null) return { format: "module", source: facadeSource(facade) };
  // An import that says its type wants another module of the file.
  if (attributes?.["type"] !== undefined) return loadModule(url, attributes, kind);
  const early = readEarly.get(url);
  readEarly.delete(url);
  return early ?? loadModule(url, attributes, kind);
}
