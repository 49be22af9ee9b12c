import type { MountHost } from "@mantou/serve/hosting";
import { BuiltSite } from "./built/built-site.ts";
import { DevSite } from "./dev/dev-site.ts";
import type { Root } from "./root.ts";
import type { Site } from "./site.ts";

const sites = new Map<string, Site>();

/** Servers share the site of a project: one Vite watches its files, and a page is built once. */
export function siteFor(root: Root, { development }: MountHost): Site {
  const key = JSON.stringify([root, development]);
  let site = sites.get(key);
  if (site === undefined) {
    site = development === null ? new BuiltSite(root) : new DevSite(root, development);
    sites.set(key, site);
  }
  return site;
}
