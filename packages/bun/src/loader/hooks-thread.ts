/**
 * The same for `module.register`, which older versions of Node.js have alone: it runs hooks in a thread of its own, and waits for them.
 */
import type { LoadHook, ResolveHook } from "node:module";
import { guessedURL, markedURL, replacedURL, strippedModule } from "./module-hooks.ts";

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
  return stripped === null ? next(url, context) : { ...stripped, shortCircuit: true };
};
