import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Git-ignored, at the root of the repository. What only a measurement needs is fetched when a run first needs it, so that
 * installing the workspace downloads none of it.
 */
export const cache: string = fileURLToPath(new URL("../../.cache/", import.meta.url));

/** Exact versions by name; the first is what is asked for, the others are there for it to find. */
export type CachedPackages = Readonly<Record<string, string>>;

/** `ws` with the native addon that its own documentation recommends for speed: it masks in C. */
export const nativeWs: CachedPackages = { ws: "8.23.0", bufferutil: "4.1.0" };

export const fastify: CachedPackages = { fastify: "5.12.8" };
export const hono: CachedPackages = { "@hono/node-server": "2.1.9", hono: "4.13.19" };
export const srvx: CachedPackages = { srvx: "1.0.8" };
/** Its types and its other servers want srvx; that for Node.js brings a `ws` of its own. */
export const crossws: CachedPackages = { crossws: "0.4.17", srvx: "1.0.8" };

/** Within the cache, one for each set of versions. */
export function folderName(packages: CachedPackages): string {
  return Object.entries(packages)
    .map(([name, version]) => `${name}-${version}`)
    .join("-");
}

/** Where a package among them is, once it was fetched. */
export function packageFolder(
  packages: CachedPackages,
  name: string = Object.keys(packages)[0] ?? "",
): string {
  return join(cache, folderName(packages), "node_modules", name);
}
