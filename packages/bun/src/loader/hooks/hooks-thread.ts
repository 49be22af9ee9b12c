/** The hooks for `module.register`, the only way before Node.js 22.15: they run in a thread of their own. */
import type { LoadHook, ResolveHook } from "node:module";
import type { MessagePort } from "node:worker_threads";
import { withImportPlace } from "../errors/missing-module.ts";
import { reportReads } from "../source/read-files.ts";
import { splitNames } from "../syntax/import-names.ts";
import { withNamesOfBun } from "./load.ts";
import { importEdge } from "./module-graph.ts";
import { type Asked, findURL, finishURL, readModule } from "./module-hooks.ts";

let graph: MessagePort | undefined;

/** Where the program's imports go, and its files, if the process asks for them. */
export interface HooksPorts {
  readonly graph: MessagePort;
  readonly reads: MessagePort | undefined;
}

export function initialize(ports: HooksPorts | undefined): void {
  graph = ports?.graph;
  const reads = ports?.reads;
  if (reads !== undefined) reportReads((file) => reads.postMessage(file));
}

export const resolve: ResolveHook = async (asked, context, next) => {
  const { specifier, names } = splitNames(asked);
  const url = findURL(specifier, context as Asked);
  const found =
    url === null
      ? await Promise.resolve(next(specifier, context)).catch((error: unknown) => {
          throw withImportPlace(error, specifier, context.parentURL);
        })
      : { url, shortCircuit: true };
  const edge = importEdge(context.parentURL, found.url);
  if (edge !== null) graph?.postMessage(edge);
  const finished = finishURL(found.url, names, context as Asked);
  return finished === found.url ? found : { url: finished, shortCircuit: true };
};

export const load: LoadHook = async (url, context, next) => {
  const loaded = readModule(url, context.importAttributes as Record<string, string>, "import");
  return loaded === null ? withNamesOfBun(url, await next(url, context)) : { ...loaded, shortCircuit: true };
};
