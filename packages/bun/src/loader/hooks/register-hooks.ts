import module from "node:module";
import { MessageChannel } from "node:worker_threads";
import { reportMissingExports } from "../errors/missing-export.ts";
import { withImportPlace } from "../errors/missing-module.ts";
import { kindOf } from "../resolve/resolve.ts";
import { installModuleRuntime } from "../runtime/module-runtime.ts";
import { forwardReads, reportsReads } from "../source/read-files.ts";
import { splitNames } from "../syntax/import-names.ts";
import { patchCommentedPackages } from "./commonjs-commented.ts";
import { patchExtensions } from "./commonjs-node20.ts";
import { patchResolveFilename } from "./commonjs-resolve.ts";
import type { HooksPorts } from "./hooks-thread.ts";
import { withNamesOfBun } from "./load.ts";
import { importEdge, recordImport, reportCircles } from "./module-graph.ts";
import { type Asked, findURL, finishURL, readModule } from "./module-hooks.ts";
import { registerInWorkers } from "./worker-threads.ts";

/** `module.registerHooks` of Node.js 22.15, 23.5 and newer; the types of older lines lack it. */
type RegisterHooks = (hooks: {
  resolve: (specifier: string, context: Asked, next: Resolve) => Resolved;
  load: (url: string, context: Asked, next: Load) => object;
}) => void;
interface Resolved {
  readonly url: string;
  readonly shortCircuit?: boolean;
}
type Resolve = (specifier: string, context: object) => Resolved;
type Load = (url: string, context: object) => object;

/** From the next import on, Node.js finds and reads modules as Bun does. */
export function registerModuleHooks(): void {
  installModuleRuntime();
  registerInWorkers();
  patchResolveFilename();
  reportMissingExports();
  process.setSourceMapsEnabled(true);
  const { registerHooks } = module as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined) {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    const reads = reportsReads() ? new MessageChannel() : null;
    if (reads !== null) forwardReads(reads.port1);
    const options = {
      data: { graph: port2, reads: reads?.port2 } satisfies HooksPorts,
      transferList: [port2, ...(reads === null ? [] : [reads.port2])],
    };
    module.register(new URL("./hooks-thread.js", import.meta.url), options);
    patchExtensions();
    reportCircles(port1);
    return;
  }
  reportCircles(null);
  patchCommentedPackages();
  registerHooks({
    resolve(asked, context, next) {
      const { specifier, names } = splitNames(asked);
      const url = findURL(specifier, context);
      const found = url === null ? findByNode(specifier, context, next) : { url, shortCircuit: true };
      const edge = importEdge(context.parentURL, found.url);
      if (edge !== null) recordImport(edge);
      const finished = finishURL(found.url, names, context);
      return finished === found.url ? found : { url: finished, shortCircuit: true };
    },
    load(url, context, next) {
      const loaded = readModule(url, context.importAttributes, kindOf(context.conditions));
      return loaded === null ? withNamesOfBun(url, next(url, context)) : { ...loaded, shortCircuit: true };
    },
  });
}

function findByNode(specifier: string, asked: Asked, next: Resolve): Resolved {
  try {
    return next(specifier, asked);
  } catch (error) {
    throw withImportPlace(error, specifier, asked.parentURL, kindOf(asked.conditions));
  }
}
