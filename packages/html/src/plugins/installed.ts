import { pathToFileURL } from "node:url";
import type { Plugin, PluginOption } from "vite";
import { findInPackage } from "../packages.ts";
import { isConfigured, type Root } from "../root.ts";
import { type NeededPlugin, pageSettings } from "../settings.ts";

type Vite = typeof import("vite");
export type Command = "build" | "serve";

/** Fast Refresh and Tailwind, which need no configuration. */
const WITHOUT_CONFIGURATION = ["@vitejs/plugin-react", "@tailwindcss/vite"];
const CONDITIONS = ["import", "node", "module-sync"];
const FIELDS = ["module", "main"];

/**
 * The plugins that a project has besides those of its configuration of Vite: those of the settings that are not there. A project without a
 * configuration has those of React and Tailwind, too, if they are installed.
 * @throws Error with the command that installs what the settings need
 */
export async function installedPlugins(vite: Vite, root: Root, command: Command): Promise<PluginOption[]> {
  const needed = pageSettings().plugins;
  const found: PluginOption[] = [];
  if (!isConfigured(root.folder)) {
    const others = WITHOUT_CONFIGURATION.filter((name) => needed.every((plugin) => plugin.package !== name));
    for (const name of others) {
      const make = await findPlugin(name, "default", root);
      if (make !== null) found.push(make());
    }
  }
  const configured = needed.length === 0 ? [] : await configuredNames(vite, root, command);
  for (const plugin of needed)
    if (!configured.some((name) => name.startsWith(plugin.prefix)))
      found.push((await findNeeded(plugin, root))());
  return found;
}

async function findNeeded({ package: name, member, namedBy }: NeededPlugin, root: Root): Promise<MakePlugin> {
  const make = await findPlugin(name, member, root);
  if (make !== null) return make;
  throw new Error(
    `${namedBy}: pages need its counterpart for Vite, which is not installed in ${root.folder}: npm install --save-dev ${name}`,
  );
}

type MakePlugin = () => PluginOption;

async function findPlugin(name: string, member: string, { folder }: Root): Promise<MakePlugin | null> {
  const file = findInPackage(name, folder, CONDITIONS, FIELDS);
  if (file === null) return null;
  const module = (await import(pathToFileURL(file).href)) as Record<string, MakePlugin>;
  return module[member]!;
}

/** The names of the plugins in the project's configuration. */
async function configuredNames(vite: Vite, { folder }: Root, command: Command): Promise<string[]> {
  if (!isConfigured(folder)) return [];
  const mode = command === "build" ? "production" : "development";
  const loaded = await vite.loadConfigFromFile({ command, mode }, undefined, folder, "silent");
  return namesOf(loaded?.config.plugins);
}

/** An option may be a promise, a list, and nothing. */
async function namesOf(option: PluginOption): Promise<string[]> {
  const value = (await option) as Plugin | PluginOption[] | false | null | undefined;
  if (Array.isArray(value)) return (await Promise.all(value.map(namesOf))).flat();
  return value ? [value.name] : [];
}
