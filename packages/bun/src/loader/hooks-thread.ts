/** The hooks for `module.register`, the only way before Node.js 22.15: they run in a thread of their own. */
import type { LoadHook, ResolveHook } from "node:module";
import { splitNames } from "./import-names.ts";
import { withNamesOfBun } from "./load.ts";
import { type Asked, findURL, finishURL, readModule } from "./module-hooks.ts";

export const resolve: ResolveHook = async (asked, context, next) => {
  const { specifier, names } = splitNames(asked);
  const url = findURL(specifier, context as Asked);
  const found = url === null ? await next(specifier, context) : { url, shortCircuit: true };
  const finished = finishURL(found.url, names, context as Asked);
  return finished === found.url ? found : { url: finished, shortCircuit: true };
};

export const load: LoadHook = async (url, context, next) => {
  const loaded = readModule(url, context.importAttributes as Record<string, string>, "import");
  return loaded === null ? withNamesOfBun(url, await next(url, context)) : { ...loaded, shortCircuit: true };
};
