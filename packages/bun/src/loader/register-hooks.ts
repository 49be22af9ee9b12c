import module from "node:module";
import { markedURL } from "./hot-mark.ts";
import { type ImportAttributes, loadModule } from "./load.ts";
import { kindOf, replacedURL, resolvedURL } from "./resolve.ts";

/** `module.registerHooks` of Node.js 22.15, 23.5 and newer; the types of older lines lack it. */
type RegisterHooks = (hooks: {
  resolve: (
    specifier: string,
    context: { parentURL?: string; conditions?: Iterable<string> },
    next: Resolve,
  ) => Resolved;
  load: (
    url: string,
    context: { importAttributes?: ImportAttributes; conditions?: Iterable<string> },
    next: Load,
  ) => object;
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
      const replaced = replacedURL(specifier, context.parentURL);
      if (replaced !== null) return { ...{ format: "module", shortCircuit: true }, url: replaced };
      const url = resolvedURL(specifier, context.parentURL, kindOf(context.conditions));
      const resolved = url === null ? next(specifier, context) : { url, shortCircuit: true };
      return { ...resolved, url: markedURL(resolved.url, context.parentURL) };
    },
    load(url, context, next) {
      const loaded = loadModule(url, context.importAttributes, kindOf(context.conditions));
      return loaded === null ? next(url, context) : { ...loaded, shortCircuit: true };
    },
  });
}
