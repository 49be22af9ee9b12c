import { pathToFileURL } from "node:url";
import type { PluginOption } from "vite";
import { findInPackage } from "../packages.ts";
import { isConfigured, type Root } from "../root.ts";
import { pageSettings } from "../settings.ts";

/** Fast Refresh and Tailwind, which need no configuration. */
const WITHOUT_CONFIGURATION = ["@vitejs/plugin-react", "@tailwindcss/vite"];
const CONDITIONS = ["import", "node", "module-sync"];
const FIELDS = ["module", "main"];

/**
 * The plugins of a project that has no configuration of Vite: those of React and Tailwind, if they are installed, and those of the settings.
 * A configuration says itself which plugins there are.
 * @throws Error with the command that installs what the settings need
 */
export async function installedPlugins(root: Root): Promise<PluginOption[]> {
  if (isConfigured(root.folder)) return [];
  const { plugins } = pageSettings();
  const names = new Set([...WITHOUT_CONFIGURATION, ...Object.keys(plugins)]);
  const found: PluginOption[] = [];
  for (const name of names) {
    const file = findInPackage(name, root.folder, CONDITIONS, FIELDS);
    if (file !== null) {
      const { default: plugin } = (await import(pathToFileURL(file).href)) as { default: () => PluginOption };
      found.push(plugin());
    } else if (plugins[name] !== undefined)
      throw new Error(
        `${plugins[name]}: pages need its counterpart for Vite, which is not installed in ${root.folder}: npm install --save-dev ${name}`,
      );
  }
  return found;
}
