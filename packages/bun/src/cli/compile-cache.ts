import module from "node:module";
import { forbidsCache, temporaryFolder } from "../loader/cache/private-folder.ts";

/** `module.enableCompileCache` of Node.js 22.1 and newer; the types of older lines lack it. */
interface Caching {
  readonly enableCompileCache?: (folder: string) => unknown;
}

/** From now on Node.js keeps what V8 has compiled, for the next start. Node.js has the name of its version in the paths there. */
export function keepCompiledCode(): void {
  const { enableCompileCache } = module as Caching;
  // Coverage of cached functions is less precise.
  if (enableCompileCache === undefined || forbidsCache() || process.env["NODE_V8_COVERAGE"] !== undefined)
    return;
  if (process.env["NODE_COMPILE_CACHE"] !== undefined) return;
  const folder = temporaryFolder("mantou-compiled");
  if (folder !== null) enableCompileCache(folder);
}
