/** The hooks for `module.register`, the only way before Node.js 22.15: they run in a thread of their own. */
import type { LoadHook, ResolveHook } from "node:module";
import { markedURL } from "./hot-mark.ts";
import { loadModule } from "./load.ts";
import { kindOf, replacedURL, resolvedURL } from "./resolve.ts";

export const resolve: ResolveHook = async (specifier, context, next) => {
  const replaced = replacedURL(specifier, context.parentURL);
  if (replaced !== null) return { url: replaced, format: "module", shortCircuit: true };
  const url = resolvedURL(specifier, context.parentURL, kindOf(context.conditions));
  const resolved = url === null ? await next(specifier, context) : { url, shortCircuit: true };
  return { ...resolved, url: markedURL(resolved.url, context.parentURL) };
};

export const load: LoadHook = async (url, context, next) => {
  const loaded = loadModule(url, context.importAttributes as Record<string, string>);
  return loaded === null ? next(url, context) : { ...loaded, shortCircuit: true };
};
