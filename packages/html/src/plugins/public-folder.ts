import type { Plugin } from "vite";
import { hasPagesInPublic } from "../known-pages.ts";
import type { Root } from "../root.ts";

/** `public/` is no folder of files that are served as they are, if it has pages and the project says nothing of it. */
export function publicFolder(root: Root): Plugin {
  return {
    name: "mantou:public",
    config: ({ publicDir }) =>
      publicDir === undefined && hasPagesInPublic(root) ? { publicDir: false } : undefined,
  };
}
