import type { Plugin, PluginOption, ResolvedConfig } from "vite";
import { realPath } from "../real-path.ts";
import type { Root } from "../root.ts";
import { type MayLoad, pageSettings } from "../settings.ts";
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
  const files = allowedFiles(vite, command);
  return [
    publicFolder(root),
    defaults,
    files.plugin,
    hotAPI(vite),
    environment(vite),
    ...((await pageSettings().imports(files.mayLoad)) as readonly Plugin[]),
    ...(await installedPlugins(vite, root, command)),
  ];
}

/** What Vite may read, when it has read its configuration. */
function allowedFiles(vite: Vite, command: Command): { readonly plugin: Plugin; readonly mayLoad: MayLoad } {
  let config: ResolvedConfig | null = null;
  const plugin: Plugin = {
    name: "mantou:allowed-files",
    configResolved(resolved) {
      config = resolved;
    },
  };
  const mayLoad = (file: string): boolean => {
    if (command === "build") return true;
    const path = realPath(file);
    return path !== null && config !== null && vite.isFileLoadingAllowed(config, vite.normalizePath(path));
  };
  return { plugin, mayLoad };
}

/** What the project's configuration does not say: `paths` of tsconfig.json count, as in Bun. */
const defaults: Plugin = {
  name: "mantou:defaults",
  config: ({ resolve, build }) => ({
    ...(resolve?.tsconfigPaths === undefined && { resolve: { tsconfigPaths: true } }),
    ...(build?.sourcemap === undefined && { build: { sourcemap: pageSettings().sourcemap ?? false } }),
  }),
};
