import type { Plugin, PluginOption } from "vite";
import type { Root } from "../root.ts";
import { pageSettings } from "../settings.ts";
import { environment } from "./environment.ts";
import { hotAPI } from "./hot-api.ts";
import { type Command, installedPlugins } from "./installed.ts";
import { publicFolder } from "./public-folder.ts";

type Vite = typeof import("vite");

/**
 * The plugins that pages have in development and in production.
 * @throws Error with the command that installs what the settings need
 */
export async function sharedPlugins(vite: Vite, root: Root, command: Command): Promise<PluginOption[]> {
  return [
    publicFolder(root),
    defaults,
    hotAPI(vite),
    environment(vite),
    ...((await pageSettings().imports()) as readonly Plugin[]),
    ...(await installedPlugins(vite, root, command)),
  ];
}

/** What the project's configuration does not say: `paths` of tsconfig.json count, as in Bun. */
const defaults: Plugin = {
  name: "mantou:defaults",
  config: ({ resolve, build }) => ({
    ...(resolve?.tsconfigPaths === undefined && { resolve: { tsconfigPaths: true } }),
    ...(build?.sourcemap === undefined && { build: { sourcemap: pageSettings().sourcemap ?? false } }),
  }),
};
