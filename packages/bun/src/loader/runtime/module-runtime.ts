import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";
import { wholeNamespace } from "../commonjs/namespace.ts";
import { importFailure } from "../errors/import-error.ts";
import { pathOf } from "../resolve/module-url.ts";
import { builtinName } from "../resolve/resolve.ts";
import { virtualPath } from "../resolve/virtual-module.ts";
import { RUNTIME } from "../syntax/module-names.ts";
import { completeMeta } from "./import-meta.ts";

const ownRequire = createRequire(import.meta.url);

/** What the first line of a module calls. */
const runtime = {
  /** Adds Bun's members to `import.meta`, and gives the names of CommonJS. */
  bind(meta: ImportMeta): ModuleScope {
    completeMeta(meta, isMain);
    return new ModuleScope(meta);
  },

  /** The value of `require.main` for a CommonJS module. */
  main(module: NodeJS.Module): NodeJS.Module | undefined {
    if (isMain(module.filename)) process.mainModule = module;
    return process.mainModule;
  },

  /** What a dynamic import in that module gives, and what it throws. */
  imported(importer: string): readonly [typeof wholeNamespace, (error: unknown) => never] {
    return [
      wholeNamespace,
      (error) => {
        throw importFailure(error, importer, "dynamic imports");
      },
    ];
  },

  /** `import.meta` for a CommonJS module. */
  metaOf(path: string, require: NodeJS.Require): ImportMeta {
    const meta = { url: pathToFileURL(path).href } as ImportMeta;
    meta.resolve = (specifier) => builtinName(specifier) ?? pathToFileURL(require.resolve(specifier)).href;
    completeMeta(meta, isMain, require);
    return meta;
  },

  /** The functions that transformed code calls, by their names. */
  helpers: new Proxy({} as Record<string, unknown>, {
    get(cache, name: string): unknown {
      cache[name] ??= (ownRequire(`@oxc-project/runtime/helpers/${name}`) as { default: unknown }).default;
      return cache[name];
    },
  }),
};

/** Modules find it by a global name: it needs no import, and no program declares that name. */
export function installModuleRuntime(): void {
  Object.defineProperty(globalThis, RUNTIME, { value: runtime, configurable: true });
}

/** The names of CommonJS for an ES module. */
class ModuleScope {
  readonly #path: string;
  readonly #meta: ImportMeta;

  constructor(meta: ImportMeta) {
    this.#path = pathOf(meta.url) ?? meta.url;
    this.#meta = meta;
  }

  /** A module that is no file has no `import.meta.require`. */
  get require(): NodeJS.Require {
    return (this.#meta as { require?: NodeJS.Require }).require ?? createRequire(this.#path);
  }

  get __filename(): string {
    return this.#path;
  }

  get __dirname(): string {
    return dirname(this.#path);
  }

  /** For `require.main === module` alone: an ES module has no `module`. */
  get module(): object {
    const module = { id: basename(this.#path), filename: this.#path, exports: {} };
    Object.defineProperty(this.require, "main", { value: isMain(this.#path) ? module : process.mainModule });
    return module;
  }
}

let entry: string | undefined;

/** Whether a file is the program's entry. In a worker none is, as in Bun. */
function isMain(path: string): boolean {
  if (!isMainThread) return false;
  entry ??= realEntry();
  return path === entry;
}

function realEntry(): string {
  const given = virtualPath() ?? process.argv[1] ?? "";
  try {
    return realpathSync(given);
  } catch {
    return given;
  }
}
