import module, { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { facadeSource, parseFacade } from "../commonjs/facade.ts";
import { isProgram } from "../resolve/module-url.ts";
import { splitNames } from "../syntax/import-names.ts";
import { Rewriter } from "../syntax/rewriter.ts";
import { isStatement, scanImports } from "../syntax/scan-imports.ts";
import { loadModule } from "./load.ts";
import { findURL, finishURL } from "./module-hooks.ts";

const require = createRequire(import.meta.url);

/**
 * The loader of CommonJS modules in Node.js. Its methods are no documented API, yet many tools replace them, so that Node.js keeps them.
 */
interface CommonJSLoader {
  readonly _extensions: Record<string, (module: CompilingModule, path: string) => void>;
}
interface CompilingModule {
  exports: unknown;
  _compile(source: string, path: string, format: "module" | "commonjs"): void;
}

/** Node.js reads a file with another extension as it reads `.js`. */
const ENDINGS = [".js", ".json", ".ts", ".tsx", ".jsx", ".mts", ".cts"] as const;

/**
 * From now on `require` reads modules as Bun does. For Node.js before 22.15, where `module.register` covers imports alone: later lines
 * have `module.registerHooks`, which covers `require`, too.
 */
export function patchExtensions(): void {
  const loader = module as unknown as CommonJSLoader;
  const asJavaScript = loader._extensions[".js"]!;
  for (const ending of ENDINGS) {
    const asNode = loader._extensions[ending] ?? asJavaScript;
    loader._extensions[ending] = (compiling, path) => {
      const loaded = loadModule(pathToFileURL(path).href, {}, "require");
      if (loaded === null) asNode(compiling, path);
      else if (loaded.format === "json") compiling.exports = JSON.parse(loaded.source);
      else if (loaded.format === "commonjs") compiling._compile(loaded.source, path, "commonjs");
      else compiling._compile(withFoundImports(loaded.source, path), path, "module");
    };
  }
}

/**
 * The same ES module, whose specifiers are what Node.js finds and reads without hooks: for an ES module that is required, it calls none. A module that only a
 * hook could read is required here, ahead of its importer; then Node.js has it under its URL. A circle of such modules is an error.
 */
function withFoundImports(source: string, path: string): string {
  const asked = { parentURL: pathToFileURL(path).href };
  const rewriter = new Rewriter(source);
  for (const each of scanImports(source)) {
    if (!isStatement(each)) continue;
    const { specifier, names } = splitNames(each.specifier);
    const url = findURL(specifier, asked);
    const found = url === null ? specifier : readableURL(finishURL(url, names, asked));
    rewriter.replace(each.start, each.end, found);
  }
  return rewriter.finish();
}

function readableURL(url: string): string {
  const facade = parseFacade(url);
  if (facade !== null) {
    if (!facade.isCommonJS) readableURL(facade.url);
    return `data:text/javascript,${encodeURIComponent(facadeSource(facade))}`;
  }
  if (isProgram(url) || /\.(?:[mc]?ts|[jt]sx)$/.test(url)) require(fileURLToPath(url));
  return url;
}
