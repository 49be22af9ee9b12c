/** CommonJS modules as ES modules of a Bun program see them. The modules of `facade` call these functions. */
import module, { createRequire } from "node:module";
import { dirname } from "node:path";
import { isMainThread } from "node:worker_threads";
import { packageOf } from "../resolve/package-json.ts";

const require = createRequire(import.meta.url);

/** Under this name a facade exports `module.exports`, and the path of the module. */
export const EXPORTS = "mantou.exports";

/** Runs a CommonJS module, or returns what it has exported. The program itself becomes `require.main`. */
export function requireFile(path: string): unknown {
  if (isMainThread && process.mainModule === undefined && path === mainPath())
    return (module as unknown as Loader)._load(path, null, true);
  return require(path);
}

/** Node.js has no other way to run a module as `require.main` after it has started. */
interface Loader {
  _load(path: string, parent: null, isMain: boolean): unknown;
}

function mainPath(): string | undefined {
  try {
    return require.resolve(process.argv[1]!);
  } catch {
    return undefined;
  }
}

/** What an import of the default is: a compiled ES module says so by `__esModule`. Other modules' getters are left alone: that of morgan warns. */
export function defaultOf(exports: unknown, path: string): unknown {
  const module = Object(exports) as Record<string, unknown>;
  const isCompiled = module["__esModule"] && "default" in module && !ignoresMark(path);
  return isCompiled ? module["default"] : exports;
}

/** As in Bun and in Node.js, that mark counts for nothing in a package of ES modules: its `default` is all that the module exports. */
function ignoresMark(path: string): boolean {
  return packageOf(dirname(path))?.type === "module";
}

/**
 * What an import by name is. The comment below tells Node.js not to show that line when nothing catches the error.
 * @throws SyntaxError if the module has no such export
 */
export function namedOf(exports: unknown, name: string, path: string): unknown {
  if (exports === null || exports === undefined || !(name in Object(exports)))
    throw new SyntaxError(`Export named '${name}' not found in module '${path}'.`); // node-do-not-add-exception-line
  return read(exports as Exports, name);
}

type Exports = Readonly<Record<string, unknown>>;

/** An import of the same module is the same object. */
const namespaces = new WeakMap<object, object>();

/** What an import of the namespace is: a copy of all that the module has exported by then. */
export function namespaceOf(exports: unknown, path: string): object {
  const isObject = (typeof exports === "object" && exports !== null) || typeof exports === "function";
  const known = isObject ? namespaces.get(exports) : undefined;
  if (known !== undefined) return known;
  const names = isObject ? Object.getOwnPropertyNames(exports) : [];
  const values = new Map(names.map((name) => [name, read(exports as Exports, name)]));
  if (typeof exports === "function") for (const name of ["arguments", "caller"]) values.delete(name);
  if (!ignoresMark(path)) values.delete("__esModule");
  values.set("default", defaultOf(exports, path));
  const namespace = Object.create(null) as Record<string | symbol, unknown>;
  for (const name of [...values.keys()].sort()) namespace[name] = values.get(name);
  Object.defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
  Object.seal(namespace);
  if (isObject) namespaces.set(exports, namespace);
  return namespace;
}

/** The namespace of a dynamic import. That of a facade has only the names which Node.js needs to know before the module runs. */
export function wholeNamespace(namespace: object): object {
  if (!(EXPORTS in namespace)) return namespace;
  const { exported, path } = (namespace as Exports)[EXPORTS] as { exported: unknown; path: string };
  return namespaceOf(exported, path);
}

/** As in Bun, an export whose getter throws is undefined. */
function read(exports: Exports, name: string): unknown {
  try {
    return exports[name];
  } catch {
    return undefined;
  }
}
