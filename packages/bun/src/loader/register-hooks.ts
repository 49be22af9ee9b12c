import module from "node:module";
import { patchRequire } from "./commonjs-node20.ts";
import { splitNames } from "./import-names.ts";
import { withNamesOfBun } from "./load.ts";
import { type Asked, findURL, finishURL, readModule } from "./module-hooks.ts";
import { installModuleRuntime } from "./module-runtime.ts";
import { kindOf } from "./resolve.ts";
import { registerInWorkers } from "./worker-threads.ts";

/** `module.registerHooks` of Node.js 22.15, 23.5 and newer; the types of older lines lack it. */
type RegisterHooks = (hooks: {
  resolve: (specifier: string, context: Asked, next: Resolve) => Resolved;
  load: (url: string, context: Asked, next: Load) => object;
}) => void;
interface Resolved {
  readonly url: string;
}
type Resolve = (specifier: string, context: object) => Resolved;
type Load = (url: string, context: object) => object;

/** From the next import on, Node.js finds and reads modules as Bun does. */
export function registerModuleHooks(): void {
  installModuleRuntime();
  registerInWorkers();
  process.setSourceMapsEnabled(true);
  const { registerHooks } = module as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined) {
    module.register(new URL("./hooks-thread.js", import.meta.url));
    patchRequire();
    return;
  }
  registerHooks({
    resolve(asked, context, next) {
      const { specifier, names } = splitNames(asked);
      const url = findURL(specifier, context);
      const found = url === null ? next(specifier, context) : { url, shortCircuit: true };
      const finished = finishURL(found.url, names, context);
      return finished === found.url ? found : { url: finished, ...{ shortCircuit: true } };
    },
    load(url, context, next) {
      const loaded = readModule(url, context.importAttributes, kindOf(context.conditions));
      return loaded === null ? withNamesOfBun(url, next(url, context)) : { ...loaded, shortCircuit: true };
    },
  });
}
