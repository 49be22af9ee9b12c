import module from "node:module";
import { guessedURL, markedURL, replacedURL, strippedModule, syntaxFormat } from "./module-hooks.ts";

/** `module.registerHooks` of Node.js 22.15, 23.5 and newer; the types of older lines lack it. */
type RegisterHooks = (hooks: {
  resolve: (specifier: string, context: { parentURL?: string }, next: Resolve) => Resolved;
  load: (url: string, context: { format?: unknown }, next: Load) => object;
}) => void;
interface Resolved {
  readonly url: string;
}
type Resolve = (specifier: string, context: object) => Resolved;
type Load = (url: string, context: object) => object;

/** From the next import on, Node.js finds and reads modules as Bun does. */
export function registerModuleHooks(): void {
  const { registerHooks } = module as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined) {
    module.register(new URL("./hooks-thread.js", import.meta.url));
    return;
  }
  registerHooks({
    resolve(specifier, context, next) {
      const replaced = replacedURL(specifier);
      if (replaced !== null) return { ...{ format: "module", shortCircuit: true }, url: replaced };
      const resolved = resolveOrGuess(specifier, context, next);
      return { ...resolved, url: markedURL(resolved.url, context.parentURL) };
    },
    load(url, context, next) {
      const stripped = strippedModule(url);
      if (stripped !== null) return { ...stripped, shortCircuit: true };
      const format = syntaxFormat(url, context.format);
      return next(url, format === null ? context : { ...context, format });
    },
  });
}

function resolveOrGuess(specifier: string, context: { parentURL?: string }, next: Resolve): Resolved {
  try {
    return next(specifier, context);
  } catch (error) {
    const guessed = guessedURL(specifier, context.parentURL, error);
    if (guessed === null) throw error;
    return next(guessed, context);
  }
}
