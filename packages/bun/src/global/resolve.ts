import { resolve as absolute } from "node:path";
import { fileURLToPath } from "node:url";
import { wrongType } from "../base/argument-error.ts";
import { builtinModule } from "../base/builtin-modules.ts";
import { importError } from "../loader/errors/missing-module.ts";
import { realPath } from "../loader/resolve/find-file.ts";
import { builtinName, findModule } from "../loader/resolve/resolve.ts";

/**
 * The path of a module as `import` finds it.
 * @param from the folder of the module that asks
 * @throws Error with the code `ERR_MODULE_NOT_FOUND`
 */
export function resolveSync(specifier: string, from: string): string {
  if (typeof specifier !== "string") throw wrongType("resolveSync() takes a specifier");
  if (typeof from !== "string") throw wrongType("resolveSync() takes the folder to resolve from");
  const builtin = builtinName(specifier);
  if (builtin !== null) return builtin;
  if (specifier.startsWith("node:")) {
    const error = new Error(`No such built-in module: ${specifier}`);
    throw Object.assign(error, { code: "ERR_UNKNOWN_BUILTIN_MODULE" });
  }
  if (specifier === "bun" || builtinModule(specifier, undefined) !== null) return specifier;
  const folder = absolute(from.startsWith("file:") ? fileURLToPath(from) : from);
  const found = findModule(specifier, folder, "import");
  if (found !== null) return realPath(found.file) + found.query;
  throw importError(specifier, folder);
}

/** The same; its promise rejects. */
export async function resolve(specifier: string, from: string): Promise<string> {
  return resolveSync(specifier, from);
}
