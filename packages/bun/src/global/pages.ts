/** HTML pages: loaded when a program imports one, or has the manifest of one in its routes. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type MayLoad, type ProgramBuild, setPageSettings } from "@mantou/html";
import { keptPageSettings } from "../config/page-settings.ts";
import { dataImports, typedImports } from "../loader/bundler/bundled-data.ts";

export { buildProgram, htmlPage, isManifest, manifestPage } from "@mantou/html";

const { bundlerPlugins = [], ...settings } = keptPageSettings() ?? {};

setPageSettings({
  ...settings,
  imports: async (mayLoad) => [
    ...(await adaptedPlugins(mayLoad)),
    dataImports("page", mayLoad),
    typedImports(),
  ],
});

/** @throws Error for a name without a module, and for a module whose default export is no plugin */
async function adaptedPlugins(mayLoad: MayLoad): Promise<ProgramBuild["plugins"]> {
  if (bundlerPlugins.length === 0) return [];
  const { resolvedURL } = await import("../loader/resolve/resolve.ts");
  const { adaptPlugin } = await import("../loader/bundler/bundler-plugin.ts");
  const importer = pathToFileURL(join(process.cwd(), "bunfig.toml")).href;
  const load = async (name: string): Promise<ProgramBuild["plugins"][number]> => {
    const url = resolvedURL(name, importer, "import");
    if (url === null) throw new Error(`bunfig.toml: serve.static.plugins: there is no module ${name}`);
    const { default: plugin } = await import(url);
    if (typeof plugin?.setup !== "function")
      throw new TypeError(
        `bunfig.toml: serve.static.plugins: the default export of ${name} is no plugin of Bun's bundler`,
      );
    return adaptPlugin(plugin, mayLoad);
  };
  return Promise.all(bundlerPlugins.map(load));
}
