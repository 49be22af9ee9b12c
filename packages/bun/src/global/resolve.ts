import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import { realPath } from "../loader/find-file.ts";
import { findModule } from "../loader/resolve.ts";
import { builtinModule } from "./builtin-modules.ts";
import { invalid } from "./bytes.ts";

/**
 * The path of a module as `import` finds it.
 * @param from the folder of the module that asks
 * @throws Error with the code `ERR_MODULE_NOT_FOUND`
 */
export function resolveSync(specifier: string, from: string): string {
  if (typeof specifier !== "string") throw invalid("resolveSync() takes a specifier");
  if (typeof from !== "string") throw invalid("resolveSync() takes the folder to resolve from");
  if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
  if (specifier === "bun" || builtinModule(specifier, undefined) !== null) return specifier;
  const folder = from.startsWith("file:") ? fileURLToPath(from) : from;
  const found = findModule(specifier, folder, "import");
  if (found !== null) return realPath(found.file) + found.query;
  const message = `Cannot find module '${specifier}' imported from ${folder}`;
  throw Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
}

/** The same; its promise rejects. */
export async function resolve(specifier: string, from: string): Promise<string> {
  return resolveSync(specifier, from);
}
