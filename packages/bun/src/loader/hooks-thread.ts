/** The hooks for `module.register`, the only way before Node.js 22.15: they run in a thread of their own. */
import type { LoadHook, ResolveHook } from "node:module";
import { guessedURL, markedURL, replacedURL, strippedModule, syntaxFormat } from "./module-hooks.ts";

export const resolve: ResolveHook = async (specifier, context, next) => {
  const replaced = replacedURL(specifier);
  if (replaced !== null) return { url: replaced, format: "module", shortCircuit: true };
  const resolved = await Promise.resolve(next(specifier, context)).catch((error: unknown) => {
    const guessed = guessedURL(specifier, context.parentURL, error);
    if (guessed === null) throw error;
    return next(guessed, context);
  });
  return { ...resolved, url: markedURL(resolved.url, context.parentURL) };
};

export const load: LoadHook = async (url, context, next) => {
  const stripped = strippedModule(url);
  if (stripped !== null) return { ...stripped, shortCircuit: true };
  const format = syntaxFormat(url, context.format);
  return next(url, format === null ? context : { ...context, format: format as "module" });
};
